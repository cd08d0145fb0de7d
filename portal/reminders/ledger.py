"""Claim, fence and finish rows of the ledger. Whoever no longer holds a row cannot change it.

No transaction here is open while a message travels. Each claim has a name of its own, so that the lease of an
earlier claim by the same process counts for nothing.
"""

import datetime
import os
import random
import socket
import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import F

from patients.models import ContactPoint
from portal.audit import log
from portal.reminders import statements
from portal.reminders.models import Reminder, ReminderEvent
from portal.reminders.outcome import Outcome

State = Reminder.State
NODE = socket.gethostname()[:30]
BACKOFF = [datetime.timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60)]
JITTER = 0.1
IN_DOUBT_AGAIN_AFTER = datetime.timedelta(minutes=10)
QUARANTINE_AFTER = 6


def lease() -> datetime.timedelta:
    """Return how long a claimed row is ours; six times what one server may keep us waiting."""
    return datetime.timedelta(seconds=getattr(settings, "REMINDER_LEASE_SECONDS", 60))


def claim(limit: int, now: datetime.datetime) -> tuple[str, list[Reminder]]:
    """Take up to `limit` due rows, the most urgent first; return the claim's name and its rows.

    PostgreSQL skips rows that another worker is taking; SQLite's transaction is immediate, so only one takes.
    """
    owner = f"{NODE}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
    with transaction.atomic():
        rows = list(
            Reminder.objects.claimable(now)
            .order_by("-severity", "next_attempt_at", "pk")
            .select_for_update(skip_locked=True, of=("self",))[:limit]
        )
        if rows:
            Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(
                state=State.SENDING, owner=owner, lease_until=now + lease(), generation=F("generation") + 1
            )
            ReminderEvent.objects.bulk_create(claimed(row, now) for row in rows)
    for row in rows:
        row.state, row.owner, row.generation = State.SENDING, owner, row.generation + 1
    return owner, rows


def claimed(row: Reminder, now: datetime.datetime) -> ReminderEvent:
    return ReminderEvent(
        reminder_id=row.pk,
        at=now,
        from_state=row.state,
        to_state=State.SENDING,
        generation=row.generation + 1,
    )


def fence(owner: str, rows: list[Reminder], now: datetime.datetime) -> list[Reminder]:
    """Renew the lease of the rows that are still ours and return them; the others are somebody else's now."""
    mine = Reminder.objects.filter(pk__in=[row.pk for row in rows], owner=owner, state=State.SENDING)
    if mine.update(lease_until=now + lease()) == len(rows):
        return rows
    held = set(mine.values_list("pk", flat=True))
    return [row for row in rows if row.pk in held]


def finish(row: Reminder, outcome: Outcome, now: datetime.datetime) -> bool:
    """Store what became of a row, if it is still ours; return whether it was."""
    if outcome.state == State.ACCEPTED:
        return statements.accept(row, outcome, now)
    with transaction.atomic():
        mine = Reminder.objects.filter(pk=row.pk, generation=row.generation, state=State.SENDING)
        is_mine = mine.update(**fields_of(row, outcome, now)) == 1
        ReminderEvent.objects.create(
            reminder_id=row.pk,
            at=now,
            from_state=State.SENDING if is_mine else "",
            to_state=outcome.state,
            generation=row.generation,
            reason=outcome.reason if is_mine else f"late result {outcome.reason}".strip(),
        )
        if is_mine and outcome.is_bad_address and outcome.contact_point:
            mark_bad(row, outcome.contact_point, now)
    return is_mine


def fields_of(row: Reminder, outcome: Outcome, now: datetime.datetime) -> dict:
    """Return what finishing sets, other than on acceptance."""
    fields = {
        "state": outcome.state,
        "reason": outcome.reason[:40] if outcome.state in (*Reminder.DROPPED, State.QUARANTINED) else "",
        "next_attempt_at": outcome.next_attempt_at,
        "lease_until": None,
    }
    if outcome.tried:
        fields["attempts"] = F("attempts") + 1
        fields["last_error_class"] = outcome.reason[:80]
        fields["contact_point"] = outcome.contact_point
        fields["message_id"] = outcome.message_id
    if outcome.state == State.UNKNOWN:
        fields["doubts"] = F("doubts") + 1
    return fields


def mark_bad(row: Reminder, point: ContactPoint, now: datetime.datetime) -> None:
    """Write down that an address does not reach the person: the work-list says so."""
    ContactPoint.objects.filter(pk=point.pk).update(is_bad=True, bad_at=now)
    log.record(actor=None, action="contact_point.failed", subject=point, clinic=row.clinic)


def release(owner: str, now: datetime.datetime) -> int:
    """Give back what this claim has not sent, so that nobody waits for its lease; for an orderly end."""
    with transaction.atomic():
        rows = list(Reminder.objects.filter(owner=owner, state=State.SENDING).select_for_update())
        for row in rows:
            # It keeps its place in the line: a server that is down must not make old messages look new.
            again = Outcome(State.PLANNED, "released", next_attempt_at=min(row.next_attempt_at or now, now))
            finish(row, again, now)
    return len(rows)


def retry(row: Reminder, reason: str, now: datetime.datetime) -> Outcome:
    """Return the outcome of a definite failure: later, and later each time."""
    wait = BACKOFF[min(row.attempts, len(BACKOFF) - 1)]
    jitter = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  (spreads retries; nothing secret)
    return Outcome(State.RETRY, reason, next_attempt_at=now + wait * jitter, tried=True)


def unwritable(row: Reminder, reason: str, now: datetime.datetime) -> Outcome:
    """Return the outcome of a message that cannot be written: some retries, then out of the others' way."""
    # Failures of the connection before it count for nothing: what is lost must be lost for its own sake.
    if row.attempts + 1 >= QUARANTINE_AFTER and row.last_error_class == reason:
        return Outcome(State.QUARANTINED, reason, tried=True)
    return retry(row, reason, now)


def in_doubt(row: Reminder, reason: str, now: datetime.datetime, **fields) -> Outcome:
    """Return the outcome of a sending nobody answered for: urgent ones go out once more, routine ones never."""
    again = row.is_urgent and row.doubts == 0
    later = now + IN_DOUBT_AGAIN_AFTER if again else None
    return Outcome(State.UNKNOWN, reason, next_attempt_at=later, tried=True, **fields)
