"""What the pump page shows, read in a number of queries that does not grow with the history."""

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch
from django.utils import timezone

from pumps import service_life
from pumps.models import Alarm, Cycle, DrugLine, Program, Pump, StabilityLimit, Visit
from pumps.reading import Reading

FILLS_PER_PAGE = 10
EVENTS_SHOWN = 20

LINES = Prefetch("program__lines", DrugLine.objects.select_related("drug"))


def with_program(cycles: Any) -> Any:
    """Read cycles together with what their arithmetic and their rows on a page need."""
    return cycles.select_related("program__recorded_by", "recorded_by", "pump__model").prefetch_related(LINES)


def reading_of(pump: Pump, cycle: Cycle, today: datetime.date) -> Reading:
    """Return a cycle as pages read it, with the closures and stability limits its reasons name."""
    drugs = [line.drug_id for line in cycle.program.lines.all()]
    limits = StabilityLimit.objects.filter(drug__in=drugs)
    return Reading(cycle, today, pump.clinic.closure_days(), list(limits))


@dataclass(frozen=True, slots=True)
class FillRow:
    """One fill of the history, what changed in it, and the records it replaced."""

    cycle: Cycle
    dose_before_mcg: Any
    originals: list[tuple[Cycle, str]]

    @property
    def line(self) -> DrugLine | None:
        lines = list(self.cycle.program.lines.all())
        return lines[0] if lines else None

    @property
    def dose_changed(self) -> bool:
        return (
            self.line is not None
            and self.dose_before_mcg is not None
            and self.line.daily_dose_mcg != self.dose_before_mcg
        )


@dataclass(frozen=True, slots=True)
class Happening:
    """A visit or an alarm in the list of events."""

    at: datetime.datetime
    visit: Visit | None = None
    alarm: Alarm | None = None


class PumpPage:
    """Everything of one pump on one page."""

    def __init__(self, pump: Pump, number: Any = 1, now: datetime.datetime | None = None) -> None:
        self.pump, self.number = pump, number
        self.now = now or timezone.now()
        self.today = pump.clinic.today(self.now)
        self.zone = pump.clinic.zone

    @cached_property
    def cycle(self) -> Cycle | None:
        return with_program(self.pump.cycles.open()).first()

    @cached_property
    def reading(self) -> Reading | None:
        return reading_of(self.pump, self.cycle, self.today) if self.cycle else None

    @cached_property
    def program(self) -> Program | None:
        return self.cycle.program if self.cycle else None

    @cached_property
    def lines(self) -> list[DrugLine]:
        return list(self.program.lines.all()) if self.program else []

    @cached_property
    def visit(self) -> Visit | None:
        """Return the booked visit, missed or not."""
        return self.pump.visits.booked().select_related("nurse", "room").first()

    @cached_property
    def visit_is_missed(self) -> bool:
        return self.visit is not None and self.visit.counts_as_missed(self.now)

    @cached_property
    def visit_is_late(self) -> bool:
        """Return whether the visit stands after the refill-by date."""
        if not (self.visit and self.cycle and self.cycle.refill_by):
            return False
        return self.visit.starts_at.astimezone(self.zone).date() > self.cycle.refill_by

    @cached_property
    def visit_has_started(self) -> bool:
        return self.visit is not None and self.visit.starts_at <= self.now

    @cached_property
    def can_act(self) -> bool:
        """Return whether fills and visits may still be recorded."""
        return self.pump.explanted_on is None and self.pump.patient.is_active

    @cached_property
    def alarms(self) -> list[Alarm]:
        return list(self.pump.alarms.open().select_related("recorded_by"))

    @cached_property
    def catheter(self) -> Any:
        return self.pump.catheters.filter(explanted_on=None).first()

    # How long the pump itself lasts.

    @cached_property
    def service_ends_on(self) -> datetime.date | None:
        implanted_on = self.pump.implanted_on
        return service_life.service_ends_on(implanted_on) if implanted_on else None

    @cached_property
    def plan_replacement_from(self) -> datetime.date | None:
        return service_life.plan_replacement_from(self.service_ends_on) if self.service_ends_on else None

    @cached_property
    def stops_after_eri(self) -> datetime.date | None:
        return service_life.stops_after_eri(self.pump.eri_on) if self.pump.eri_on else None

    @property
    def must_plan(self) -> bool:
        return bool(self.plan_replacement_from and self.plan_replacement_from <= self.today)

    # The history.

    @cached_property
    def fills(self) -> Page:
        fills = with_program(self.pump.cycles.standing())
        return Paginator(fills, FILLS_PER_PAGE).get_page(self.number)

    @cached_property
    def fill_rows(self) -> list[FillRow]:
        replaced = {cycle.pk: cycle for cycle in self._replaced()}
        cycles = list(self.fills)
        doses = [*(_dose(cycle) for cycle in cycles[1:]), None][: len(cycles)]
        return [
            FillRow(cycle, before, _chain(cycle, replaced))
            for cycle, before in zip(cycles, doses, strict=True)
        ]

    def _replaced(self) -> Any:
        return with_program(self.pump.cycles.filter(superseded_at__isnull=False))

    @cached_property
    def happenings(self) -> list[Happening]:
        """Return the last visits and alarms, newest first; what is still open stands above."""
        visits = self.pump.visits.exclude(state=Visit.State.BOOKED).select_related("nurse", "room")
        alarms = self.pump.alarms.exclude(closed_at=None).select_related("closed_by")
        found = [
            Happening(visit.starts_at, visit=visit) for visit in visits.order_by("-starts_at")[:EVENTS_SHOWN]
        ]
        found += [Happening(alarm.recorded_at, alarm=alarm) for alarm in alarms[:EVENTS_SHOWN]]
        return sorted(found, key=lambda one: one.at, reverse=True)[:EVENTS_SHOWN]

    # The flow of the program.

    @cached_property
    def flow(self) -> Any:
        return self.program.infusion().flow_ml_per_day if self.lines else None

    @cached_property
    def max_flow(self) -> Any:
        return self.program.infusion().max_flow_ml_per_day if self.lines else None


def _dose(cycle: Cycle) -> Any:
    lines = list(cycle.program.lines.all())
    return lines[0].daily_dose_mcg if lines else None


def _chain(cycle: Cycle, replaced: dict[int, Cycle]) -> list[tuple[Cycle, str]]:
    """Return the records a fill replaced, newest first, each with the reason it was replaced."""
    chain = []
    newer, found = cycle, replaced.get(cycle.amends_id or 0)
    while found is not None:
        chain.append((found, newer.amend_reason))
        newer, found = found, replaced.get(found.amends_id or 0)
    return chain
