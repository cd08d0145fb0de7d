"""A clinic's spreadsheet of pumps, row by row: read it, refuse what is unsound, work out dates.

Row 1 is the first row below the header, empty rows counted; `line` is the line of the file.
"""

import csv
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import NamedTuple, TypeVar

from pumps import reference, units
from pumps.refill import Fill, ImpossibleInput, Infusion, cycle_dates, expected_residual_ml, problems, status
from pumps.working_days import NoWorkingDay

COLUMNS = (
    "mrn", "pump_serial", "model", "implanted_on", "filled_on", "fill_volume_ml", "alarm_volume_ml",
    "drug", "concentration", "concentration_unit", "daily_dose", "dose_unit", "bolus_dose",
    "bolus_unit", "max_activations_per_day", "lockout_minutes", "stability_days", "beyond_use_on",
    "lead_days", "device_alarm_on",
)  # fmt: skip
RESULT_COLUMNS = (
    "mrn", "pump_serial", "flow_ml_per_day", "max_flow_ml_per_day", "low_reservoir_alarm_on",
    "latest_alarm_on", "empty_on", "earliest_empty_on", "stable_until", "refill_by", "binding",
    "expected_residual_ml", "status", "error",
)  # fmt: skip
BOLUS_COLUMNS = ("bolus_dose", "bolus_unit", "max_activations_per_day")
DELIMITERS = (",", ";", "\t")
LONGEST_NAME = 64
COLUMN_OF_FIELD = {
    "filled_ml": "fill_volume_ml",
    "left_ml": "fill_volume_ml",
    "alarm_ml": "alarm_volume_ml",
    "max_activations": "max_activations_per_day",
    "lockout": "lockout_minutes",
    "capacity_ml": "model",
}

Cells = Mapping[str, str]
T = TypeVar("T")


class FileProblem(ValueError):
    """The file as a whole cannot be read; the message is one sentence."""


class CellError(NamedTuple):
    """What is wrong in one column of a row, and what is accepted there."""

    column: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.column}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as it stands in the file; `errors` says when it has too many or too few cells."""

    number: int
    line: int
    cells: dict[str, str]
    errors: tuple[CellError, ...] = ()


@dataclass(frozen=True, slots=True)
class PumpRow:
    """A sound row: figures as written, with their units, and the fill they make."""

    mrn: str
    serial: str
    model: reference.PumpModel
    drug: reference.Drug
    implanted_on: date | None
    concentration: Decimal
    concentration_unit: str
    daily_dose: Decimal
    dose_unit: str
    bolus_dose: Decimal | None
    bolus_unit: str
    max_activations: int
    lockout_minutes: int
    stability_days: int | None
    device_alarm_on: date | None
    fill: Fill


# --- the file


def _text(path: str | Path) -> str:
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileProblem(f"{path} is not UTF-8 text: save it as “CSV UTF-8”.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        raise FileProblem(f"{path} cannot be read: {reason}.") from None
    if "\0" in text:
        raise FileProblem(f"{path} is not a text file: it has a NUL character.")
    return text


def _header(names: Sequence[str], path: str | Path) -> list[str]:
    header = [name.strip(" ") for name in names]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise FileProblem(f"{path} lacks the column {', '.join(missing)}: {', '.join(COLUMNS)} are expected.")
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        raise FileProblem(f"{path} has the column {', '.join(repeated)} more than once.")
    return header


def _delimiter(text: str) -> str:
    """The delimiter under which the first line has most of our columns."""
    first = next((line for line in text.splitlines() if line.strip()), "")

    def known(delimiter: str) -> int:
        names = (name.strip(' "') for name in first.split(delimiter))
        return sum(name in COLUMNS for name in names)

    return max(DELIMITERS, key=known)


def _lines(path: str | Path) -> Iterator[tuple[int, list[str]]]:
    """Every record of the file with the line it begins on."""
    text = _text(path)
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise FileProblem(f"{path} is not sound CSV from line {begins} on: {error}.") from None


def _width_errors(header: Sequence[str], cells: Sequence[str]) -> tuple[CellError, ...]:
    if len(cells) == len(header):
        return ()
    column = header[min(len(cells), len(header) - 1)] or COLUMNS[-1]
    count = f"the row has {len(cells)} cells where the header has {len(header)}"
    return (CellError(column, f"{count}: write one cell for each column."),)


def read_rows(path: str | Path) -> Iterator[RawRow]:
    """Yield the rows that are not empty; raise FileProblem when the file cannot be read."""
    lines = _lines(path)
    first = next((names for _, names in lines if any(name.strip() for name in names)), None)
    if first is None:
        raise FileProblem(f"{path} is empty: a header with the columns {', '.join(COLUMNS)} is expected.")
    header = _header(first, path)
    for number, (line, values) in enumerate(lines, start=1):
        cells = [value.strip(" ") for value in values]
        if any(cells):
            yield RawRow(number, line, dict(zip(header, cells, strict=False)), _width_errors(header, cells))


# --- a row


def _name_fault(text: str) -> str | None:
    """Why a record or serial number cannot stand, if it cannot."""
    if len(text) > LONGEST_NAME:
        return f"{units.quoted(text)} is too long: write at most {LONGEST_NAME} characters."
    if not text.isprintable():
        return f"{units.quoted(text)} has a hidden character: write letters, digits and signs only."
    if text.startswith(("=", "+", "-", "@")):
        return f"{units.quoted(text)} begins like a formula: begin with a letter or a digit."
    return None


class _Reader:
    """Reads the cells of a row and keeps every complaint.

    A refused cell gives a stand-in, never used: a row with a complaint goes no further.
    """

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.errors: list[CellError] = []

    def text(self, column: str) -> str:
        return self.cells.get(column, "").strip(" ")

    def refuse(self, column: str, sentence: str) -> None:
        self.errors.append(CellError(column, sentence))

    def optional(self, column: str, parse: Callable[[str], T]) -> T | None:
        text = self.text(column)
        try:
            return parse(text) if text else None
        except units.FormatError as error:
            self.refuse(column, str(error))
            return None

    def needed(self, column: str, parse: Callable[[str], T], stand_in: T) -> T:
        if not self.text(column):
            self.refuse(column, "This cell is empty and must not be.")
        value = self.optional(column, parse)
        return stand_in if value is None else value

    def name(self, column: str) -> str:
        text = self.needed(column, str, "")
        fault = _name_fault(text)
        if fault:
            self.refuse(column, fault)
        return text

    def one_of(self, column: str, accepted: Sequence[str]) -> str:
        text = self.needed(column, str, accepted[0])
        if text not in accepted:
            self.refuse(column, f"{units.quoted(text)} is not known: write one of {', '.join(accepted)}.")
            return accepted[0]
        return text


def _model(cells: _Reader) -> reference.PumpModel:
    known = {model.code: model for model in reference.models()}
    return known[cells.one_of("model", tuple(known))]


def _drug(cells: _Reader) -> reference.Drug:
    known = {drug.name: drug for drug in reference.drugs()}
    return known[cells.one_of("drug", tuple(known))]


def _bolus(cells: _Reader) -> tuple[Decimal | None, str, int]:
    """The bolus columns: all or none; a maximum of 0 by itself is none."""
    missing = [column for column in BOLUS_COLUMNS if not cells.text(column)]
    none_allowed = cells.text("max_activations_per_day") == "0"
    if len(missing) == len(BOLUS_COLUMNS) or (none_allowed and len(missing) == len(BOLUS_COLUMNS) - 1):
        return None, "", 0
    if missing:
        cells.refuse(missing[0], f"A bolus needs {', '.join(BOLUS_COLUMNS)} together.")
    dose = cells.optional("bolus_dose", units.parse_decimal)
    unit = cells.one_of("bolus_unit", units.MASS_UNITS) if cells.text("bolus_unit") else ""
    return dose, unit, cells.optional("max_activations_per_day", units.parse_whole) or 0


def _row(cells: _Reader) -> PumpRow:
    none = Decimal(0)
    mrn, serial, model, drug = cells.name("mrn"), cells.name("pump_serial"), _model(cells), _drug(cells)
    implanted_on = cells.optional("implanted_on", units.parse_date)
    filled_on = cells.needed("filled_on", units.parse_date, date.min)
    filled_ml = cells.needed("fill_volume_ml", units.parse_decimal, none)
    alarm_ml = cells.needed("alarm_volume_ml", units.parse_decimal, none)
    concentration = cells.needed("concentration", units.parse_decimal, none)
    concentration_unit = cells.one_of("concentration_unit", units.CONCENTRATION_UNITS)
    daily_dose = cells.needed("daily_dose", units.parse_decimal, none)
    dose_unit = cells.one_of("dose_unit", units.DOSE_UNITS)
    bolus_dose, bolus_unit, max_activations = _bolus(cells)
    lockout_minutes = cells.optional("lockout_minutes", units.parse_whole) or 0
    stability_days = cells.optional("stability_days", units.parse_whole)
    infusion = Infusion(
        concentration_mcg_per_ml=units.to_mcg(concentration, concentration_unit),
        daily_dose_mcg=units.to_mcg(daily_dose, dose_unit),
        bolus_dose_mcg=units.to_mcg(bolus_dose or none, bolus_unit or "mcg"),
        max_activations=max_activations,
        lockout_minutes=lockout_minutes,
    )
    fill = Fill(
        filled_on=filled_on,
        filled_ml=filled_ml,
        alarm_ml=alarm_ml,
        infusion=infusion,
        lead_days=cells.needed("lead_days", units.parse_whole, 0),
        stable_until=None if stability_days is None else filled_on + timedelta(days=stability_days),
        beyond_use_on=cells.optional("beyond_use_on", units.parse_date),
        accuracy=model.accuracy,
        capacity_ml=model.capacity_ml,
        flow_range=model.flow_range,
    )
    device_alarm_on = cells.optional("device_alarm_on", units.parse_date)
    return PumpRow(
        mrn, serial, model, drug, implanted_on, concentration, concentration_unit, daily_dose, dose_unit,
        bolus_dose, bolus_unit, max_activations, lockout_minutes, stability_days, device_alarm_on, fill,
    )  # fmt: skip


def _date_errors(row: PumpRow, as_of: date) -> Iterator[CellError]:
    filled_on = row.fill.filled_on
    if filled_on > as_of:
        yield CellError("filled_on", f"{filled_on} is in the future: write a day up to {as_of}.")
    if row.implanted_on and filled_on < row.implanted_on:
        yield CellError("filled_on", f"{filled_on} is before the implant on {row.implanted_on}.")


def _cell_error(problem: ImpossibleInput) -> CellError:
    return CellError(COLUMN_OF_FIELD.get(problem.field, problem.field), str(problem))


def parse_row(cells: Cells, *, as_of: date) -> PumpRow | list[CellError]:
    """Read a row, or say everything that is wrong with it.

    First each cell by itself; only when all can be read, what cannot be true of them together.
    """
    reader = _Reader(cells)
    row = _row(reader)
    if reader.errors:
        return reader.errors
    errors = [*_date_errors(row, as_of), *map(_cell_error, problems(row.fill))]
    return errors or row


# --- the forecast


def _flows(fill: Fill, as_of: date) -> dict[str, str]:
    return {
        "flow_ml_per_day": units.plain(fill.infusion.flow_ml_per_day),
        "max_flow_ml_per_day": units.plain(fill.infusion.max_flow_ml_per_day),
        "expected_residual_ml": units.plain(expected_residual_ml(fill, as_of)),
    }


def _dates(fill: Fill, as_of: date, closures: Collection[date]) -> dict[str, str]:
    dates = cycle_dates(fill, closures)
    found = {"status": status(dates, as_of).value}
    if dates is None:
        return found
    names = (
        "low_reservoir_alarm_on", "latest_alarm_on", "empty_on", "earliest_empty_on", "stable_until",
        "refill_by", "binding",
    )  # fmt: skip
    return found | {name: str(getattr(dates, name) or "") for name in names}


def forecast_row(raw: RawRow, *, as_of: date, closures: Collection[date] = ()) -> dict[str, str]:
    """One row of the result; a bad one has nothing but its names and what is wrong."""
    names = {column: raw.cells.get(column, "").strip(" ") for column in ("mrn", "pump_serial")}
    blank = dict.fromkeys(RESULT_COLUMNS, "")
    row = list(raw.errors) or parse_row(raw.cells, as_of=as_of)
    if isinstance(row, PumpRow):
        try:
            return blank | names | _flows(row.fill, as_of) | _dates(row.fill, as_of, closures)
        except NoWorkingDay as error:
            row = [CellError("filled_on", str(error))]
    # A name that a spreadsheet would run as a formula is not repeated.
    shown = {column: "" if _name_fault(name) else name for column, name in names.items()}
    return blank | shown | {"error": " ".join(map(str, row))}


def write(results: Iterable[Mapping[str, str]]) -> str:
    """The result as CSV text."""
    text = StringIO(newline="")
    writer = csv.DictWriter(text, RESULT_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(results)
    return text.getvalue()
