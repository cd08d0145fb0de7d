"""The bands of the work-list as plain rules: which band a pump stands in, and every reason why.

`pumps/worklist.py` asks the database the same question for all pumps at once; a test holds the two together.
Standard library only; today and now come in as arguments.
"""

import datetime
import enum
from dataclasses import dataclass

# Staff start to book this many days before refill_by.
DUE_WITHIN = datetime.timedelta(days=14)


class Band(enum.IntEnum):
    """A band's number is its place on the list."""

    ACT_NOW = 1
    OVERDUE = 2
    NOT_BOOKED = 3
    FOLLOW_UP = 4
    BOOKED = 5
    DONE = 6
    LATER = 7


class Reason(enum.StrEnum):
    """One thing that puts a pump into a band."""

    MAY_BE_EMPTY = "may_be_empty"
    CRITICAL_ALARM = "critical_alarm"
    OVERDUE = "overdue"
    NO_FILL = "no_fill"
    STOPPED = "stopped"
    CANNOT_COMPUTE = "cannot_compute"
    MISSED = "missed"
    ONE_TONE_LATE = "one_tone_late"
    NOT_BOOKED = "not_booked"
    ERI = "eri"
    ONE_TONE = "one_tone"
    DONE = "done"
    BOOKED = "booked"


# In order: a filled pump is done for the day even when its next visit is booked already.
BANDS = {
    Band.ACT_NOW: {Reason.MAY_BE_EMPTY, Reason.CRITICAL_ALARM},
    Band.OVERDUE: {
        Reason.OVERDUE,
        Reason.NO_FILL,
        Reason.STOPPED,
        Reason.CANNOT_COMPUTE,
        Reason.MISSED,
        Reason.ONE_TONE_LATE,
    },
    Band.NOT_BOOKED: {Reason.NOT_BOOKED},
    Band.FOLLOW_UP: {Reason.ERI, Reason.ONE_TONE},
    Band.DONE: {Reason.DONE},
    Band.BOOKED: {Reason.BOOKED},
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules look at. Days are civil days at the clinic; `visit_on` and `missed_on` too."""

    has_fill: bool = True
    is_stopped: bool = False
    filled_on: datetime.date | None = None
    refill_by: datetime.date | None = None
    earliest_empty_on: datetime.date | None = None
    eri_on: datetime.date | None = None
    visit_on: datetime.date | None = None
    missed_on: datetime.date | None = None
    has_critical_alarm: bool = False
    one_tone_target_at: datetime.datetime | None = None

    @property
    def is_booked_in_time(self) -> bool:
        """Return whether a visit is awaited on or before refill_by; a later one does not count."""
        return bool(self.visit_on and self.refill_by and self.visit_on <= self.refill_by)

    @property
    def is_missed(self) -> bool:
        """Return whether the last visit passed without a fill, and no other is awaited."""
        if not self.missed_on or self.visit_on:
            return False
        return self.filled_on is None or self.missed_on > self.filled_on


def reasons(standing: Standing, today: datetime.date, now: datetime.datetime) -> list[Reason]:
    """Return everything that is so about a pump, the gravest first."""
    target_at = standing.one_tone_target_at
    found = {
        Reason.MAY_BE_EMPTY: is_by(standing.earliest_empty_on, today),
        Reason.CRITICAL_ALARM: standing.has_critical_alarm,
        Reason.OVERDUE: is_by(standing.refill_by, today - datetime.timedelta(days=1)),
        Reason.NO_FILL: not standing.has_fill,
        Reason.STOPPED: standing.is_stopped,
        Reason.CANNOT_COMPUTE: standing.has_fill and not standing.is_stopped and standing.refill_by is None,
        Reason.MISSED: standing.is_missed,
        Reason.ONE_TONE_LATE: target_at is not None and now > target_at,
        Reason.NOT_BOOKED: is_by(standing.refill_by, today + DUE_WITHIN) and not standing.is_booked_in_time,
        Reason.ERI: standing.eri_on is not None,
        Reason.ONE_TONE: target_at is not None and now <= target_at,
        Reason.DONE: standing.filled_on == today,
        Reason.BOOKED: standing.is_booked_in_time,
    }
    return [reason for reason, holds in found.items() if holds]


def is_by(day: datetime.date | None, last: datetime.date) -> bool:
    return day is not None and day <= last


def band_of(found: list[Reason]) -> Band:
    """Return the lowest band that one of the reasons asks for."""
    for band, wanted in BANDS.items():
        if wanted.intersection(found):
            return band
    return Band.LATER
