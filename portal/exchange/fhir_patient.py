"""From a FHIR Patient resource to what a record stores; each complaint names the FHIR element."""

import datetime
import unicodedata
import zoneinfo
from dataclasses import dataclass, field
from typing import Any

from patients.models import Patient
from portal.exchange.clinics import Unusable
from portal.fields import UNSEEN
from pumps.units import FormatError, parse_date, quoted

SEXES = {choice.value for choice in Patient.Sex}
LONGEST_MRN = 64


@dataclass(frozen=True, slots=True)
class Person:
    """What the file says about a person; a value it does not give is left out of `values`."""

    mrn: str
    values: dict[str, Any] = field(default_factory=dict)
    phones: list[str] = field(default_factory=list)
    died_on: datetime.date | None = None
    has_died: bool = False
    # The file says so itself; a file without the element says nothing.
    is_living: bool = False


def clean(text: Any, element: str) -> str:
    """Return text in its composed form, with single spaces; refuse hidden characters."""
    if not isinstance(text, str):
        raise Unusable(f"{element} must be text.")
    hidden = next((c for c in text if unicodedata.category(c) in UNSEEN), None)
    if hidden is not None:
        raise Unusable(f"{element} contains the hidden character U+{ord(hidden):04X}; write it without.")
    return " ".join(unicodedata.normalize("NFC", text).split())


def _texts(row: dict[str, Any], key: str, element: str) -> list[str]:
    values = row.get(key, [])
    if not isinstance(values, list):
        raise Unusable(f"{element}.{key} must be a list of texts.")
    return [text for text in (clean(value, f"{element}.{key}") for value in values) if text]


def _text(row: dict[str, Any], key: str, element: str) -> str:
    return clean(row.get(key, ""), f"{element}.{key}")


def _rows(resource: dict[str, Any], key: str, element: str = "Patient") -> list[dict[str, Any]]:
    rows = resource.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unusable(f"{element}.{key} must be a list of objects.")
    return rows


def _object(row: dict[str, Any], key: str, element: str) -> dict[str, Any]:
    value = row.get(key, {})
    if not isinstance(value, dict):
        raise Unusable(f"{element}.{key} must be an object.")
    return value


def _mrn(resource: dict[str, Any]) -> str:
    found = []
    for row in _rows(resource, "identifier"):
        kind = _object(row, "type", "Patient.identifier")
        if any(coding.get("code") == "MR" for coding in _rows(kind, "coding", "Patient.identifier.type")):
            found.append(_text(row, "value", "Patient.identifier"))
    found = list(dict.fromkeys(mrn for mrn in found if mrn))
    if len(found) != 1:
        count = "no medical record number" if not found else "more than one medical record number"
        raise Unusable(f"Patient.identifier: {count} (type MR); give exactly one.")
    if len(found[0]) > LONGEST_MRN:
        raise Unusable(
            f"Patient.identifier: the medical record number is longer than {LONGEST_MRN} characters."
        )
    return found[0]


def _name(resource: dict[str, Any]) -> dict[str, str]:
    names = [row for row in _rows(resource, "name") if row.get("use") not in ("maiden", "old")]
    chosen = next((row for row in names if row.get("use") == "official"), names[0] if names else None)
    if chosen is None:
        raise Unusable("Patient.name: no name is given.")
    given, family = " ".join(_texts(chosen, "given", "Patient.name")), _text(chosen, "family", "Patient.name")
    if not given and not family:
        given = _text(chosen, "text", "Patient.name")
    if not given and not family:
        raise Unusable("Patient.name: the name is empty.")
    return {"given_name": given, "family_name": family}


def _birth_date(resource: dict[str, Any]) -> datetime.date:
    try:
        return parse_date(_text(resource, "birthDate", "Patient"))
    except FormatError as error:
        raise Unusable(f"Patient.birthDate: {error}") from None


def _address(resource: dict[str, Any]) -> dict[str, str]:
    rows = [row for row in _rows(resource, "address") if row.get("use") != "old"]
    if not rows:
        return {}
    chosen = next((row for row in rows if row.get("use") == "home"), rows[0])
    names = {"city": "city", "state": "state", "postal_code": "postalCode", "country": "country"}
    found = {name: _text(chosen, key, "Patient.address") for name, key in names.items()}
    return {"address_line": ", ".join(_texts(chosen, "line", "Patient.address")), **found}


def _phones(resource: dict[str, Any]) -> list[str]:
    rows = [
        row for row in _rows(resource, "telecom") if row.get("system") == "phone" and row.get("use") != "old"
    ]
    return [phone for phone in (_text(row, "value", "Patient.telecom") for row in rows) if phone]


def _language(resource: dict[str, Any]) -> dict[str, str]:
    """Return English or Spanish; another language is named, and messages go out in English."""
    rows = _rows(resource, "communication")
    if not rows:
        return {}
    element = "Patient.communication.language"
    chosen = next((row for row in rows if row.get("preferred") is True), rows[0])
    language = _object(chosen, "language", "Patient.communication")
    coding = next(iter(_rows(language, "coding", element)), {})
    code = _text(coding, "code", element)
    name = _text(coding, "display", element) or _text(language, "text", element) or code
    main = code.lower().split("-")[0]
    if main in ("en", "es"):
        return {"language": main, "other_language": ""}
    return {"language": "en", "other_language": name[:40]} if name else {}


def _day_of_death(text: str, zone: zoneinfo.ZoneInfo) -> datetime.date:
    try:
        if "T" not in text:
            return parse_date(text)
        moment = datetime.datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise FormatError(f"{quoted(text)} has no time zone: write YYYY-MM-DD, or a time with its zone.")
        return parse_date(moment.astimezone(zone).date().isoformat())
    except FormatError as error:
        raise Unusable(f"Patient.deceasedDateTime: {error}") from None
    except (ValueError, OverflowError):
        raise Unusable(
            f"Patient.deceasedDateTime: {quoted(text)} is not a moment; write YYYY-MM-DD."
        ) from None


def _death(resource: dict[str, Any], zone: zoneinfo.ZoneInfo) -> tuple[datetime.date | None, bool]:
    has_died = resource.get("deceasedBoolean", False)
    if not isinstance(has_died, bool):
        raise Unusable("Patient.deceasedBoolean must be true or false.")
    text = _text(resource, "deceasedDateTime", "Patient")
    return (_day_of_death(text, zone), True) if text else (None, has_died)


def _sex(resource: dict[str, Any]) -> dict[str, str]:
    sex = _text(resource, "gender", "Patient")
    if sex and sex not in SEXES:
        raise Unusable(
            f"Patient.gender: {quoted(sex)} is not known; write one of {', '.join(sorted(SEXES))}."
        )
    return {"sex": sex} if sex else {}


def read_person(resource: dict[str, Any], zone: zoneinfo.ZoneInfo) -> Person:
    """Return what a Patient resource says; the day of death is the one in the clinic's zone."""
    died_on, has_died = _death(resource, zone)
    says_living = not has_died and "deceasedBoolean" in resource
    values = {
        **_name(resource),
        "birth_date": _birth_date(resource),
        **_sex(resource),
        **_address(resource),
        **_language(resource),
    }
    return Person(_mrn(resource), values, _phones(resource), died_on, has_died, says_living)
