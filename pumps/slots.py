"""Free places for a visit: clinic hours cut into visits, less what nurses and rooms are taken by."""

import datetime
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from pumps.working_days import working_days_after, working_days_between

# Offered when the refill-by date is today, past or unknown.
NEXT_WORKING_DAYS = 10


@dataclass(frozen=True, slots=True)
class Hours:
    """When a clinic sees people, and how long a visit lasts."""

    opens_at: datetime.time
    closes_at: datetime.time
    minutes: int
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Taken:
    """A booked visit: one nurse and one room, until its end."""

    nurse: Any
    room: Any
    starts_at: datetime.datetime
    ends_at: datetime.datetime

    def overlaps(self, starts_at: datetime.datetime, ends_at: datetime.datetime) -> bool:
        return self.starts_at < ends_at and self.ends_at > starts_at


@dataclass(frozen=True, slots=True)
class Slot:
    """A span of time with the nurses and rooms that are free in it."""

    starts_at: datetime.datetime
    ends_at: datetime.datetime
    nurses: tuple
    rooms: tuple


@dataclass(frozen=True, slots=True)
class Day:
    """One working day and its free places."""

    on: datetime.date
    slots: list[Slot]


@dataclass(frozen=True, slots=True)
class Window:
    """The days a visit may be booked on; late when the refill-by date is today or past."""

    days: list[datetime.date]
    is_late: bool
    weeks: list[list[datetime.date]] = field(default_factory=list)


def by_week(days: Iterable[datetime.date]) -> list[list[datetime.date]]:
    """Group days in order by their ISO week."""
    weeks: dict[tuple[int, int], list[datetime.date]] = {}
    for day in days:
        weeks.setdefault(day.isocalendar()[:2], []).append(day)
    return list(weeks.values())


def window(
    today: datetime.date, refill_by: datetime.date | None, closures: Collection[datetime.date] = ()
) -> Window:
    """Return the working days before and on the refill-by date; from that day on, or without one, the next ten."""
    days = working_days_between(today, refill_by, closures) if refill_by and today < refill_by else []
    if days:
        return Window(days, False, by_week(days))
    last = working_days_after(today, NEXT_WORKING_DAYS, closures)
    days = working_days_between(today, last, closures)[:NEXT_WORKING_DAYS]
    return Window(days, refill_by is not None, by_week(days))


def _exists(moment: datetime.datetime) -> bool:
    """Return whether a wall-clock time happens on its day: clocks that spring forward skip an hour."""
    back = moment.astimezone(datetime.UTC).astimezone(moment.tzinfo)
    return back.replace(tzinfo=None) == moment.replace(tzinfo=None)


def spans(day: datetime.date, hours: Hours) -> Iterator[tuple[datetime.datetime, datetime.datetime]]:
    """Cut one day's hours into visits, as moments in UTC; a visit ends by closing time."""
    length = datetime.timedelta(minutes=hours.minutes)
    start = datetime.datetime.combine(day, hours.opens_at)
    closing = datetime.datetime.combine(day, hours.closes_at)
    while start + length <= closing:
        moment = start.replace(tzinfo=hours.zone)
        if _exists(moment):
            begins = moment.astimezone(datetime.UTC)
            yield begins, begins + length
        start += length


def _free(those: Sequence, taken: Collection) -> tuple:
    return tuple(one for one in those if one not in taken)


def free_slots(
    days: Iterable[datetime.date],
    hours: Hours,
    *,
    nurses: Sequence,
    rooms: Sequence,
    taken: Sequence[Taken],
    now: datetime.datetime,
) -> list[Day]:
    """Return each day with its places that still lie ahead and have a free nurse and a free room."""
    found = []
    for day in days:
        slots = []
        for starts_at, ends_at in spans(day, hours):
            busy = [one for one in taken if one.overlaps(starts_at, ends_at)]
            free_nurses = _free(nurses, {one.nurse for one in busy})
            free_rooms = _free(rooms, {one.room for one in busy})
            if starts_at > now and free_nurses and free_rooms:
                slots.append(Slot(starts_at, ends_at, free_nurses, free_rooms))
        found.append(Day(day, slots))
    return found
