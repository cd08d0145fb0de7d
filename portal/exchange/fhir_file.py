"""Read a FHIR bundle from a file that may be anything; whatever is wrong is one sentence."""

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

from portal.exchange.clinics import Unusable

MOST_BYTES = 64 * 1024 * 1024
GZIP = b"\x1f\x8b"


def _bounded(stream: Any) -> bytes:
    data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Unusable(f"it holds more than {MOST_BYTES // 1024 // 1024} MB; give one bundle per person.")
    return data


def read_bytes(path: Path) -> bytes:
    """Return a file's content, unpacked, and never more than a bundle can need."""
    try:
        with path.open("rb") as file:
            is_packed = file.read(2) == GZIP
            file.seek(0)
            return _bounded(gzip.GzipFile(fileobj=file)) if is_packed else _bounded(file)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise Unusable("it is damaged: it begins like a gzip file and cannot be unpacked.") from None
    except (OSError, ValueError) as error:
        if isinstance(error, Unusable):
            raise
        raise Unusable(
            f"it cannot be read: {getattr(error, 'strerror', None) or 'not a file name'}."
        ) from None


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def read_json(path: Path) -> Any:
    """Return the JSON of a file, plain or gzipped."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_object)
    except UnicodeDecodeError:
        raise Unusable("it is not UTF-8 text.") from None
    except json.JSONDecodeError as error:
        raise Unusable(f"it is not JSON: line {error.lineno}, column {error.colno}.") from None
    except RecursionError:
        raise Unusable("it is not a FHIR bundle: its JSON is nested too deeply.") from None
    except ValueError as error:
        if isinstance(error, Unusable):
            raise
        raise Unusable(f"it is not sound JSON: {error}.") from None


def _resources(bundle: dict[str, Any]) -> list[Any]:
    entries = bundle.get("entry", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Unusable("it is not a FHIR bundle: “entry” must be a list of objects.")
    return [entry.get("resource") for entry in entries]


def read_patient(path: Path) -> dict[str, Any]:
    """Return the one Patient resource of a FHIR bundle."""
    bundle = read_json(path)
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise Unusable("it is not a FHIR bundle: “resourceType” must be “Bundle”.")
    found = [
        resource
        for resource in _resources(bundle)
        if isinstance(resource, dict) and resource.get("resourceType") == "Patient"
    ]
    if not found:
        raise Unusable("it has no Patient.")
    if len(found) > 1:
        raise Unusable(f"it has {len(found)} Patients; give one bundle per person.")
    return found[0]
