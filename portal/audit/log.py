"""Write audit events. Every action and every reading of a record calls `record`."""

from contextvars import ContextVar
from typing import Any

from portal.audit.models import Event

request_id: ContextVar[str] = ContextVar("request_id", default="")


def record(
    *,
    actor: Any,
    action: str,
    subject: Any = None,
    patient: Any = None,
    clinic: Any = None,
    detail: dict[str, Any] | None = None,
) -> Event:
    """Append one event, in the caller's transaction; actor None is the engine or a command.

    `subject` is any object with a `ref`; its patient and clinic are found through it when not given.
    """
    patient = (
        patient
        or getattr(subject, "patient", None)
        or getattr(getattr(subject, "pump", None), "patient", None)
    )
    if patient is None and subject is not None and subject._meta.label_lower == "patients.patient":
        patient = subject
    clinic_ref = getattr(clinic, "ref", None) or getattr(
        getattr(patient or subject, "clinic", None), "ref", None
    )
    return Event.objects.create(
        actor=actor if getattr(actor, "pk", None) else None,
        clinic_ref=clinic_ref,
        patient_ref=getattr(patient, "ref", None),
        action=action,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_ref=getattr(subject, "ref", None),
        detail=detail or {},
        request_id=request_id.get(),
    )
