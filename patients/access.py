"""The one way to a patient's record."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from patients.models import Contact, Patient
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


def get_contact(user, ref, *roles: str) -> Contact:
    """Return a contact for staff who may open its patient's record."""
    contact = Contact.objects.select_related("patient").filter(ref=ref).first()
    if contact is None:
        raise Http404
    get_patient(user, contact.patient.ref, *roles)
    return contact
