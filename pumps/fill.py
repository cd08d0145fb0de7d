"""A fill, the program in force after it, and what cannot be true of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pumps.units import EXACT, FIRST_YEAR, LAST_YEAR, plain

MINUTES_PER_DAY = 1440
MOST_LEAD_DAYS = 3650


class ImpossibleInput(ValueError):
    """A figure no pump can have: `field` says which one, the message says why."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Infusion:
    """What a program may take out of the reservoir; a lockout of 0 means there is none."""

    concentration_mcg_per_ml: Decimal
    daily_dose_mcg: Decimal
    bolus_dose_mcg: Decimal = Decimal(0)
    max_activations: int = 0
    lockout_minutes: int = 0

    @property
    def activations_per_day(self) -> int:
        """The most boluses any 24 hours can hold; such a window may open with one."""
        if not self.lockout_minutes:
            return self.max_activations
        return min(self.max_activations, -(-MINUTES_PER_DAY // self.lockout_minutes))

    @property
    def bolus_mcg_per_day(self) -> Fraction:
        return Fraction(self.bolus_dose_mcg) * self.activations_per_day

    @property
    def flow_ml_per_day(self) -> Fraction:
        """The flow when no bolus is taken."""
        return self._in_ml(Fraction(self.daily_dose_mcg))

    @property
    def max_flow_ml_per_day(self) -> Fraction:
        """The flow when every permitted bolus is taken."""
        return self._in_ml(Fraction(self.daily_dose_mcg) + self.bolus_mcg_per_day)

    @property
    def is_stopped(self) -> bool:
        return not self.daily_dose_mcg and not self.bolus_mcg_per_day

    def _in_ml(self, mcg: Fraction) -> Fraction:
        if self.concentration_mcg_per_ml <= 0:
            raise ImpossibleInput("concentration", "The concentration must be more than 0.")
        return mcg / Fraction(self.concentration_mcg_per_ml)


@dataclass(frozen=True, slots=True)
class FlowRange:
    """The flows a pump model can deliver, in mL a day, both ends included."""

    least: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True)
class Fill:
    """A fill and the program in force after it; `left_ml` stayed in the reservoir on purpose."""

    filled_on: date
    filled_ml: Decimal
    alarm_ml: Decimal
    infusion: Infusion
    lead_days: int
    left_ml: Decimal = Decimal(0)
    stable_until: date | None = None
    beyond_use_on: date | None = None
    printed_alarm_on: date | None = None
    accuracy: Decimal = Decimal("0.145")
    capacity_ml: Decimal | None = None
    flow_range: FlowRange | None = None

    @property
    def volume_ml(self) -> Decimal:
        return EXACT.add(self.filled_ml, self.left_ml)

    @property
    def fast_flow_ml_per_day(self) -> Fraction:
        """Every bolus taken and the pump as fast as its accuracy allows."""
        return self.infusion.max_flow_ml_per_day * (1 + Fraction(self.accuracy))


def _amounts(fill: Fill) -> dict[str, Decimal | None]:
    infusion = fill.infusion
    return {
        "filled_ml": fill.filled_ml,
        "left_ml": fill.left_ml,
        "alarm_ml": fill.alarm_ml,
        "concentration": infusion.concentration_mcg_per_ml,
        "daily_dose": infusion.daily_dose_mcg,
        "bolus_dose": infusion.bolus_dose_mcg,
        "capacity_ml": fill.capacity_ml,
        "accuracy": fill.accuracy,
    }


_NAMES = {
    "filled_ml": "The fill volume",
    "left_ml": "The volume left in the reservoir",
    "alarm_ml": "The alarm volume",
    "concentration": "The concentration",
    "daily_dose": "The daily dose",
    "bolus_dose": "The bolus dose",
    "capacity_ml": "The reservoir capacity",
    "accuracy": "The flow accuracy",
    "max_activations": "The maximum number of boluses a day",
    "lockout": "The lockout",
    "lead_days": "The lead",
}
_MORE_THAN_ZERO = ("filled_ml", "concentration", "capacity_ml")


def _sign_problems(fill: Fill) -> Iterator[ImpossibleInput]:
    for name, amount in _amounts(fill).items():
        if amount is None:
            continue
        if not amount.is_finite():
            yield ImpossibleInput(name, f"{_NAMES[name]} must be a number.")
        elif name in _MORE_THAN_ZERO and amount <= 0:
            yield ImpossibleInput(name, f"{_NAMES[name]} must be more than 0.")
        elif amount < 0:
            yield ImpossibleInput(name, f"{_NAMES[name]} must not be below 0.")


def _count_problems(fill: Fill) -> Iterator[ImpossibleInput]:
    counts = {
        "max_activations": fill.infusion.max_activations,
        "lockout": fill.infusion.lockout_minutes,
        "lead_days": fill.lead_days,
    }
    for name, count in counts.items():
        if count < 0:
            yield ImpossibleInput(name, f"{_NAMES[name]} must not be below 0.")
    if fill.lead_days > MOST_LEAD_DAYS:
        yield ImpossibleInput("lead_days", f"The lead must be {MOST_LEAD_DAYS} days at most.")
    if not FIRST_YEAR <= fill.filled_on.year <= LAST_YEAR:
        sentence = f"The fill date must be in a year from {FIRST_YEAR} to {LAST_YEAR}."
        yield ImpossibleInput("filled_on", sentence)


def _volume_problems(fill: Fill) -> Iterator[ImpossibleInput]:
    volume, capacity = fill.volume_ml, fill.capacity_ml
    if capacity is not None and volume > capacity:
        what = "left plus the fill" if fill.left_ml else "fill"
        yield ImpossibleInput(
            "filled_ml",
            f"The {what} of {plain(volume)} mL is more than the {plain(capacity)} mL the reservoir holds.",
        )
    if fill.alarm_ml >= volume:
        yield ImpossibleInput(
            "alarm_ml",
            f"The alarm volume of {plain(fill.alarm_ml)} mL must be below the"
            f" {plain(volume)} mL in the reservoir.",
        )


def _flow_problems(fill: Fill) -> Iterator[ImpossibleInput]:
    infusion = fill.infusion
    if infusion.is_stopped:
        return
    if not infusion.daily_dose_mcg:
        yield ImpossibleInput("daily_dose", "A daily dose of 0 cannot go with a bolus.")
        return
    least, most = infusion.flow_ml_per_day, infusion.max_flow_ml_per_day
    limits = fill.flow_range
    if limits and least < limits.least:
        sentence = f"is below the {plain(limits.least)} mL a day the pump can deliver."
        yield ImpossibleInput("daily_dose", f"The flow of {plain(least)} mL a day {sentence}")
    if limits and most > limits.most:
        sentence = f"is above the {plain(limits.most)} mL a day the pump can deliver."
        yield ImpossibleInput("daily_dose", f"The greatest flow, {plain(most)} mL a day, {sentence}")
    if Fraction(fill.volume_ml) // least > (date.max - fill.filled_on).days:
        sentence = "The dose is so small that the reservoir would outlast the calendar."
        yield ImpossibleInput("daily_dose", sentence)


def problems(fill: Fill) -> list[ImpossibleInput]:
    """Everything impossible about a fill; sums are only looked at once each figure is sound."""
    found = [*_sign_problems(fill), *_count_problems(fill)]
    return found or [*_volume_problems(fill), *_flow_problems(fill)]


def check(fill: Fill) -> None:
    """Raise the first thing that is impossible about a fill."""
    for problem in problems(fill):
        raise problem
