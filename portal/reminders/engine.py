"""One sweep: plan, claim, check once more, send, store. Beat, the command and the tests run this same code.

The database is the memory; a sweep that dies is taken up by the next one, and two at once do no harm.
"""

import datetime
import logging
import threading
import time
from dataclasses import dataclass

from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import F
from django.utils import timezone

from portal.accounts.models import User
from portal.reminders import ledger, planning, rendering, state, waiting
from portal.reminders.channels import Failed, InDoubt, Refused, sms
from portal.reminders.channels.mail import DOWN_AFTER, Mailer
from portal.reminders.ledger import State
from portal.reminders.models import Heartbeat, Reminder
from portal.reminders.outcome import Outcome
from portal.reminders.reconcile import reconcile

logger = logging.getLogger(__name__)
# Set by SIGTERM: the message under way is finished and written down, the others are given back.
stopping = threading.Event()

CLAIM = 50
# Rows are checked once more in groups, and never longer than this before they leave.
GROUP = 50
FRESH_SECONDS = 0.25
# A sweep ends in time to plan again and to tell that it lives; what is left goes first next time.
SEND_SECONDS = 60
A_WEEK = 3
# Caps of a sending are final: the next sweep does not take them back.
DAY_FULL, WEEK_FULL = "day_full", "week_full"


@dataclass(slots=True)
class Tally:
    """What a sweep did."""

    planned: int = 0
    sent: int = 0
    failed: int = 0
    dropped: int = 0
    is_complete: bool = True


def sweep() -> Tally:
    """Plan and send everything that is due, then leave a heartbeat."""
    tally = Tally(planned=reconcile(timezone.now()))
    send_due(tally=tally)
    beat(tally)
    return tally


def send_due(*, limit: int | None = None, tally: Tally | None = None) -> Tally:
    """Send what is due, at most `limit` rows, over one connection."""
    tally = tally or Tally()
    until = time.monotonic() + SEND_SECONDS
    # The first few try the server, so that one that is down costs few rows a claim and nothing else.
    size, left = DOWN_AFTER, limit
    with Mailer() as mailer:
        while (left is None or left > 0) and not (stopping.is_set() or mailer.is_down):
            owner, rows = ledger.claim(size if left is None else min(size, left), timezone.now())
            if not rows:
                break
            Batch(owner, rows, mailer, tally, until).send()
            size, left = CLAIM, None if left is None else left - len(rows)
            if time.monotonic() > until:
                tally.is_complete = False
                break
    return tally


@dataclass(slots=True)
class Batch:
    """The rows of one claim on their way out."""

    owner: str
    rows: list[Reminder]
    mailer: Mailer
    tally: Tally
    until: float

    def send(self) -> None:
        """Send group by group; an orderly end, a server that is down or lost time gives the rest back, untried."""
        rest = list(self.rows)
        try:
            while rest and not self.is_over():
                done = self.send_group(rest[:GROUP])
                del rest[:done]
        finally:
            if rest:
                ledger.release(self.owner, timezone.now())

    def is_over(self) -> bool:
        return stopping.is_set() or self.mailer.is_down or time.monotonic() > self.until

    def send_group(self, group: list[Reminder]) -> int:
        """Fence and check some rows, send them while that is fresh; return how many are done with."""
        now = timezone.now()
        mine = {row.pk for row in ledger.fence(self.owner, group, now)}
        checks = Checks([row for row in group if row.pk in mine], now)
        fresh_until = time.monotonic() + min(FRESH_SECONDS, ledger.lease().total_seconds() / 4)
        for done, row in enumerate(group):
            if done and (time.monotonic() > fresh_until or self.is_over()):
                return done
            if row.pk in mine:
                self.send_row(row, checks)
        return len(group)

    def send_row(self, row: Reminder, checks: "Checks") -> None:
        """Send one row, or store why not. No failure here may stop the others."""
        outcome = checks.verdict(row) or self.deliver(row, checks)
        ledger.finish(row, outcome, timezone.now())
        if outcome.state == State.ACCEPTED:
            self.tally.sent += 1
            checks.count_accepted(row)
        elif outcome.tried:
            self.tally.failed += 1
        else:
            self.tally.dropped += 1

    def deliver(self, row: Reminder, checks: "Checks") -> Outcome:
        """Write and hand over one message; return what became of it."""
        now, one = checks.now, checks.known[row.pump_id]
        point = one.email if row.channel == Reminder.Channel.EMAIL else one.phone
        address = {"contact_point": point if row.audience == planning.Audience.PATIENT else None}
        try:
            message_id = self.hand_over(row, one, checks.users.get(row.user_id), now)
        except Refused as error:
            return Outcome(
                State.REJECTED, error.reason, tried=True, is_bad_address=error.is_address, **address
            )
        except Failed as error:
            return ledger.retry(row, error.reason, timezone.now())
        except InDoubt as error:
            message_id = rendering.message_id(row.key)
            return ledger.in_doubt(row, error.reason, timezone.now(), message_id=message_id, **address)
        except SoftTimeLimitExceeded:
            raise  # Celery ends this sweep: it says nothing about the message, which is given back.
        except Exception as error:  # A message that cannot be written must not stop the others.
            logger.exception("The message of reminder %s could not be written.", row.ref)
            return ledger.unwritable(row, f"write {type(error).__name__}", timezone.now())
        return Outcome(State.ACCEPTED, tried=True, message_id=message_id, **address)

    def hand_over(self, row: Reminder, one: state.Known, user: User | None, now: datetime.datetime) -> str:
        """Write a message and give it to its channel; return its id."""
        if row.channel == Reminder.Channel.SMS:
            sms.send(
                to=one.phone.value,
                body=rendering.text_for(row, one, now),
                sender=one.clinic.sender_name,
                key=row.key,
                clinic_ref=str(one.clinic.ref),
            )
            return ""
        message = rendering.email_for(row, one, user, now)
        self.mailer.send(message)
        return message.extra_headers["Message-ID"]


class Checks:
    """The state a group of rows is checked against just before it leaves: the plan itself, asked once more."""

    def __init__(self, rows: list[Reminder], now: datetime.datetime) -> None:
        self.now = now
        self.known = state.load({row.pump_id for row in rows}, now)
        self.owed = {made.key: made for one in self.known.values() for made in state.plan(one, now) or []}
        self.users = User.objects.in_bulk({row.user_id for row in rows if row.user_id})
        self.accepted = self.recently_accepted(rows)

    def recently_accepted(self, rows: list[Reminder]) -> dict[int, list[tuple[datetime.datetime, str, str]]]:
        """Return what patients got in the last week, for the caps."""
        people = {row.patient_id for row in rows if row.kind in planning.PRIORITY}
        found: dict[int, list] = {patient: [] for patient in people}
        since = self.now - datetime.timedelta(days=7)
        got = Reminder.objects.accepted().routine().filter(patient__in=people, accepted_at__gt=since)
        for patient, at, kind, channel in got.values_list("patient", "accepted_at", "kind", "channel"):
            found[patient].append((at, kind, channel))
        return found

    def count_accepted(self, row: Reminder) -> None:
        if row.kind in planning.PRIORITY:
            self.accepted.setdefault(row.patient_id, []).append((self.now, row.kind, row.channel))

    def verdict(self, row: Reminder) -> Outcome | None:
        """Return why a row does not leave now, or None when it does."""
        made = self.owed.get(row.key)
        if made is None or made.skip:
            return Outcome(State.SUPERSEDED, made.skip if made else "not_owed")
        if made.due_at > self.now:
            return Outcome(State.PLANNED, "not_due", next_attempt_at=made.due_at)
        one = self.known[row.pump_id]
        if row.kind not in planning.PRIORITY:
            return None
        allowed = planning.next_allowed(self.now, one.state)
        if allowed > self.now:
            return Outcome(State.PLANNED, "quiet_hours", next_attempt_at=allowed)
        return self.cap(row, one)

    def cap(self, row: Reminder, one: state.Known) -> Outcome | None:
        """Return a skip when this patient got enough: one routine message a day, three in seven days."""
        zone = one.state.zone
        today = self.now.astimezone(zone).date()
        got = [
            ((today - at.astimezone(zone).date()).days, kind)
            for at, kind, channel in self.accepted[row.patient_id]
            if channel == row.channel
        ]
        same_kind_only = row.kind == planning.Kind.MISSED or one.state.at_any_hour
        if any(ago == 0 and (kind == row.kind or not same_kind_only) for ago, kind in got):
            return self.another_day(row, planning.at_nine(today + datetime.timedelta(days=1), zone))
        is_full = sum(ago < 7 for ago, _ in got) >= A_WEEK and not one.state.at_any_hour
        return Outcome(State.SKIPPED, WEEK_FULL) if is_full and not is_pressing(row) else None

    def another_day(self, row: Reminder, tomorrow: datetime.datetime) -> Outcome:
        """Put off what is pressing to the next morning, while it still holds then; drop the rest."""
        if is_pressing(row) and (row.valid_until is None or tomorrow < row.valid_until):
            return Outcome(State.PLANNED, DAY_FULL, next_attempt_at=tomorrow)
        return Outcome(State.SKIPPED, DAY_FULL)


def is_pressing(row: Reminder) -> bool:
    """Return whether the weekly cap gives way: a missed visit, a refill overdue, the last word before a visit."""
    return row.kind in (planning.Kind.MISSED, planning.Kind.OVERDUE) or (
        row.kind == planning.Kind.VISIT and row.rung == planning.RUNGS[-1]
    )


def beat(tally: Tally) -> None:
    """Write down that a whole sweep ended, and how far behind the engine is."""
    now = timezone.now()
    fields = {
        "node": ledger.NODE,
        "at": now,
        "planned": tally.planned,
        "sent": tally.sent,
        "failed": tally.failed,
        "oldest_overdue_seconds": waiting.oldest_seconds(now),
    }
    if not Heartbeat.objects.filter(name="engine").update(sweeps=F("sweeps") + 1, **fields):
        Heartbeat.objects.get_or_create(name="engine", defaults={"sweeps": 1, **fields})
