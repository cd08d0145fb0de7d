"""Second looks at a refill: discrepancies, pocket fills, bridges, priming and mixtures.

The portal recomputes what the programmer computed. None of these is a dose to give.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pumps.fill import MINUTES_PER_DAY, ImpossibleInput
from pumps.program_flow import Number, daily_flow_ml

DISCREPANCY_ML = Decimal(2)
DISCREPANCY_SHARE = Decimal("0.145")
SMALL_RESERVOIR_ML = Decimal(20)
PI = Fraction("3.14159265358979323846")


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Expected less drawn; above 0 the pump gave more than programmed, or drug went astray."""

    difference_ml: Fraction
    delivered_percent: Fraction | None
    over_volume: bool
    over_percent: bool

    @property
    def is_flagged(self) -> bool:
        return self.over_volume or self.over_percent


def discrepancy(
    expected_ml: Number,
    actual_ml: Number,
    filled_ml: Number,
    *,
    most_ml: Number = DISCREPANCY_ML,
    most_share: Number = DISCREPANCY_SHARE,
) -> Discrepancy:
    """Compare drawn with expected: in mL, and as a share of what should have been delivered."""
    difference = Fraction(expected_ml) - Fraction(actual_ml)
    due = Fraction(filled_ml) - Fraction(expected_ml)
    share = difference / due if due > 0 else None
    return Discrepancy(
        difference_ml=difference,
        delivered_percent=None if share is None else share * 100,
        over_volume=abs(difference) > most_ml,
        over_percent=share is not None and abs(share) > most_share,
    )


@dataclass(frozen=True, slots=True)
class AfterFill:
    missing_ml: Fraction
    limit_ml: Decimal
    suspect_pocket_fill: bool


def after_fill_check(injected_ml: Number, recovered_ml: Number, capacity_ml: Number) -> AfterFill:
    """Whether too little comes back: more than 1 mL short of a 20 mL pump, 2 mL of a larger one."""
    missing = Fraction(injected_ml) - Fraction(recovered_ml)
    limit = Decimal(1) if capacity_ml <= SMALL_RESERVOIR_ML else Decimal(2)
    return AfterFill(missing, limit, missing > limit)


def reservoir_state(residual_ml: Number, alarm_ml: Number) -> str:
    """What the pump's own counter says: ok, low or empty."""
    if residual_ml <= 0:
        return "empty"
    return "low" if residual_ml <= alarm_ml else "ok"


def days_empty_before_alarm(
    volume_ml: Number, alarm_ml: Number, flow_ml: Number, accuracy: Number
) -> Fraction:
    """How many days a fast pump may be dry before its own alarm; 0 when the alarm comes first."""
    alarm = (Fraction(volume_ml) - Fraction(alarm_ml)) / Fraction(flow_ml)
    empty = Fraction(volume_ml) / (Fraction(flow_ml) * (1 + Fraction(accuracy)))
    return max(Fraction(0), alarm - empty)


def alarm_covering_accuracy_ml(volume_ml: Number, accuracy: Number) -> Fraction:
    """The least alarm volume at which a fast pump sounds before it is dry."""
    return Fraction(volume_ml) * (1 - 1 / (1 + Fraction(accuracy)))


@dataclass(frozen=True, slots=True)
class Bridge:
    """The old drug, at the old dose, until the path holds the new one; and what if not."""

    old_flow_ml: Fraction
    new_flow_ml: Fraction
    days: Fraction
    dose_mcg: Fraction
    unbridged_daily_mcg: Fraction
    unbridged_percent: Fraction
    unbridged_hours: Fraction

    @property
    def hours(self) -> Fraction:
        return self.days * 24


def bridge(
    path_ml: Number,
    old_mcg_per_ml: Number,
    new_mcg_per_ml: Number,
    old_daily_mcg: Number,
    new_daily_mcg: Number | None = None,
) -> Bridge:
    """Recompute a bridge bolus for a change of concentration; the dose stays unless given."""
    after_mcg = old_daily_mcg if new_daily_mcg is None else new_daily_mcg
    if old_daily_mcg <= 0 or after_mcg <= 0:
        raise ImpossibleInput("daily_dose", "A bridge needs a daily dose of more than 0.")
    old_flow, new_flow = (
        daily_flow_ml(old_daily_mcg, old_mcg_per_ml),
        daily_flow_ml(after_mcg, new_mcg_per_ml),
    )
    path = Fraction(path_ml)
    unbridged = new_flow * Fraction(old_mcg_per_ml)
    return Bridge(
        old_flow_ml=old_flow,
        new_flow_ml=new_flow,
        days=path / old_flow,
        dose_mcg=path * Fraction(old_mcg_per_ml),
        unbridged_daily_mcg=unbridged,
        unbridged_percent=100 * unbridged / Fraction(after_mcg),
        unbridged_hours=24 * path / new_flow,
    )


def days_to_alarm_after_bridge(bridged: Bridge, volume_ml: Number, path_ml: Number, alarm_ml: Number) -> int:
    """T + (V - path - A) / F_new: the bridge draws new drug out of the reservoir."""
    usable = Fraction(volume_ml) - Fraction(path_ml) - Fraction(alarm_ml)
    if usable <= 0:
        raise ImpossibleInput("alarm_ml", "The bridge would take the reservoir below the alarm volume.")
    return (bridged.days + usable / bridged.new_flow_ml) // 1


def path_volume_ml(
    catheter_cm: Number, ml_per_cm: Number, tubing_ml: Number = 0, port_ml: Number = 0
) -> Fraction:
    """The dead space between reservoir and catheter tip."""
    return Fraction(catheter_cm) * Fraction(ml_per_cm) + Fraction(tubing_ml) + Fraction(port_ml)


def catheter_volume_ml(length_cm: Number, bore_mm: Number) -> Fraction:
    """The volume of a catheter from its length and inner diameter."""
    return PI * (Fraction(bore_mm) / 20) ** 2 * Fraction(length_cm)


def priming_dose_mcg(path_ml: Number, concentration_mcg_per_ml: Number) -> Fraction:
    """The drug that fills the dead space; it never reaches the patient as a dose."""
    return Fraction(path_ml) * Fraction(concentration_mcg_per_ml)


def priming_days(path_ml: Number, concentration_mcg_per_ml: Number, daily_dose_mcg: Number) -> Fraction:
    """How many days of therapy the priming volume holds: why it is no bolus."""
    return Fraction(path_ml) / daily_flow_ml(daily_dose_mcg, concentration_mcg_per_ml)


def mixture_mcg_per_ml(parts: Sequence[tuple[Number, Number]]) -> Fraction:
    """The concentration after (volume, concentration) parts meet in the reservoir."""
    volume = sum((Fraction(part) for part, _ in parts), Fraction(0))
    if volume <= 0:
        raise ImpossibleInput("filled_ml", "A mixture needs a volume of more than 0.")
    return sum((Fraction(part) * Fraction(strength) for part, strength in parts), Fraction(0)) / volume


def percent_change(before: Number, after: Number) -> Fraction:
    """The change from one figure to another, in percent of the first."""
    return 100 * (Fraction(after) - Fraction(before)) / Fraction(before)


def concentration_error_factor(true_per_ml: Number, programmed_per_ml: Number) -> Fraction:
    """How many times the intended dose is given when the programmed concentration is wrong."""
    return Fraction(true_per_ml) / Fraction(programmed_per_ml)


def admixture_daily_mcg(flow_ml: Number, strengths: Mapping[str, Number]) -> dict[str, Fraction]:
    """The daily dose of every drug in a mixture: the flow carries them all."""
    return {drug: Fraction(flow_ml) * Fraction(strength) for drug, strength in strengths.items()}


@dataclass(frozen=True, slots=True)
class Actuations:
    """A pump that delivers by strokes: how many, how often, how much each."""

    per_day: Fraction
    minutes_between: Fraction
    mcg_each: Fraction


def actuations(daily_dose_mcg: Number, concentration_mcg_per_ml: Number, stroke_ml: Number) -> Actuations:
    flow = daily_flow_ml(daily_dose_mcg, concentration_mcg_per_ml)
    if flow <= 0:
        raise ImpossibleInput("daily_dose", "Strokes need a daily dose of more than 0.")
    per_day = flow / Fraction(stroke_ml)
    return Actuations(
        per_day, MINUTES_PER_DAY / per_day, Fraction(stroke_ml) * Fraction(concentration_mcg_per_ml)
    )


@dataclass(frozen=True, slots=True)
class ConstantFlowPreparation:
    """What fills a pump whose flow is fixed, so that only the mixture sets the dose."""

    days: Fraction
    mass_mcg: Fraction
    drug_ml: Fraction
    saline_ml: Fraction


def constant_flow_preparation(
    volume_ml: Number, flow_ml: Number, daily_dose_mcg: Number, stock_mcg_per_ml: Number
) -> ConstantFlowPreparation:
    days = Fraction(volume_ml) / Fraction(flow_ml)
    mass = days * Fraction(daily_dose_mcg)
    drug = daily_flow_ml(mass, stock_mcg_per_ml)
    if drug > volume_ml:
        raise ImpossibleInput("concentration", "The stock is too weak for this dose at this flow.")
    return ConstantFlowPreparation(days, mass, drug, Fraction(volume_ml) - drug)


def left_after_rinses_ml(vial_ml: Number, rinses: int, rinse_ml: Number) -> Fraction:
    """What a vial still holds after rinsing the reservoir with it."""
    return Fraction(vial_ml) - rinses * Fraction(rinse_ml)
