"""Reminders from due to accepted through the real engine, beside plain smtplib sending the same messages."""

import random
import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import F
from django.test import override_settings
from django.utils import timezone

from portal.accounts.models import User
from portal.bench import sink
from portal.bench.measure import Series
from portal.reminders import engine, rendering, state
from portal.reminders.models import Reminder, ReminderEvent
from portal.reminders.reconcile import reconcile

MOST = 500
SENDER = "reminders@bench.example"
State = Reminder.State


class NotAllAccepted(Exception):
    """The engine sent fewer messages than were due, or the server saw another number."""


@contextmanager
def mail_to_sink() -> Iterator[int]:
    """Let Django's mail go to a bare server on this machine; yield its port."""
    with sink.running() as port:
        plain = {"EMAIL_USE_TLS": False, "EMAIL_USE_SSL": False, "EMAIL_HOST_USER": ""}
        with override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=port,
            EMAIL_HOST_PASSWORD="",
            **plain,
        ):
            yield port


def plan(most: int = MOST) -> list[int]:
    """Plan for every pump; return the rows of one round, and hold all others back."""
    now = timezone.now()
    reconcile(now)
    due = list(Reminder.objects.claimable(now).order_by("key").values_list("pk", flat=True))
    chosen = sorted(random.Random("round").sample(due, min(most, len(due))))  # noqa: S311  (repeatable)
    Reminder.objects.waiting().exclude(pk__in=chosen).update(state=State.HELD)
    return chosen


def series(port: int, chosen: list[int]) -> list[Series]:
    messages = written(chosen)
    return [
        Series(
            f"{len(chosen)} reminders, due to accepted",
            lambda: send(port, len(chosen)),
            f"{len(chosen)} messages",
            before=lambda: make_due(chosen),
        ),
        Series(
            "the same messages, plain smtplib",
            lambda: send_plainly(port, messages),
            f"{len(chosen)} messages",
        ),
    ]


def make_due(chosen: list[int]) -> None:
    """Put the rows back to before they were sent."""
    ReminderEvent.objects.filter(reminder__in=chosen).delete()
    Reminder.objects.filter(pk__in=chosen).update(
        state=State.PLANNED,
        next_attempt_at=F("due_at"),
        accepted_at=None,
        lease_until=None,
        owner="",
        attempts=0,
        message_id="",
        contact_point=None,
    )


def send(port: int, count: int) -> None:
    tally = engine.send_due()
    if tally.sent != count:
        raise NotAllAccepted(f"{tally.sent} of {count} sent, {tally.dropped} dropped, {tally.failed} failed")


def written(chosen: list[int]) -> list[tuple[str, bytes]]:
    """Return the recipients and the very messages that the engine sends."""
    now = timezone.now()
    rows = list(Reminder.objects.filter(pk__in=chosen))
    known = state.load({row.pump_id for row in rows}, now)
    users = User.objects.in_bulk({row.user_id for row in rows if row.user_id})
    made = (rendering.email_for(row, known[row.pump_id], users.get(row.user_id), now) for row in rows)
    return [(message.to[0], message.message().as_bytes(linesep="\r\n")) for message in made]


def send_plainly(port: int, messages: list[tuple[str, bytes]]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for recipient, message in messages:
            server.sendmail(SENDER, [recipient], message)


def accepted_by(port: int) -> int:
    """Return how many messages the server took so far, as it counted them."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        return int(server.noop()[1])
