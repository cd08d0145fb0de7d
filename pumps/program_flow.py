"""Programs whose flow is not the same every day: flex, scheduled boluses, changes mid-cycle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from pumps.fill import MINUTES_PER_DAY, ImpossibleInput

DAYS_PER_WEEK = 7
Number = Decimal | Fraction | int


@dataclass(frozen=True, slots=True)
class FlexStep:
    """A rate that holds from this minute of the day until the next step, or midnight."""

    starts_at_minute: int
    mcg_per_hour: Decimal


@dataclass(frozen=True, slots=True)
class FlowFrom:
    """A flow that holds from the start of this day until the next one, or for good."""

    starts_on: date
    ml_per_day: Fraction


def flex_daily_dose_mcg(steps: Sequence[FlexStep]) -> Fraction:
    """What a day of hourly steps delivers; the first step starts at midnight."""
    starts = [step.starts_at_minute for step in steps]
    if not starts or starts[0] != 0 or starts != sorted(set(starts)) or starts[-1] >= MINUTES_PER_DAY:
        raise ImpossibleInput("daily_dose", "Steps begin at midnight and follow each other in one day.")
    if any(step.mcg_per_hour < 0 for step in steps):
        raise ImpossibleInput("daily_dose", "A rate must not be below 0.")
    ends = [*starts[1:], MINUTES_PER_DAY]
    spans = zip(steps, ends, strict=True)
    minutes = (Fraction(step.mcg_per_hour) * (end - step.starts_at_minute) for step, end in spans)
    return sum(minutes, Fraction(0)) / 60


def scheduled_daily_dose_mcg(basal_mcg: Number, count: int, each_mcg: Number) -> Fraction:
    """The daily dose of a background rate and boluses the pump gives by itself."""
    return Fraction(basal_mcg) + count * Fraction(each_mcg)


def daily_flow_ml(daily_dose_mcg: Number, concentration_mcg_per_ml: Number) -> Fraction:
    """F = D / C."""
    if concentration_mcg_per_ml <= 0:
        raise ImpossibleInput("concentration", "The concentration must be more than 0.")
    return Fraction(daily_dose_mcg) / Fraction(concentration_mcg_per_ml)


def daily_dose_from_flow_mcg(flow_ml: Number, concentration_mcg_per_ml: Number) -> Fraction:
    """D = F × C."""
    return Fraction(flow_ml) * Fraction(concentration_mcg_per_ml)


def weekly_flow_ml(doses_mcg: Sequence[Number], concentration_mcg_per_ml: Number) -> tuple[Fraction, ...]:
    """The flow of each weekday, Monday first."""
    if len(doses_mcg) != DAYS_PER_WEEK:
        raise ImpossibleInput("daily_dose", "A weekly program has one daily dose for each of 7 days.")
    return tuple(daily_flow_ml(dose, concentration_mcg_per_ml) for dose in doses_mcg)


def _usable(volume_ml: Number, level_ml: Number) -> Fraction:
    if volume_ml <= level_ml:
        raise ImpossibleInput("alarm_ml", "The alarm volume must be below the volume in the reservoir.")
    return Fraction(volume_ml) - Fraction(level_ml)


def _later(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        sentence = "The dose is so small that the reservoir would outlast the calendar."
        raise ImpossibleInput("daily_dose", sentence) from None


def weekly_level_on(
    filled_on: date, volume_ml: Number, level_ml: Number, flows_ml: Sequence[Fraction]
) -> date | None:
    """The day a weekly pattern brings the reservoir to a level, or None if nothing flows."""
    left = _usable(volume_ml, level_ml)
    week = sum(flows_ml, Fraction(0))
    if not week:
        return None
    # Stop short of the last week: the level may be reached before days on which nothing flows.
    weeks = -(-left // week) - 1
    left -= weeks * week
    day = _later(filled_on, weeks * DAYS_PER_WEEK)
    while left and left >= flows_ml[day.weekday()]:  # ends: a week takes all that is left
        left -= flows_ml[day.weekday()]
        day = _later(day, 1)
    return day


def weekly_residual_ml(
    filled_on: date, volume_ml: Number, flows_ml: Sequence[Fraction], on: date
) -> Fraction:
    """What a weekly pattern leaves in the reservoir on a day."""
    weeks, days = divmod(max(0, (on - filled_on).days), DAYS_PER_WEEK)
    taken = weeks * sum(flows_ml, Fraction(0))
    taken += sum(flows_ml[(filled_on.weekday() + day) % DAYS_PER_WEEK] for day in range(days))
    return max(Fraction(0), Fraction(volume_ml) - taken)


def _stretches(filled_on: date, flows: Sequence[FlowFrom]) -> Iterator[tuple[date, date | None, Fraction]]:
    starts = [flow.starts_on for flow in flows]
    if not starts or starts[0] > filled_on or starts != sorted(set(starts)):
        raise ImpossibleInput("filled_on", "The first flow holds on the fill day and each starts later.")
    for flow, until in zip(flows, [*starts[1:], None], strict=True):
        if until is None or until > filled_on:
            yield max(flow.starts_on, filled_on), until, flow.ml_per_day


def changed_level_on(
    filled_on: date, volume_ml: Number, level_ml: Number, flows: Sequence[FlowFrom]
) -> date | None:
    """The day changing flows bring the reservoir to a level: t1 + floor((V - t1·F1 - A) / F2)."""
    left = _usable(volume_ml, level_ml)
    for since, until, flow in _stretches(filled_on, flows):
        if flow and (until is None or left <= flow * (until - since).days):
            return _later(since, left // flow)
        left -= flow * ((until or since) - since).days
    return None


def changed_residual_ml(filled_on: date, volume_ml: Number, flows: Sequence[FlowFrom], on: date) -> Fraction:
    """What changing flows leave in the reservoir on a day."""
    taken = Fraction(0)
    for since, until, flow in _stretches(filled_on, flows):
        taken += flow * max(0, (min(on, until or on) - since).days)
    return max(Fraction(0), Fraction(volume_ml) - taken)


def residual_after_boluses_ml(
    before_ml: Number, delivered: int, bolus_mcg: Number, concentration_mcg_per_ml: Number
) -> Fraction:
    """Take the boluses that were delivered (not attempted) off an expected residual."""
    taken = daily_flow_ml(bolus_mcg, concentration_mcg_per_ml) * delivered
    return max(Fraction(0), Fraction(before_ml) - taken)
