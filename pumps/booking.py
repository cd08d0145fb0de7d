"""What the booking page offers: the free places of one week, for a chosen nurse and room or for any."""

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.utils import timezone

from portal.accounts.models import Clinic, Role, Room, User
from pumps import slots
from pumps.forms.visits import Place
from pumps.models import Pump, Visit


def hours_of(clinic: Clinic) -> slots.Hours:
    return slots.Hours(clinic.opens_at, clinic.closes_at, clinic.visit_minutes, clinic.zone)


@dataclass(frozen=True, slots=True)
class Offer:
    """One radio button: a place and its number on the page."""

    place: Place
    number: int


class Booking:
    """The free places for one pump's visit. Moving one, its own time counts as free."""

    def __init__(self, pump: Pump, user: User, wishes: Any, moving: Visit | None = None) -> None:
        self.pump, self.user, self.wishes, self.moving = pump, user, wishes, moving
        self.clinic, self.now = pump.clinic, timezone.now()
        self.today = self.clinic.today(self.now)

    @cached_property
    def nurses(self) -> list[User]:
        today = self.today
        in_force = Q(memberships__ends_on=None) | Q(memberships__ends_on__gte=today)
        nurses = User.objects.filter(
            in_force,
            memberships__clinic=self.clinic,
            memberships__role=Role.NURSE,
            memberships__starts_on__lte=today,
            is_active=True,
        )
        found = list(nurses.distinct())
        # The person who books comes first: most nurses book for themselves.
        return sorted(found, key=lambda nurse: nurse != self.user)

    @cached_property
    def rooms(self) -> list[Room]:
        return list(self.clinic.rooms.filter(is_active=True))

    def _wished(self, name: str, those: list) -> Any:
        return next((one for one in those if str(one.ref) == self.wishes.get(name)), None)

    @cached_property
    def nurse(self) -> User | None:
        return self._wished("nurse", self.nurses)

    @cached_property
    def room(self) -> Room | None:
        return self._wished("room", self.rooms)

    @cached_property
    def hours(self) -> slots.Hours:
        return hours_of(self.clinic)

    @cached_property
    def refill_by(self) -> datetime.date | None:
        return self.pump.cycles.open().values_list("refill_by", flat=True).first()

    @cached_property
    def window(self) -> slots.Window:
        return slots.window(self.today, self.refill_by, self.clinic.closure_days())

    @property
    def is_last_day(self) -> bool:
        return self.refill_by == self.today

    def is_late(self, visit: Visit) -> bool:
        """Return whether a visit is after the refill-by date, which leaves the pump unbooked."""
        day = visit.starts_at.astimezone(self.clinic.zone).date()
        return self.refill_by is not None and day > self.refill_by

    @cached_property
    def week(self) -> Page:
        """Return the week asked for; at first the one before the refill-by date, or the next when it is past."""
        weeks = Paginator(self.window.weeks, 1)
        is_urgent = self.window.is_late or self.refill_by is None
        return weeks.get_page(self.wishes.get("week") or (1 if is_urgent else weeks.num_pages))

    def _taken(self, days: list[datetime.date]) -> list[slots.Taken]:
        first, last = (
            datetime.datetime.combine(day, datetime.time.min, self.clinic.zone)
            for day in (days[0], days[-1] + datetime.timedelta(days=1))
        )
        booked = Visit.objects.booked().overlapping(first, last)
        booked = booked.filter(Q(nurse__in=self.nurses) | Q(room__in=self.rooms))
        booked = booked.exclude(pk=self.moving.pk) if self.moving else booked
        rows = booked.values_list("nurse_id", "room_id", "starts_at", "ends_at")
        return [slots.Taken(*row) for row in rows]

    @cached_property
    def days(self) -> list[tuple[datetime.date, list[Offer]]]:
        """Return the days of the week with their offers, numbered through the page."""
        days = self.week.object_list[0]
        nurses = {one.pk: one for one in ([self.nurse] if self.nurse else self.nurses)}
        rooms = {one.pk: one for one in ([self.room] if self.room else self.rooms)}
        free = slots.free_slots(
            days,
            self.hours,
            nurses=tuple(nurses),
            rooms=tuple(rooms),
            taken=self._taken(days),
            now=self.now,
        )
        offers, number = [], 0
        for day in free:
            places = []
            for slot in day.slots:
                place = Place(nurses[slot.nurses[0]], rooms[slot.rooms[0]], slot.starts_at, slot.ends_at)
                places.append(Offer(place, number))
                number += 1
            offers.append((day.on, places))
        return offers

    @property
    def has_places(self) -> bool:
        return any(offers for _day, offers in self.days)
