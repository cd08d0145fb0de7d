"""Whether reminders go out: computed when asked, so that it tells even when everything else is dead."""

import datetime
from typing import Any

from django.utils import timezone

from portal.reminders.models import Heartbeat

SILENT_AFTER = datetime.timedelta(minutes=10)
BEHIND_SECONDS = 15 * 60


def is_silent(now: datetime.datetime | None = None) -> bool:
    """Return whether no whole sweep ended in the last ten minutes, or ever."""
    now = now or timezone.now()
    return not Heartbeat.objects.filter(name="engine", at__gt=now - SILENT_AFTER).exists()


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
