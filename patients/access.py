"""The one way to a patient's record."""

from django.core.exceptions import PermissionDenied

from patients.models import Patient
from portal.accounts.access import own_or_staff


def get_patient(user, ref, *roles: str) -> Patient:
    """Return a patient for staff with one of the roles in the patient's clinic; else 404 or 403."""
    return own_or_staff(Patient.objects.select_related("clinic", "user"), ref, user, *roles, owner="user")


def get_own_patient(user) -> Patient:
    """Return the signed-in person's own record; whoever is no patient is refused (403)."""
    patient = Patient.objects.select_related("clinic").filter(user=user).first()
    if patient is None:
        raise PermissionDenied
    return patient
