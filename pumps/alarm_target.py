"""By when the clinic answers an alarm. Pure: moments, a zone and closures come in as arguments."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pumps.working_days import is_working_day, roll_forward

TOLD_BY = time(15)
SAME_DAY = time(17)
NEXT_DAY = time(10)


def one_tone_target(told_at: datetime, zone: ZoneInfo, closures: Collection[date] = ()) -> datetime:
    """Return when a one-tone alarm must be answered.

    Told by 15:00 on a working day: 17:00 that day. Otherwise: 10:00 on the next working day.
    """
    local = told_at.astimezone(zone)
    today = local.date()
    if is_working_day(today, closures) and local.time() <= TOLD_BY:
        return datetime.combine(today, SAME_DAY, zone).astimezone(UTC)
    following = roll_forward(today + timedelta(days=1), closures)
    return datetime.combine(following, NEXT_DAY, zone).astimezone(UTC)
