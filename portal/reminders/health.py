"""Whether reminders go out: computed when asked, so that it tells even when everything else is dead."""

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Count, IntegerField, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from portal.reminders.models import Heartbeat, Reminder

SILENT_AFTER = datetime.timedelta(minutes=10)
BEHIND_SECONDS = 15 * 60


def is_silent(now: datetime.datetime | None = None) -> bool:
    """Return whether no whole sweep ended in the last ten minutes, or ever."""
    now = now or timezone.now()
    return not Heartbeat.objects.filter(name="engine", at__gt=now - SILENT_AFTER).exists()


class Signs(NamedTuple):
    """What staff are told on every page."""

    is_silent: bool
    failed: int
    is_behind: bool = False


def signs(clinics: Iterable[int], now: datetime.datetime | None = None) -> Signs:
    """Return whether the engine is silent or behind, and how many messages of these clinics did not arrive."""
    now = now or timezone.now()  # One query: every page asks.
    last = Heartbeat.objects.filter(name="engine").annotate(undelivered=undelivered(clinics, now))
    # Before the first heartbeat there is no message either.
    values = last.values_list("at", "oldest_overdue_seconds", "undelivered").first()
    at, overdue, count = values or (None, 0, 0)
    return Signs(at is None or now - at >= SILENT_AFTER, count, overdue > BEHIND_SECONDS)


def undelivered(clinics: Iterable[int], now: datetime.datetime):
    """Return an expression: the number of messages that need somebody's attention."""
    places = list(clinics)
    if not places:
        return Value(0)
    rows = Reminder.objects.needs_attention(places, now).order_by().annotate(all=Value(1)).values("all")
    counted = Subquery(rows.annotate(count=Count("pk")).values("count"), output_field=IntegerField())
    return Coalesce(counted, 0)


def report(now: datetime.datetime | None = None) -> tuple[bool, dict[str, Any]]:
    """Return whether all is well, and what an outside monitor may read: counts and moments, nobody's data."""
    now = now or timezone.now()
    last = Heartbeat.objects.filter(name="engine").first()
    silent = last is None or now - last.at >= SILENT_AFTER
    behind = last is not None and last.oldest_overdue_seconds > BEHIND_SECONDS
    return not (silent or behind), {
        "engine": "silent" if silent else "behind" if behind else "ok",
        "last_sweep_at": last.at.isoformat() if last else None,
        "oldest_overdue_seconds": last.oldest_overdue_seconds if last else None,
    }
