"""Record a fill, and amend one: the cycle, its program and its dates in one transaction."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit import log
from portal.refusal import refuse
from portal.shown import short
from portal.wakeups import wake_engine
from pumps import derive
from pumps.actions import fill_checks, visit_outcomes
from pumps.actions.fill_record import FillRecord
from pumps.actions.locks import lock_pump
from pumps.models import Cycle, DrugLine, Program, Pump, StabilityLimit, Visit
from pumps.refill import ImpossibleInput, expected_residual_ml
from pumps.units import rounded
from pumps.working_days import NoWorkingDay

LONGEST_REASON = 300
MOVING = ("refill_by", "low_reservoir_alarm_on", "earliest_empty_on", "empty_on", "stable_until")


@dataclass(frozen=True, slots=True)
class Amendment:
    """The new record of a fill, and which dates moved from what to what."""

    cycle: Cycle
    moved: dict[str, tuple[datetime.date | None, datetime.date | None]]


def _same_press(pump: Pump, record: FillRecord) -> Cycle | None:
    """Return the fill that this very form already made."""
    first = Cycle.objects.filter(key=record.key).select_related("program", "pump").first()
    if first is None:
        return None
    if first.pump_id != pump.pk or not record.is_record_of(first):
        refuse(None, _("This form was already used for another record. Open it again and enter the fill."))
    return first


def _standing(pump: Pump) -> list[Cycle]:
    """Return the pump's fills that count: the one it runs on, then the newest first."""
    fills = pump.cycles.standing().select_related("program", "pump__model").prefetch_related("program__lines")
    return sorted(fills, key=lambda cycle: cycle.ended_on is not None)


def _residual_after(previous: Cycle | None, day: datetime.date) -> Decimal | None:
    """Return what the program of the previous fill leaves on a day, or None when that is unknown."""
    if previous is None:
        return None
    try:
        return rounded(expected_residual_ml(previous.fill(), day), 2)
    except (ImpossibleInput, IndexError):
        return None


def _end_program(program: Program, day: datetime.date) -> None:
    program.ended_on = max(day, program.starts_on)
    program.save(update_fields=["ended_on"])


def _carry_mixture(kept: Program, main: DrugLine) -> None:
    """Keep the other drugs of a mixture: their strengths stay, their doses follow the flow of the first."""
    flow = Fraction(main.daily_dose_mcg) / Fraction(main.concentration_mcg_per_ml)
    for line in kept.lines.filter(position__gt=0).exclude(drug=main.drug_id):
        line.pk, line.program, line._state.adding = None, main.program, True
        line.daily_dose_mcg = rounded(flow * Fraction(line.concentration_mcg_per_ml), 4)
        line.save()


def _start_program(cycle: Cycle, record: FillRecord, *, actor: Any, ended_on: datetime.date | None) -> None:
    """Keep the program if its settings are the same; else end it and start the one recorded."""
    kept = cycle.program if cycle.program_id else cycle.pump.programs.filter(ended_on=None).first()
    if kept and record.runs_on(kept):
        cycle.program = kept
        return
    if kept and kept.ended_on is None and ended_on is None:
        _end_program(kept, record.filled_on)
    program, line = record.new_program(actor=actor, pump=cycle.pump, ended_on=ended_on)
    program.save()
    line.program = program
    line.save()
    if kept:
        _carry_mixture(kept, line)
    cycle.program = program


def _derive(cycle: Cycle) -> None:
    """Work out the dates; what a fill cannot be was refused before."""
    derive.apply_settings(cycle, StabilityLimit.objects.all())
    try:
        derive.apply_dates(cycle, cycle.clinic.closure_days())
    except NoWorkingDay:
        refuse(None, _("The clinic's closures leave no working day. Ask the clinic admin to check them."))


def _check(record: FillRecord, pump: Pump, now: datetime.datetime) -> None:
    fill_checks.check_day(record, pump, pump.clinic.today(now))
    fill_checks.check_other_days(record)
    fill_checks.check_bolus(record)
    fill_checks.check_possible(record, pump)


def _new_cycle(pump: Pump, record: FillRecord, actor: Any, now: datetime.datetime) -> Cycle:
    cycle = Cycle(clinic=pump.clinic, pump=pump, recorded_by=actor, recorded_at=now, key=record.key)
    for name, value in record.cycle_values().items():
        setattr(cycle, name, value)
    program, line = record.new_program(actor=actor, pump=pump)
    fill_checks.check_storable(cycle, record, line, program)
    return cycle


@transaction.atomic
def record_fill(*, actor, pump, record, now=None):
    """Store a fill, end the cycle before it and derive the dates of the new one."""
    now = now or timezone.now()
    pump = lock_pump(pump)
    if first := _same_press(pump, record):
        return first
    if pump.explanted_on:
        refuse("filled_on", _("This pump was explanted on %(day)s.") % {"day": short(pump.explanted_on)})
    _check(record, pump, now)
    newest = next(iter(_standing(pump)), None)
    if newest and record.filled_on < newest.filled_on:
        refuse(
            "filled_on",
            _("A fill on %(day)s is already recorded. Enter that day or later, or amend that fill.")
            % {"day": short(newest.filled_on)},
        )
    cycle = _new_cycle(pump, record, actor, now)
    cycle.expected_residual_ml = _residual_after(newest, record.filled_on)
    _start_program(cycle, record, actor=actor, ended_on=None)
    _derive(cycle)
    pump.cycles.open().update(ended_on=record.filled_on)
    cycle.save()
    visit_outcomes.settle(cycle, until=now, now=now)
    log.record(actor=actor, action="fill.recorded", subject=cycle, patient=pump.patient, clinic=pump.clinic)
    wake_engine()
    return cycle


def _neighbours(cycle: Cycle) -> tuple[Cycle | None, Cycle | None]:
    """Return the fills before and after one."""
    fills = _standing(cycle.pump)
    at = [found.pk for found in fills].index(cycle.pk)
    return (fills[at + 1] if at + 1 < len(fills) else None), (fills[at - 1] if at else None)


def _check_between(record: FillRecord, before: Cycle | None, after: Cycle | None) -> None:
    """Refuse a day that would put the fills out of their order."""
    if before and record.filled_on < before.filled_on:
        refuse(
            "filled_on",
            _("The fill before this one was on %(day)s. Enter that day or later.")
            % {"day": short(before.filled_on)},
        )
    if after and record.filled_on > after.filled_on:
        refuse(
            "filled_on",
            _("The fill after this one was on %(day)s. Enter that day or earlier.")
            % {"day": short(after.filled_on)},
        )


def _moved(old: Cycle, new: Cycle) -> dict[str, tuple[datetime.date | None, datetime.date | None]]:
    pairs = {name: (getattr(old, name), getattr(new, name)) for name in MOVING}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _supersede(old: Cycle, new: Cycle, now: datetime.datetime) -> None:
    """Put the new record in the place of the old one: the open fill, and the visit it was made at."""
    old.superseded_at = now
    old.save(update_fields=["superseded_at"])
    new.save()
    Visit.objects.filter(cycle=old).update(cycle=new)


def _mend_neighbours(new: Cycle, before: Cycle | None, after: Cycle | None) -> None:
    """Let the fill before end on the amended day, and the one after expect what now was left."""
    if before and before.ended_on != new.filled_on:
        before.ended_on = new.filled_on
        before.save(update_fields=["ended_on"])
    if after:
        after.expected_residual_ml = _residual_after(new, after.filled_on)
        after.save(update_fields=["expected_residual_ml"])


def _check_amendable(cycle: Cycle, reason: str) -> None:
    if cycle.superseded_at:
        refuse(None, _("This fill was already amended. Open the newest record of it."))
    if not reason:
        refuse("reason", _("Enter why the fill is amended."))
    if len(reason) > LONGEST_REASON:
        refuse("reason", _("The reason is too long. Enter at most 300 characters."))


@transaction.atomic
def amend_fill(*, actor, cycle, record, reason, now=None):
    """Put a corrected record in the place of a fill; the original stays and says it was replaced."""
    now, reason = now or timezone.now(), reason.strip()
    pump = lock_pump(cycle.pump)
    old = Cycle.objects.select_related("program").get(pk=cycle.pk)
    if first := _same_press(pump, record):
        return Amendment(first, _moved(old, first))
    _check_amendable(old, reason)
    _check(record, pump, now)
    before, after = _neighbours(old)
    _check_between(record, before, after)
    new = _new_cycle(pump, record, actor, now)
    new.program, new.ended_on = old.program, old.ended_on
    new.amends, new.amend_reason = old, reason
    new.expected_residual_ml = _residual_after(before, record.filled_on)
    _start_program(new, record, actor=actor, ended_on=old.ended_on)
    _derive(new)
    _supersede(old, new, now)
    _mend_neighbours(new, before, after)
    if after is None:
        # Only the days between the two records: what was missed since then was missed.
        last = visit_outcomes.start_of(old.filled_on + datetime.timedelta(days=1), new)
        visit_outcomes.settle(new, until=min(last, now), now=now)
    moved = _moved(old, new)
    log.record(
        actor=actor,
        action="fill.amended",
        subject=new,
        patient=pump.patient,
        clinic=pump.clinic,
        detail={"replaces": str(old.ref), "moved": sorted(moved)},
    )
    wake_engine()
    return Amendment(new, moved)
