"""Working days: Monday to Friday, less the days a clinic says it is closed."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

# A clinic closed for longer than this has mistyped its closures.
FURTHEST_DAYS = 3660


class NoWorkingDay(ValueError):
    """The closures, or the end of the calendar, leave no working day within reach."""


def is_working_day(day: date, closures: Collection[date] = ()) -> bool:
    return day.weekday() < 5 and day not in closures


def _walk(day: date, step: int, closures: Collection[date]) -> Iterator[date]:
    """Yield working days from `day` on, one way, as long as the next one is within reach."""
    barren = 0
    current = day
    while barren <= FURTHEST_DAYS:
        barren += 1
        if is_working_day(current, closures):
            barren = 0
            yield current
        try:
            current += timedelta(days=step)
        except OverflowError:
            break
    raise NoWorkingDay(f"There is no working day within reach of {day}: check the closed days.")


def roll_back(day: date, closures: Collection[date] = ()) -> date:
    """The day itself if it is a working day, else the last one before it."""
    return next(_walk(day, -1, closures))


def roll_forward(day: date, closures: Collection[date] = ()) -> date:
    """The day itself if it is a working day, else the first one after it."""
    return next(_walk(day, 1, closures))


def _counted(day: date, count: int, step: int, closures: Collection[date]) -> date:
    if count < 0:
        raise ValueError("A count of working days is zero or more.")
    reached = day
    days = (found for found in _walk(day, step, closures) if found != day)
    for _ in range(count):
        reached = next(days)
    return reached


def working_days_before(day: date, count: int, closures: Collection[date] = ()) -> date:
    """Count back that many working days; the day itself does not count."""
    return _counted(day, count, -1, closures)


def working_days_after(day: date, count: int, closures: Collection[date] = ()) -> date:
    """Count forward that many working days; the day itself does not count."""
    return _counted(day, count, 1, closures)


def working_days_between(first: date, last: date, closures: Collection[date] = ()) -> list[date]:
    """Every working day from `first` to `last`, both included; none when they are reversed."""
    days = range(first.toordinal(), last.toordinal() + 1)
    return [day for day in map(date.fromordinal, days) if is_working_day(day, closures)]
