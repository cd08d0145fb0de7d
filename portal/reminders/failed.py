"""People whom messages did not reach: one line for each, with why in plain words and how to call them."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Max, Prefetch, QuerySet
from django.utils.translation import gettext as _

from patients.models import ContactPoint
from portal.reminders.models import Reminder

State, Audience = Reminder.State, Reminder.Audience


@dataclass(frozen=True)
class Line:
    """The newest message that one person did not get, and how many there were."""

    reminder: Reminder
    count: int

    @property
    def is_patient(self) -> bool:
        return self.reminder.audience == Audience.PATIENT

    @property
    def who(self) -> str:
        """Return whom the message was for."""
        if self.is_patient:
            return self.reminder.patient.full_name
        if self.reminder.user:
            return str(self.reminder.user)
        return self.reminder.clinic.on_call_name or _("On-call contact")

    @property
    def phones(self) -> list[str]:
        """Return the numbers to call; a member of staff has none on record."""
        if self.is_patient:
            return [point.value for point in self.reminder.patient.current_phones if not point.is_bad]
        if self.reminder.audience == Audience.ON_CALL and self.reminder.clinic.on_call_phone:
            return [str(self.reminder.clinic.on_call_phone)]
        return []

    @property
    def why(self) -> str:
        row = self.reminder
        if row.state == State.REJECTED and row.contact_point and row.contact_point.is_bad:
            return _("The mail server says this address does not exist.")
        words = {
            State.REJECTED: _("The mail server refused the message."),
            State.QUARANTINED: _("The message could not be written. Tell whoever looks after this portal."),
            State.UNKNOWN: _("The mail server did not answer: it may or may not have arrived."),
            State.RETRY: _("The mail server cannot be reached. The portal keeps trying."),
        }
        return words[State(row.state)]

    @property
    def address(self) -> str:
        """Return where it was sent."""
        row = self.reminder
        if self.is_patient:
            return row.contact_point.value if row.contact_point else ""
        return row.user.email if row.user else row.clinic.on_call_email

    @property
    def zone(self) -> datetime.tzinfo:
        return self.reminder.clinic.zone


def people(clinics, now: datetime.datetime) -> QuerySet:
    """Return the newest message of each person whom one did not reach: alarms first, then the latest."""
    return (
        Reminder.objects.needs_attention(clinics, now)
        .order_by()
        .values("patient", "audience", "user")
        .annotate(newest=Max("pk"), messages=Count("pk"), gravest=Max("severity"))
        .order_by("-gravest", "-newest")
    )


def lines(rows) -> list[Line]:
    """Return one page of people, in a fixed number of queries."""
    phones = ContactPoint.objects.filter(kind=ContactPoint.Kind.PHONE, ended_at=None)
    found = (
        Reminder.objects.select_related("patient", "pump", "user", "clinic", "contact_point")
        .prefetch_related(Prefetch("patient__contact_points", queryset=phones, to_attr="current_phones"))
        .in_bulk([row["newest"] for row in rows])
    )
    return [Line(found[row["newest"]], row["messages"]) for row in rows if row["newest"] in found]
