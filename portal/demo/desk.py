"""A clinic as the demo fills it: its days, its staff, and who is free when."""

import datetime
import random
from dataclasses import dataclass, field

from portal.accounts.models import Clinic, Role, Room, User
from portal.demo.programs import Catalogue
from pumps.models import Visit
from pumps.slots import Hours, spans
from pumps.working_days import is_working_day, roll_back, roll_forward, working_days_after

Moment = datetime.datetime


def days(count: int) -> datetime.timedelta:
    return datetime.timedelta(days=count)


@dataclass
class Desk:
    """One clinic at one moment. Chance is drawn from a fixed seed, so every demo is the same."""

    clinic: Clinic
    now: Moment
    catalogue: Catalogue
    chance: random.Random
    serials: list[str]
    nurses: list[User] = field(init=False)
    rooms: list[Room] = field(init=False)
    taken: set = field(default_factory=set)

    def __post_init__(self) -> None:
        members = User.objects.filter(memberships__clinic=self.clinic, memberships__role=Role.NURSE)
        self.nurses = list(members.order_by("pk"))
        self.rooms = list(self.clinic.rooms.order_by("pk"))
        self.closures = self.clinic.closure_days()
        self.today = self.clinic.today(self.now)

    @property
    def nurse(self) -> User:
        return self.nurses[0]

    def at(self, day: datetime.date, hour: int, minute: int = 0) -> Moment:
        """Return a moment by the clinic's wall clock; never after now."""
        local = datetime.datetime.combine(day, datetime.time(hour, minute), self.clinic.zone)
        return min(local.astimezone(datetime.UTC), self.now)

    def working_day(self, count: int, side: str) -> datetime.date:
        """Return the day that many days from today, or the working day before or after it.

        “pair” is the last one up to then that another working day follows at once.
        """
        roll = roll_forward if side == "next" else roll_back
        day = roll(self.today + days(count), self.closures)
        while side == "pair" and not self.is_open(day + days(1)):
            day = self.rolled_back(day - days(1))
        return day

    def is_open(self, day: datetime.date) -> bool:
        return is_working_day(day, self.closures)

    def rolled_back(self, day: datetime.date) -> datetime.date:
        return roll_back(day, self.closures)

    def next_working_day(self, day: datetime.date) -> datetime.date:
        return working_days_after(day, 1, self.closures)

    def place(self, day: datetime.date) -> dict:
        """Return a free nurse, room and span on a day, and keep it."""
        hours = Hours(
            self.clinic.opens_at, self.clinic.closes_at, self.clinic.visit_minutes, self.clinic.zone
        )
        free = [
            (starts_at, ends_at, at)
            for starts_at, ends_at in spans(day, hours)
            for at in range(len(self.nurses))
            if (starts_at, at) not in self.taken
        ]
        starts_at, ends_at, at = self.chance.choice(free)
        self.taken.add((starts_at, at))
        return {
            "nurse": self.nurses[at],
            "room": self.rooms[at],
            "starts_at": starts_at,
            "ends_at": ends_at,
        }

    def visit(self, pump, *, booked_at: Moment, **fields) -> Visit:
        """Return a visit as it was, unsaved: actions only know what can still be booked."""
        return Visit(
            clinic=self.clinic,
            pump=pump,
            booked_by=self.nurse,
            booked_at=booked_at,
            **{"state_at": booked_at, **fields},
        )
