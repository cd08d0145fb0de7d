"""A fill as a form, a file or a test hands it over, and the rows made from it."""

import uuid
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pumps.models import Cycle, Drug, DrugLine, Program, Pump
from pumps.refill import Fill, FlowRange, Infusion

CYCLE_FIELDS = (
    "filled_on",
    "filled_ml",
    "alarm_ml",
    "left_ml",
    "residual_ml",
    "is_diluted",
    "is_first_fill",
    "beyond_use_on",
    "printed_alarm_on",
    "note",
    "file_stability_days",
)
AMOUNTS = (
    "filled_ml",
    "alarm_ml",
    "left_ml",
    "residual_ml",
    "concentration_mcg_per_ml",
    "daily_dose_mcg",
    "bolus_dose_mcg",
)
BOLUS_FIELDS = ("bolus_dose_mcg", "max_activations", "lockout_minutes")


@dataclass(frozen=True, slots=True, kw_only=True)
class FillRecord:
    """What was put in, and the program that runs on it. `key` makes a second press the same record."""

    filled_on: date
    filled_ml: Decimal
    alarm_ml: Decimal
    drug: Drug
    concentration_mcg_per_ml: Decimal
    daily_dose_mcg: Decimal
    unit: str
    left_ml: Decimal = Decimal(0)
    residual_ml: Decimal | None = None
    is_diluted: bool | None = None
    is_first_fill: bool = False
    bolus_dose_mcg: Decimal | None = None
    max_activations: int | None = None
    lockout_minutes: int | None = None
    beyond_use_on: date | None = None
    printed_alarm_on: date | None = None
    note: str = ""
    file_stability_days: int | None = None
    key: uuid.UUID = field(default_factory=uuid.uuid4)

    def __post_init__(self) -> None:
        for name in AMOUNTS:
            value = getattr(self, name)
            if isinstance(value, int):
                object.__setattr__(self, name, Decimal(value))

    @property
    def has_bolus(self) -> bool:
        """Return whether any extra dose is allowed; a size or a maximum of 0 allows none."""
        return bool(self.bolus_dose_mcg and self.max_activations)

    def cycle_values(self) -> dict:
        return {name: getattr(self, name) for name in CYCLE_FIELDS}

    def bolus_values(self) -> dict:
        """Return the settings for extra doses; all None when none is allowed."""
        if not self.has_bolus:
            return dict.fromkeys(BOLUS_FIELDS)
        return {name: getattr(self, name) for name in BOLUS_FIELDS} | {
            "lockout_minutes": self.lockout_minutes or None
        }

    def line_values(self) -> dict:
        return {
            "drug_id": self.drug.pk,
            "concentration_mcg_per_ml": self.concentration_mcg_per_ml,
            "daily_dose_mcg": self.daily_dose_mcg,
            "unit": self.unit,
        }

    def fill(self, pump: Pump) -> Fill:
        """Return what the arithmetic checks before anything is stored."""
        model = pump.model
        return Fill(
            filled_on=self.filled_on,
            filled_ml=self.filled_ml,
            left_ml=self.left_ml,
            alarm_ml=self.alarm_ml,
            infusion=Infusion(
                concentration_mcg_per_ml=self.concentration_mcg_per_ml,
                daily_dose_mcg=self.daily_dose_mcg,
                bolus_dose_mcg=self.bolus_dose_mcg or Decimal(0),
                max_activations=self.max_activations or 0,
                lockout_minutes=self.lockout_minutes or 0,
            ),
            lead_days=pump.effective_lead_days,
            accuracy=model.accuracy,
            capacity_ml=model.capacity_ml,
            flow_range=FlowRange(model.least_flow_ml_per_day, model.most_flow_ml_per_day),
        )

    def runs_on(self, program: Program) -> bool:
        """Return whether a program has exactly these settings; other drugs of a mixture stay as they are."""
        lines = list(program.lines.all())
        if not lines or program.starts_on > self.filled_on:
            return False
        wanted = [(program, self.bolus_values()), (lines[0], self.line_values())]
        return all(getattr(row, name) == value for row, values in wanted for name, value in values.items())

    def new_program(self, *, actor, pump, ended_on: date | None = None) -> tuple[Program, DrugLine]:
        """Return the rows of a program with these settings, unsaved."""
        program = Program(
            pump=pump, starts_on=self.filled_on, ended_on=ended_on, recorded_by=actor, **self.bolus_values()
        )
        line = DrugLine(position=0, **self.line_values())
        is_stopped = not self.daily_dose_mcg and not self.has_bolus
        program.mode = Program.Mode.STOPPED if is_stopped else Program.Mode.SIMPLE
        return program, line

    def is_record_of(self, cycle: Cycle) -> bool:
        """Return whether a stored fill holds these very values."""
        values = self.cycle_values()
        return all(getattr(cycle, name) == value for name, value in values.items()) and self.runs_on(
            cycle.program
        )
