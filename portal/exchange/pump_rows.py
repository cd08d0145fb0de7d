"""Bring a spreadsheet of pumps into a clinic, row by row, with the verbs that the pages use."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from patients.models import Patient
from portal.accounts.models import Clinic
from portal.refusal import NON_FIELD_ERRORS, Refused
from pumps import actions
from pumps.forecast import CellError, PumpRow, RawRow, parse_row
from pumps.models import Cycle, Drug, Pump, PumpModel

MOST_LEAD_DAYS = 60
MOST_STABILITY_DAYS = 3650
REASON = "import"
# The names of the actions on the left, the columns of the file on the right.
COLUMNS = {
    "serial": "pump_serial",
    "filled_ml": "fill_volume_ml",
    "left_ml": "fill_volume_ml",
    "alarm_ml": "alarm_volume_ml",
    "concentration_mcg_per_ml": "concentration",
    "daily_dose_mcg": "daily_dose",
    "bolus_dose_mcg": "bolus_dose",
    "max_activations": "max_activations_per_day",
    "printed_alarm_on": "device_alarm_on",
    "file_stability_days": "stability_days",
    "unit": "dose_unit",
    NON_FIELD_ERRORS: "pump_serial",
}
CREATED, CHANGED, UNCHANGED, REFUSED = "created", "changed", "unchanged", "refused"


@dataclass(slots=True)
class Outcome:
    """What became of one row; `notes` says what changed, or which column was refused and why."""

    row: RawRow
    state: str
    notes: list[str] = field(default_factory=list)


class _Refuse(Exception):
    def __init__(self, column: str, sentence: str) -> None:
        self.error = CellError(column, sentence)


def _cell_errors(refused: Refused) -> list[CellError]:
    return [
        CellError(COLUMNS.get(name, name), sentence)
        for name, sentences in refused.message_dict.items()
        for sentence in sentences
    ]


class PumpImport:
    """One run over one file: what it looks up once, and which pumps it has met."""

    def __init__(self, clinic: Clinic, actor: Any = None) -> None:
        self.clinic, self.actor = clinic, actor
        self.today = clinic.today()
        self.drugs = {drug.name: drug for drug in Drug.objects.all()}
        self.models = {model.code: model for model in PumpModel.objects.all()}
        self.seen: dict[str, int] = {}

    def take(self, raw: RawRow) -> Outcome:
        """Store one row, or say what is wrong with it; a refused row leaves nothing behind."""
        try:
            with transaction.atomic():
                return self._take(raw)
        except _Refuse as refused:
            errors = [refused.error]
        except Refused as refused:
            errors = _cell_errors(refused)
        return Outcome(raw, REFUSED, [str(error) for error in errors])

    def _take(self, raw: RawRow) -> Outcome:
        first = self._first_row_of(raw)
        row = list(raw.errors) or parse_row(raw.cells, as_of=self.today)
        if not isinstance(row, PumpRow):
            return Outcome(raw, REFUSED, [str(error) for error in row])
        if first is not None:
            raise _Refuse(
                "pump_serial", f"This pump already stands in row {first}: keep one row for each pump."
            )
        self._check(row)
        patient = self._patient(row)
        pump, state, notes = self._pump(row, patient)
        notes += self._fill(row, pump)
        if patient.died_on or patient.closed_on:
            notes.append("the person died or left: recorded, no reminders")
        changed = [note for note in notes if not note.startswith("the person")]
        return Outcome(raw, CHANGED if state == UNCHANGED and changed else state, notes)

    def _first_row_of(self, raw: RawRow) -> int | None:
        """Return the earlier row with this serial number, and remember this one if there is none."""
        serial = raw.cells.get("pump_serial", "").casefold()
        first = self.seen.get(serial)
        if serial and first is None:
            self.seen[serial] = raw.number
        return first

    def _check(self, row: PumpRow) -> None:
        if row.fill.lead_days > MOST_LEAD_DAYS:
            raise _Refuse(
                "lead_days", f"{row.fill.lead_days} is too long: write at most {MOST_LEAD_DAYS} days."
            )
        if (row.stability_days or 0) > MOST_STABILITY_DAYS:
            sentence = f"{row.stability_days} is too long: write at most {MOST_STABILITY_DAYS} days."
            raise _Refuse("stability_days", sentence)
        if row.model.code not in self.models:
            raise _Refuse("model", "This model is not in the portal's table: ask the site admin to add it.")
        if row.drug.name not in self.drugs:
            raise _Refuse("drug", "This drug is not in the portal's table: ask the site admin to add it.")

    def _patient(self, row: PumpRow) -> Patient:
        patient = Patient.objects.select_related("clinic").filter(clinic=self.clinic, mrn=row.mrn).first()
        if patient is None:
            sentence = (
                f"No patient of {self.clinic} has this MRN: import the person first, or correct the MRN."
            )
            raise _Refuse("mrn", sentence)
        return patient

    def _pump(self, row: PumpRow, patient: Patient) -> tuple[Pump, str, list[str]]:
        """Return the pump, whether it was created, and what changed on it."""
        stored = Pump.objects.filter(clinic=self.clinic, serial=row.serial)
        pump = stored.select_related("patient__clinic", "model", "clinic").filter(explanted_on=None).first()
        if pump is None and stored.exists():
            raise _Refuse(
                "pump_serial", "This pump was explanted: leave the row out, or correct the serial number."
            )
        if pump is None:
            return self._new_pump(row, patient), CREATED, []
        if pump.patient_id != patient.pk:
            raise _Refuse(
                "pump_serial",
                "This pump is on another patient's record: correct the MRN or the serial number.",
            )
        return pump, UNCHANGED, self._edit_pump(row, pump)

    def _values(self, row: PumpRow) -> dict[str, Any]:
        values: dict[str, Any] = {"model": self.models[row.model.code], "lead_days": row.fill.lead_days}
        return values | ({"implanted_on": row.implanted_on} if row.implanted_on else {})

    def _new_pump(self, row: PumpRow, patient: Patient) -> Pump:
        pump = Pump(clinic=self.clinic, patient=patient, serial=row.serial, **self._values(row))
        return actions.add_pump(actor=self.actor, pump=pump)

    def _edit_pump(self, row: PumpRow, pump: Pump) -> list[str]:
        changed = {name: value for name, value in self._values(row).items() if getattr(pump, name) != value}
        for name, value in changed.items():
            setattr(pump, name, value)
        if changed:
            actions.edit_pump(actor=self.actor, pump=pump)
        return sorted(changed)

    def _record(self, row: PumpRow, kept: Cycle | None = None) -> actions.FillRecord:
        """Return the row as a fill; what the file cannot say is kept from the fill it corrects.

        Filled on the day of the implant is a first fill. Whether the drug was diluted stays unknown, so
        that of two limits the shorter counts.
        """
        infusion = row.fill.infusion
        names = ("residual_ml", "left_ml", "is_diluted", "is_first_fill", "note")
        known = {name: getattr(kept, name) for name in names} if kept else {}
        values = {"is_first_fill": row.implanted_on == row.fill.filled_on, **known}
        return actions.FillRecord(
            filled_on=row.fill.filled_on,
            filled_ml=row.fill.filled_ml,
            alarm_ml=row.fill.alarm_ml,
            drug=self.drugs[row.drug.name],
            concentration_mcg_per_ml=infusion.concentration_mcg_per_ml,
            daily_dose_mcg=infusion.daily_dose_mcg,
            unit=row.dose_unit.removesuffix("/day"),
            bolus_dose_mcg=infusion.bolus_dose_mcg or None,
            max_activations=infusion.max_activations or None,
            lockout_minutes=infusion.lockout_minutes or None,
            beyond_use_on=row.fill.beyond_use_on,
            printed_alarm_on=row.device_alarm_on,
            file_stability_days=row.stability_days,
            **values,
        )

    def _fill(self, row: PumpRow, pump: Pump) -> list[str]:
        """Record the fill, amend the one of that day, or leave it; return what was done."""
        fills = pump.cycles.standing().select_related("program", "pump__clinic")
        day = row.fill.filled_on
        same = fills.filter(filled_on=day).order_by("-ended_on", "pk").last()
        if same is None:
            if fills.filter(filled_on__gt=day).exists():
                raise _Refuse(
                    "filled_on", "A later fill of this pump is already recorded: write the newest fill."
                )
            actions.record_fill(actor=self.actor, pump=pump, record=self._record(row))
            return [f"fill of {day}"]
        record = self._record(row, same)
        if record.is_record_of(same):
            return []
        if same.ended_on is not None:
            raise _Refuse(
                "filled_on", "A later fill of this pump is already recorded: write the newest fill."
            )
        actions.amend_fill(actor=self.actor, cycle=same, record=record, reason=REASON)
        return [f"fill of {day} amended"]


def import_rows(clinic: Clinic, rows: Iterable[RawRow], *, dry_run: bool, good_rows: bool) -> list[Outcome]:
    """Store a file's rows in one transaction: all, or none, or with `good_rows` the sound ones."""
    run = PumpImport(clinic)
    with transaction.atomic():
        outcomes = [run.take(row) for row in rows]
        has_refused = any(outcome.state == REFUSED for outcome in outcomes)
        if dry_run or (has_refused and not good_rows):
            transaction.set_rollback(True)
    return outcomes
