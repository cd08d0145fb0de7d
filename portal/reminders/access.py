"""The one way to a message of the ledger."""

from portal.accounts.access import own_or_staff
from portal.reminders.models import Reminder


def get_reminder(user, ref, *roles: str) -> Reminder:
    """Return a message for staff with one of the roles in its clinic; else 404 or 403."""
    found = Reminder.objects.exclude(patient=None).select_related("clinic", "patient__user")
    return own_or_staff(found, ref, user, *roles, owner="patient__user")
