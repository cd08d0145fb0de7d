"""How long messages have waited that should have left. Quiet hours do not count; a failed attempt ends no wait."""

import datetime
import zoneinfo

from django.conf import settings
from django.db.models import BooleanField, Case, Count, ExpressionWrapper, Min, Q, When
from django.db.models.functions import Greatest

from portal.reminders import planning
from portal.reminders.models import Reminder
from portal.reminders.state import zone_of

DAY = datetime.timedelta(days=1)
# The passing refusal of one mailbox or two is their own trouble: staff find those on the list of failed messages.
MANY_MAILBOXES = 3


def oldest_seconds(now: datetime.datetime) -> int:
    """Return how long the message has waited that has waited longest: one query, one row for each zone."""
    rows = (
        Reminder.objects.unsent(now)
        .annotate(since=since(), is_mailbox=flag(last_error_class__startswith="recipient "))
        .filter(since__lte=now)
        .order_by()
        .values("is_mailbox", "patient__time_zone", "clinic__time_zone", is_routine=is_routine())
        .annotate(oldest=Min("since"), people=Count("patient", distinct=True))
    )
    found = list(rows)
    refused = sum(row["people"] for row in found if row["is_mailbox"])
    waits = [waited_seconds(row, now) for row in found if not row["is_mailbox"] or refused >= MANY_MAILBOXES]
    return max(waits, default=0)


def since() -> Case:
    """Return from when a row waits: what was tried, since it was due; what was put off, since its new moment.

    No row waits before it is there: a colleague who joins is told of an alarm of last week.
    """
    put_off = Greatest("next_attempt_at", "created_at")
    return Case(When(attempts__gt=0, then=Greatest("due_at", "created_at")), default=put_off)


def is_routine() -> ExpressionWrapper:
    # As in the planner: quiet hours hold everywhere but in a demo's own clinic.
    demo = {"clinic__sends_at_any_hour": False} if settings.DEMO else {}
    return flag(kind__in=planning.PRIORITY, **demo)


def flag(**which) -> ExpressionWrapper:
    return ExpressionWrapper(Q(**which), output_field=BooleanField())


def waited_seconds(row: dict, now: datetime.datetime) -> int:
    if not row["is_routine"]:
        return int((now - row["oldest"]).total_seconds())
    zone = zone_of(row["patient__time_zone"] or row["clinic__time_zone"], row["clinic__time_zone"])
    return int(open_time(row["oldest"], now, zone).total_seconds())


def open_time(
    start: datetime.datetime, end: datetime.datetime, zone: zoneinfo.ZoneInfo
) -> datetime.timedelta:
    """Return how much of a stretch of time lies in the hours in which routine messages leave."""
    total = datetime.timedelta()
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        opens = planning.at_nine(day, zone)
        closes = datetime.datetime.combine(day, planning.CLOSES, zone).astimezone(datetime.UTC)
        total += max(min(end, closes) - max(start, opens), datetime.timedelta())
        day += DAY
    return total
