"""What the patient's own page shows: their dates in plain words, their visit, and what is in the pump."""

import datetime
from dataclasses import dataclass
from functools import cached_property

from django.core.paginator import Paginator
from django.utils import timezone

from patients.models import Patient
from pumps.models import Alarm, Cycle, Pump, Visit

REFILLS_PER_PAGE = 10
ALARMS_SHOWN = 10


@dataclass(frozen=True)
class MyPump:
    """One implanted pump of the person, as of a moment."""

    pump: Pump
    cycle: Cycle | None
    visit: Visit | None
    missed: Visit | None
    alarm: Alarm | None
    now: datetime.datetime
    today: datetime.date

    @cached_property
    def status(self) -> str:
        """Return one word for where the refill stands; the page has a sentence for each."""
        cycle = self.cycle
        if cycle is None:
            return "no_fill"
        if cycle.is_stopped:
            return "stopped"
        if cycle.refill_by is None:
            return "unknown"
        if self.today >= cycle.earliest_empty_on:
            return "may_be_empty"
        if self.today > cycle.refill_by:
            return "overdue"
        return "due_now" if self.today == cycle.refill_by else "ahead"

    @property
    def has_date(self) -> bool:
        return self.status in {"may_be_empty", "overdue", "due_now", "ahead"}

    @property
    def is_visit_late(self) -> bool:
        """Return whether the booked visit comes after the day by which the pump must be filled."""
        return bool(
            self.visit
            and self.has_date
            and self.visit.starts_at.astimezone(self.zone).date() > self.cycle.refill_by
        )

    @property
    def is_urgent(self) -> bool:
        """Return whether the person must call at once: before anything else on the page."""
        return self.alarm is not None or self.status == "may_be_empty"

    @property
    def calls_first(self) -> bool:
        """Return whether the call stands before the visit: it is urgent, or the pump gives nothing."""
        return self.is_urgent or self.status == "stopped"

    @property
    def stopped_on(self) -> datetime.date | None:
        """Return since when the record has the pump stopped."""
        return self.cycle.program.starts_on if self.status == "stopped" else None

    @property
    def needs_call(self) -> bool:
        """Return whether the person must call: nothing is booked, or not in time, or there is no date."""
        return self.is_urgent or self.visit is None or self.is_visit_late or not self.has_date

    @cached_property
    def phone(self):
        """Return the number to call: the 24-hour line when it cannot wait for the office to open."""
        clinic = self.pump.clinic
        can_wait = not self.calls_first and (self.status == "ahead" or self.visit is not None)
        return clinic.phone if can_wait or self.is_office_open else clinic.phone_24h

    @property
    def is_office_open(self) -> bool:
        return self.pump.clinic.is_open(self.now)

    @property
    def zone(self):
        return self.pump.clinic.zone

    @property
    def can_answer(self) -> bool:
        """Return whether the visit can still be confirmed or changed here."""
        return self.visit is not None and self.now < self.visit.starts_at

    @property
    def line(self):
        return self.cycle.program.main_line if self.cycle else None

    @property
    def recorded_by_role(self) -> str:
        """Return the role of who entered the fill; empty when a file or the engine did."""
        person = self.cycle.recorded_by if self.cycle else None
        roles = [m for m in person.memberships.all() if m.clinic_id == self.pump.clinic_id] if person else []
        return roles[0].get_role_display() if roles else ""


class MyPage:
    """Everything on /my/, read with a fixed number of queries however many pumps and refills there are."""

    def __init__(self, patient: Patient, page_number=None, now: datetime.datetime | None = None) -> None:
        self.patient = patient
        self.now = now or timezone.now()
        self.today = patient.clinic.today(self.now)
        self.page_number = page_number

    @cached_property
    def pumps(self) -> list[MyPump]:
        """Return the pumps in care, each with its open cycle and its visit."""
        if not self.patient.is_active:
            return []
        pumps = list(self.patient.pumps.implanted().select_related("clinic", "model"))
        cycles = {cycle.pump_id: cycle for cycle in with_doses(Cycle.objects.filter(pump__in=pumps).open())}
        visits = self.visits(pumps)
        alarms = {alarm.pump_id: alarm for alarm in Alarm.objects.filter(pump__in=pumps).open().critical()}
        return [
            self.my_pump(pump, cycles.get(pump.pk), visits.get(pump.pk, []), alarms.get(pump.pk))
            for pump in pumps
        ]

    def my_pump(self, pump: Pump, cycle: Cycle | None, visits: list[Visit], alarm: Alarm | None) -> MyPump:
        ahead = [v for v in visits if v.state == Visit.State.BOOKED and not v.counts_as_missed(self.now)]
        last = visits[-1] if visits else None
        missed = last if last and not ahead and last.counts_as_missed(self.now) else None
        if missed and cycle and cycle.filled_on >= missed.starts_at.astimezone(pump.clinic.zone).date():
            missed = None
        return MyPump(pump, cycle, ahead[0] if ahead else None, missed, alarm, self.now, self.today)

    def visits(self, pumps: list[Pump]) -> dict[int, list[Visit]]:
        """Return each pump's visits that are booked or were missed, the earliest first."""
        states = [Visit.State.BOOKED, Visit.State.MISSED]
        found: dict[int, list[Visit]] = {}
        for visit in Visit.objects.filter(pump__in=pumps, state__in=states).select_related("nurse", "room"):
            found.setdefault(visit.pump_id, []).append(visit)
        return found

    @cached_property
    def refills(self):
        """Return one page of the past refills, the newest first."""
        cycles = Cycle.objects.filter(pump__patient=self.patient).standing().order_by("-filled_on", "-id")
        return Paginator(with_doses(cycles), REFILLS_PER_PAGE).get_page(self.page_number)

    @cached_property
    def alarms(self) -> list[Alarm]:
        return list(Alarm.objects.filter(pump__patient=self.patient).order_by("-recorded_at")[:ALARMS_SHOWN])


def with_doses(cycles):
    return cycles.select_related("program", "recorded_by").prefetch_related(
        "program__lines__drug", "recorded_by__memberships"
    )
