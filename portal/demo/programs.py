"""What runs in the pumps of the demo, and how many days a fill of it lasts."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from pumps import refill
from pumps.models import Drug, PumpModel, StabilityLimit
from pumps.stability import choose

# Any working day: only differences of days are taken from it.
SOME_DAY = date(2020, 1, 6)


@dataclass(frozen=True, slots=True)
class Program:
    """Settings as read off a programmer. Doses and concentrations in mcg."""

    model: str
    drug: str
    concentration: str
    dose: str
    unit: str
    filled_ml: str
    alarm_ml: str = "2"
    bolus: str | None = None
    most: int | None = None
    lockout: int | None = None
    is_first: bool = False
    is_diluted: bool | None = None
    beyond_use_days: int | None = None
    # Days from our alarm date to the printed one.
    printed_days: int | None = None
    lead_days: int | None = None

    @property
    def dose_mcg(self) -> Decimal:
        return Decimal(self.dose)

    def with_volume(self, filled_ml: Decimal) -> "Program":
        return replace(self, filled_ml=str(filled_ml))


PROGRAMS = {
    "morphine": Program("8637-20", "morphine", "10000", "5000", "mg", "19"),
    "morphine slow": Program("8637-40", "morphine", "25000", "8000", "mg", "40"),
    "morphine valve": Program("13827", "morphine", "20000", "8000", "mg", "19", "3"),
    "hydromorphone": Program("8667-20", "hydromorphone", "10000", "3500", "mg", "19"),
    "hydromorphone extra": Program(
        "8637-40", "hydromorphone", "10000", "3000", "mg", "38", bolus="200", most=8, lockout=240
    ),
    "baclofen": Program("8637-20", "baclofen", "500", "150", "mcg", "19"),
    "baclofen slow": Program("8637-40", "baclofen", "2000", "500", "mcg", "39"),
    "fentanyl": Program("8637-20", "fentanyl", "2000", "600", "mcg", "19"),
    "fentanyl extra": Program(
        "8667-40", "fentanyl", "2000", "700", "mcg", "38", bolus="50", most=6, lockout=180
    ),
    "bupivacaine": Program("8667-40", "bupivacaine", "20000", "9000", "mg", "38"),
    "ziconotide": Program("8637-20", "ziconotide", "25", "6", "mcg", "19", is_diluted=False),
    "ziconotide first": Program(
        "8637-20", "ziconotide", "25", "2.4", "mcg", "19", is_first=True, is_diluted=True
    ),
}


@dataclass(frozen=True, slots=True)
class Lasting:
    """Days from a fill to the dates that follow from it, before any move to a working day."""

    refill: int
    earliest_empty: int
    alarm: int


class Catalogue:
    """The reference rows, read once."""

    def __init__(self) -> None:
        self.models = {model.code: model for model in PumpModel.objects.all()}
        self.drugs = {drug.name: drug for drug in Drug.objects.all()}
        self.limits = list(StabilityLimit.objects.all())

    def lasting(self, program: Program, lead_days: int) -> Lasting:
        fill = self._fill(program, program.lead_days if program.lead_days is not None else lead_days)
        alarm_on = dates_of(fill).low_reservoir_alarm_on
        if program.printed_days is not None:
            fill = replace(fill, printed_alarm_on=alarm_on + timedelta(days=program.printed_days))
        dates = dates_of(fill)
        refill_on = min(refill.candidates(fill, dates).values())
        return Lasting(*((day - SOME_DAY).days for day in (refill_on, dates.earliest_empty_on, alarm_on)))

    def _fill(self, program: Program, lead_days: int) -> refill.Fill:
        days, _source = choose(
            self.limits,
            [self.drugs[program.drug].pk],
            is_first_fill=program.is_first,
            is_diluted=program.is_diluted,
            file_days=None,
        )
        beyond = program.beyond_use_days
        return refill.Fill(
            filled_on=SOME_DAY,
            filled_ml=Decimal(program.filled_ml),
            alarm_ml=Decimal(program.alarm_ml),
            infusion=infusion(program),
            lead_days=lead_days,
            stable_until=None if days is None else SOME_DAY + timedelta(days=days),
            beyond_use_on=None if beyond is None else SOME_DAY + timedelta(days=beyond),
            accuracy=self.models[program.model].accuracy,
        )


def dates_of(fill: refill.Fill) -> refill.CycleDates:
    dates = refill.cycle_dates(fill)
    if dates is None:
        raise ValueError("a stopped program lasts for ever")
    return dates


def infusion(program: Program) -> refill.Infusion:
    return refill.Infusion(
        concentration_mcg_per_ml=Decimal(program.concentration),
        daily_dose_mcg=program.dose_mcg,
        bolus_dose_mcg=Decimal(program.bolus or 0),
        max_activations=program.most or 0,
        lockout_minutes=program.lockout or 0,
    )
