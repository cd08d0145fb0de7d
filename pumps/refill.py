"""From a fill and its program to the dates of the cycle, and why each date is what it is.

Everything is exact: fractions inside, part days dropped once, at the end. Dates come in as
arguments; nothing here reads a clock.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from pumps.fill import Fill, FlowRange, ImpossibleInput, Infusion, check, problems
from pumps.units import PLACES, rounded
from pumps.working_days import roll_back

__all__ = [
    "Binding",
    "CycleDates",
    "Fill",
    "FlowRange",
    "ImpossibleInput",
    "Infusion",
    "Reason",
    "Status",
    "candidates",
    "check",
    "cycle_dates",
    "expected_residual_ml",
    "problems",
    "reasons",
    "status",
]

DUE_WITHIN_DAYS = 14


class Binding(StrEnum):
    """Which rule set `refill_by`; where raw dates tie, the first in this order."""

    ALARM = "alarm"
    ACCURACY = "accuracy"
    STABILITY = "stability"
    BEYOND_USE = "beyond_use"


@dataclass(frozen=True, slots=True)
class CycleDates:
    """The dates of one cycle; `alarm_on` is the printed date where that is earlier than ours."""

    low_reservoir_alarm_on: date
    latest_alarm_on: date
    empty_on: date
    earliest_empty_on: date
    alarm_on: date
    stable_until: date | None
    beyond_use_on: date | None
    refill_by: date
    binding: Binding
    printed_alarm_agrees: bool | None


def _days_on(fill: Fill, volume: Fraction, flow: Fraction) -> date:
    return fill.filled_on + timedelta(days=volume // flow)


def _earlier(day: date, days: int) -> date:
    """Go back in the calendar, no further than its first day."""
    return date.fromordinal(max(1, day.toordinal() - days))


def _candidates(fill: Fill, alarm_on: date, earliest_empty_on: date) -> dict[Binding, date]:
    found = {
        Binding.ALARM: _earlier(alarm_on, fill.lead_days),
        Binding.ACCURACY: _earlier(earliest_empty_on, 1),
        Binding.STABILITY: fill.stable_until,
        Binding.BEYOND_USE: fill.beyond_use_on,
    }
    return {binding: day for binding, day in found.items() if day is not None}


def candidates(fill: Fill, dates: CycleDates) -> dict[Binding, date]:
    """The dates that compete for `refill_by`, before it is moved back to a working day."""
    return _candidates(fill, dates.alarm_on, dates.earliest_empty_on)


def _agrees(printed: date | None, low: date, latest: date) -> bool | None:
    if printed is None:
        return None
    return (printed - low).days >= -1 and (printed - latest).days <= 1


def cycle_dates(fill: Fill, closures: Collection[date] = ()) -> CycleDates | None:
    """Derive the dates of a cycle, or None for a stopped pump."""
    check(fill)
    if fill.infusion.is_stopped:
        return None
    volume, alarm = Fraction(fill.volume_ml), Fraction(fill.alarm_ml)
    flow, max_flow = fill.infusion.flow_ml_per_day, fill.infusion.max_flow_ml_per_day
    low, latest = (_days_on(fill, volume - alarm, each) for each in (max_flow, flow))
    earliest_empty = _days_on(fill, volume, fill.fast_flow_ml_per_day)
    alarm_on = min(low, fill.printed_alarm_on or low)
    raw = _candidates(fill, alarm_on, earliest_empty)
    binding = min(raw, key=raw.__getitem__)  # the first of those that tie
    return CycleDates(
        low_reservoir_alarm_on=low,
        latest_alarm_on=latest,
        empty_on=_days_on(fill, volume, max_flow),
        earliest_empty_on=earliest_empty,
        alarm_on=alarm_on,
        stable_until=fill.stable_until,
        beyond_use_on=fill.beyond_use_on,
        refill_by=roll_back(raw[binding], closures),
        binding=binding,
        printed_alarm_agrees=_agrees(fill.printed_alarm_on, low, latest),
    )


class Status(StrEnum):
    STOPPED = "stopped"
    EMPTY = "empty"
    LOW = "low"
    OVERDUE = "overdue"
    DUE = "due"
    OK = "ok"


def status(dates: CycleDates | None, as_of: date) -> Status:
    """Where a cycle stands on a day: the first of these that holds."""
    if dates is None:
        return Status.STOPPED
    rules = (
        (as_of >= dates.empty_on, Status.EMPTY),
        (as_of >= dates.alarm_on, Status.LOW),
        (as_of > dates.refill_by, Status.OVERDUE),
        ((dates.refill_by - as_of).days <= DUE_WITHIN_DAYS, Status.DUE),
    )
    return next((name for holds, name in rules if holds), Status.OK)


def expected_residual_ml(fill: Fill, on: date, *, boluses: bool = False, fast: bool = False) -> Fraction:
    """What the program leaves in the reservoir on a day; before the fill, all of it.

    `boluses` takes every permitted one, `fast` runs the pump at the edge of its accuracy.
    """
    infusion = fill.infusion
    flow = infusion.max_flow_ml_per_day if boluses else infusion.flow_ml_per_day
    pace = 1 + Fraction(fill.accuracy) if fast else Fraction(1)
    days = max(0, (on - fill.filled_on).days)
    return max(Fraction(0), Fraction(fill.volume_ml) - flow * pace * days)


Input = str | Decimal | date | int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a date is what it is, as data: pages find the words in two languages."""

    name: str
    on: date
    rule: str
    inputs: dict[str, Input] = field(default_factory=dict)
    binds: bool = False
    source: str = ""


_COUNTER = "The low-reservoir alarm is a counter: Medtronic field safety notice FA596 (2016)"
_SPECIFICATION = "Flow accuracy of 14.5 %: Hong Kong MDD alert (2014)"
_REFILL_RULES = {
    Binding.ALARM: ("alarm_minus_lead", "The clinic's lead time"),
    Binding.ACCURACY: ("earliest_empty_minus_one_day", _SPECIFICATION),
    Binding.STABILITY: ("stable_until", "The stability limit on record"),
    Binding.BEYOND_USE: ("beyond_use_on", "The label of the product"),
}


def _volume_reasons(fill: Fill, dates: CycleDates) -> Iterator[Reason]:
    flow, max_flow = fill.infusion.flow_ml_per_day, fill.infusion.max_flow_ml_per_day
    base: dict[str, Input] = {"filled_on": fill.filled_on, "volume_ml": fill.volume_ml}
    above_alarm = base | {"alarm_ml": fill.alarm_ml}
    slow = {"flow_ml_per_day": rounded(flow, PLACES)}
    quick = {"max_flow_ml_per_day": rounded(max_flow, PLACES)}
    fast = quick | {"accuracy": fill.accuracy}
    ours_binds = dates.binding is Binding.ALARM and dates.alarm_on == dates.low_reservoir_alarm_on
    yield Reason(
        "low_reservoir_alarm_on",
        dates.low_reservoir_alarm_on,
        "volume_above_alarm_by_max_flow",
        above_alarm | quick,
        ours_binds,
        _COUNTER,
    )
    yield Reason(
        "latest_alarm_on",
        dates.latest_alarm_on,
        "volume_above_alarm_by_flow",
        above_alarm | slow,
        False,
        _COUNTER,
    )
    yield Reason("empty_on", dates.empty_on, "volume_by_max_flow", base | quick, False, _COUNTER)
    yield Reason(
        "earliest_empty_on",
        dates.earliest_empty_on,
        "volume_by_fast_max_flow",
        base | fast,
        dates.binding is Binding.ACCURACY,
        _SPECIFICATION,
    )


def _given_reasons(fill: Fill, dates: CycleDates) -> Iterator[Reason]:
    by_alarm = dates.binding is Binding.ALARM
    replaced = dates.alarm_on < dates.low_reservoir_alarm_on
    given = (
        ("printed_alarm_on", fill.printed_alarm_on, by_alarm and replaced, "The programmer's print"),
        (
            "stable_until",
            fill.stable_until,
            dates.binding is Binding.STABILITY,
            _REFILL_RULES[Binding.STABILITY][1],
        ),
        (
            "beyond_use_on",
            fill.beyond_use_on,
            dates.binding is Binding.BEYOND_USE,
            _REFILL_RULES[Binding.BEYOND_USE][1],
        ),
    )
    for name, day, binds, source in given:
        if day is not None:
            rule = "as_recorded"
            if name == "printed_alarm_on":
                rule = "printed_alarm_earlier" if replaced else "printed_alarm_not_earlier"
            yield Reason(name, day, rule, {"filled_on": fill.filled_on}, binds, source)


def reasons(fill: Fill, dates: CycleDates, closures: Collection[date] = ()) -> list[Reason]:
    """Explain every date of a cycle, `refill_by` first."""
    raw = candidates(fill, dates)
    rule, source = _REFILL_RULES[dates.binding]
    inputs: dict[str, Input] = {name.value: day for name, day in raw.items()}
    inputs["lead_days"] = fill.lead_days
    inputs["raw_on"] = raw[dates.binding]
    inputs["days_rolled_back"] = (raw[dates.binding] - roll_back(raw[dates.binding], closures)).days
    refill_by = Reason("refill_by", dates.refill_by, rule, inputs, True, source)
    return [refill_by, *_volume_reasons(fill, dates), *_given_reasons(fill, dates)]
