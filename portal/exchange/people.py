"""Bring people from FHIR bundles into a clinic: all files of one call, or none."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from django.db import transaction

from patients import actions
from patients.models import ContactPoint, Patient
from portal.accounts.models import Clinic
from portal.exchange.clinics import Unusable
from portal.exchange.fhir_file import read_patient
from portal.exchange.fhir_patient import Person, read_person
from portal.refusal import Refused

# Where a complaint of the record belongs in the file.
ELEMENTS = {
    "given_name": "Patient.name.given",
    "family_name": "Patient.name.family",
    "birth_date": "Patient.birthDate",
    "died_on": "Patient.deceasedDateTime",
    "phones": "Patient.telecom",
    "mrn": "Patient.identifier",
    "address_line": "Patient.address.line",
    "city": "Patient.address.city",
    "state": "Patient.address.state",
    "postal_code": "Patient.address.postalCode",
    "country": "Patient.address.country",
}


def _sentence(refused: Refused) -> str:
    field, sentences = next(iter(refused.message_dict.items()))
    return f"{ELEMENTS.get(field, 'Patient')}: {sentences[0]}"


def _all_phones(patient: Patient, person: Person) -> list[str]:
    """Return the file's numbers first; a number that staff added stays."""
    stored = patient.contact_points.filter(kind=ContactPoint.Kind.PHONE, ended_at=None)
    given = list(map(actions.to_e164, person.phones))
    return list(dict.fromkeys([*given, *stored.values_list("value", flat=True)]))


def _end(patient: Patient, person: Person, clinic: Clinic) -> bool:
    """Record a death the file tells of; without its day the record is closed. Return whether that was new."""
    if person.died_on and patient.died_on != person.died_on:
        actions.record_death(actor=None, patient=patient, died_on=person.died_on)
        return True
    if person.has_died and patient.is_active:
        actions.close_record(actor=None, patient=patient, closed_on=clinic.today())
        return True
    return False


def _add(clinic: Clinic, person: Person) -> str:
    patient = Patient(clinic=clinic, mrn=person.mrn, **person.values)
    actions.add_patient(actor=None, patient=patient, phones=person.phones)
    _end(patient, person, clinic)
    return "created"


def _update(patient: Patient, person: Person) -> str:
    phones = _all_phones(patient, person)
    stored = patient.contact_points.filter(kind=ContactPoint.Kind.PHONE, ended_at=None)
    is_changed = [*stored.values_list("value", flat=True)] != phones or any(
        getattr(patient, name) != value for name, value in person.values.items()
    )
    if is_changed:
        for name, value in person.values.items():
            setattr(patient, name, value)
        actions.edit_patient(actor=None, patient=patient, phones=phones)
    return "changed" if _end(patient, person, patient.clinic) or is_changed else "unchanged"


def _contradiction(clinic: Clinic, person: Person) -> str:
    """Return what to do about a person the file calls living and the record does not; a file reopens nothing."""
    if not person.is_living:
        return ""
    patient = Patient.objects.filter(clinic=clinic, mrn=person.mrn).first()
    if patient is None or patient.is_active:
        return ""
    if patient.died_on:
        return "recorded as dead here; the file says living: undo the death in the portal if that is right."
    return "closed here; the file says living: reopen it in the portal if that is right."


def store(clinic: Clinic, person: Person) -> str:
    """Create or update one person; return created, changed or unchanged."""
    patient = Patient.objects.select_related("clinic").filter(clinic=clinic, mrn=person.mrn).first()
    return _add(clinic, person) if patient is None else _update(patient, person)


@transaction.atomic
def import_people(
    clinic: Clinic, paths: Iterable[Path], tell: Callable[[str], None] = lambda sentence: None
) -> Counter:
    """Import one person per file. Any complaint stops everything; `tell` hears what a person must decide."""
    done: Counter = Counter()
    seen: set[str] = set()
    for path in paths:
        try:
            person = read_person(read_patient(path), clinic.zone)
            if person.mrn in seen:
                raise Unusable(
                    "Patient.identifier: another file of this call has the same medical record number."
                )
            seen.add(person.mrn)
            done[store(clinic, person)] += 1
            done["died"] += person.has_died
            if sentence := _contradiction(clinic, person):
                tell(f"{path}: {sentence}")
        except Refused as refused:
            raise Unusable(f"{path}: {_sentence(refused)} Nothing was saved.") from None
        except Unusable as problem:
            raise Unusable(f"{path}: {problem} Nothing was saved.") from None
    return done
