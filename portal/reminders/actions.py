"""What staff do about messages that did not arrive."""

from django.db import transaction
from django.utils import timezone

from portal.audit import log
from portal.reminders.models import Reminder, ReminderEvent


@transaction.atomic
def mark_handled(*, actor, reminder, now=None):
    """Write down that somebody took care of what one person did not get, up to this message.

    A second press changes nothing. A message that fails later asks for attention again.
    """
    now = now or timezone.now()
    rows = list(
        Reminder.objects.needs_attention([reminder.clinic_id], now)
        .same_person(reminder)
        .filter(pk__lte=reminder.pk)
        .select_for_update(of=("self",))
    )
    if not rows:
        return reminder
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(handled_at=now, handled_by=actor)
    ReminderEvent.objects.bulk_create(handled(row, now) for row in rows)
    log.record(actor=actor, action="reminder.handled", subject=reminder, detail={"messages": len(rows)})
    reminder.refresh_from_db(fields=["handled_at", "handled_by"])
    return reminder


def handled(row: Reminder, now) -> ReminderEvent:
    return ReminderEvent(
        reminder_id=row.pk,
        at=now,
        from_state=row.state,
        to_state=row.state,
        generation=row.generation,
        reason="handled",
    )
