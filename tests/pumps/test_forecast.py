import csv
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from pumps.forecast import (
    COLUMNS,
    RESULT_COLUMNS,
    FileProblem,
    PumpRow,
    RawRow,
    forecast_row,
    parse_row,
    read_rows,
)

AS_OF = date(2026, 11, 22)
SHARED = Path(settings.BASE_DIR).parent / "shared" / "data"
ROW = dict.fromkeys(COLUMNS, "") | {
    "mrn": "MR-1",
    "pump_serial": "NGP1",
    "model": "8637-20",
    "filled_on": "2026-10-05",
    "fill_volume_ml": "20",
    "alarm_volume_ml": "2",
    "drug": "morphine",
    "concentration": "10",
    "concentration_unit": "mg/mL",
    "daily_dose": "5",
    "dose_unit": "mg/day",
    "lead_days": "7",
}
BOLUS = {"bolus_dose": "0.25", "bolus_unit": "mg", "max_activations_per_day": "4"}

real_data = pytest.mark.real_data
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data files are not at hand")


def text_of(*rows, header=COLUMNS, delimiter=",", end="\n"):
    lines = [header, *([row[name] for name in header] for row in rows)]
    return "".join(delimiter.join(line) + end for line in lines)


@pytest.fixture
def spreadsheet(tmp_path):
    def write(content):
        path = tmp_path / "pumps.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def run(path, *options):
    """The rows the command prints, and the sentence it fails with, if it does."""
    out, failure = StringIO(), ""
    try:
        call_command("forecast", str(path), *options, stdout=out)
    except CommandError as error:
        failure = str(error)
    return list(csv.DictReader(StringIO(out.getvalue()))), failure


def result(closures=(), **changes):
    return forecast_row(RawRow(1, 2, ROW | changes), as_of=AS_OF, closures=closures)


def shown(found):
    return {name: value for name, value in found.items() if value and name not in ("mrn", "pump_serial")}


def test_a_row_becomes_dates():
    # 0.5 mL a day: 36 days to the alarm, 40 to empty, 34.93 for a fast pump.
    found = result()
    assert list(found) == list(RESULT_COLUMNS)
    assert found == {
        "mrn": "MR-1",
        "pump_serial": "NGP1",
        "flow_ml_per_day": "0.5",
        "max_flow_ml_per_day": "0.5",
        "low_reservoir_alarm_on": "2026-11-10",
        "latest_alarm_on": "2026-11-10",
        "empty_on": "2026-11-14",
        "earliest_empty_on": "2026-11-08",
        "stable_until": "",
        "refill_by": "2026-11-03",
        "binding": "alarm",
        "expected_residual_ml": "0",
        "status": "empty",
        "error": "",
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (BOLUS, {"max_flow_ml_per_day": "0.6", "latest_alarm_on": "2026-11-10", "empty_on": "2026-11-07"}),
        (BOLUS, {"low_reservoir_alarm_on": "2026-11-04", "earliest_empty_on": "2026-11-03"}),
        (
            BOLUS | {"max_activations_per_day": "8", "lockout_minutes": "240"},
            {"max_flow_ml_per_day": "0.65", "low_reservoir_alarm_on": "2026-11-01"},
        ),
        (BOLUS | {"lockout_minutes": "0"}, {"max_flow_ml_per_day": "0.6"}),
        (BOLUS | {"bolus_dose": "250", "bolus_unit": "mcg"}, {"max_flow_ml_per_day": "0.6"}),
        (BOLUS | {"max_activations_per_day": "0"}, {"max_flow_ml_per_day": "0.5"}),
        ({"max_activations_per_day": "0"}, {"max_flow_ml_per_day": "0.5"}),
        ({"lockout_minutes": "60"}, {"max_flow_ml_per_day": "0.5"}),
        ({"concentration": "10000", "concentration_unit": "mcg/mL"}, {"flow_ml_per_day": "0.5"}),
        ({"daily_dose": "5000", "dose_unit": "mcg/day"}, {"flow_ml_per_day": "0.5"}),
        ({"concentration": "15"}, {"flow_ml_per_day": "0.333333", "expected_residual_ml": "4"}),
        ({"stability_days": "29"}, {"stable_until": "2026-11-03", "binding": "alarm"}),
        ({"stability_days": "27"}, {"refill_by": "2026-10-30", "binding": "stability"}),
        ({"beyond_use_on": "2026-10-31"}, {"refill_by": "2026-10-30", "binding": "beyond_use"}),
        ({"lead_days": "0"}, {"refill_by": "2026-11-06", "binding": "accuracy"}),
        ({"device_alarm_on": "2026-10-06", "implanted_on": "2026-10-05"}, {"refill_by": "2026-11-03"}),
        ({"filled_on": "2026-11-22"}, {"status": "ok", "expected_residual_ml": "20"}),
        ({"mrn": " MR-1 ", "filled_on": " 2026-10-05 "}, {"mrn": "MR-1", "refill_by": "2026-11-03"}),
    ],
)
def test_columns_change_the_result(changes, expected):
    found = result(**changes)
    assert {name: found[name] for name in expected} == expected
    assert found["error"] == ""


def test_a_closed_day_moves_refill_by_back():
    assert result([date(2026, 11, 3), date(2026, 11, 2)])["refill_by"] == "2026-10-30"


@pytest.mark.parametrize("bolus", [{}, BOLUS | {"max_activations_per_day": "0"}])
def test_a_stopped_pump_keeps_what_it_holds(bolus):
    assert shown(result(daily_dose="0", stability_days="90", **bolus)) == {
        "flow_ml_per_day": "0",
        "max_flow_ml_per_day": "0",
        "expected_residual_ml": "20",
        "status": "stopped",
    }


@pytest.mark.parametrize(
    ("column", "changes"),
    [
        ("mrn", {"mrn": ""}),
        ("mrn", {"mrn": "=1+1"}),
        ("mrn", {"mrn": "@SUM(A1)"}),
        ("mrn", {"mrn": "-1"}),
        ("mrn", {"mrn": "+1"}),
        ("mrn", {"mrn": "x" * 65}),
        ("mrn", {"mrn": "MR\N{RIGHT-TO-LEFT OVERRIDE}1"}),
        ("pump_serial", {"pump_serial": "  "}),
        ("pump_serial", {"pump_serial": "NGP\n1"}),
        ("model", {"model": ""}),
        ("model", {"model": "8637-60"}),
        ("drug", {"drug": ""}),
        ("drug", {"drug": "MSO4"}),
        ("drug", {"drug": "Morphine"}),
        ("implanted_on", {"implanted_on": "2020"}),
        ("filled_on", {"filled_on": ""}),
        ("filled_on", {"filled_on": "02/03/2026"}),
        ("filled_on", {"filled_on": "46027"}),
        ("filled_on", {"filled_on": "2026-02-30"}),
        ("filled_on", {"filled_on": "2026-11-23"}),
        ("filled_on", {"implanted_on": "2026-10-06"}),
        ("fill_volume_ml", {"fill_volume_ml": ""}),
        ("fill_volume_ml", {"fill_volume_ml": "20.5"}),
        ("fill_volume_ml", {"fill_volume_ml": "0"}),
        ("alarm_volume_ml", {"alarm_volume_ml": ""}),
        ("alarm_volume_ml", {"alarm_volume_ml": "20"}),
        ("alarm_volume_ml", {"alarm_volume_ml": "-1"}),
        ("concentration", {"concentration": "0"}),
        ("concentration", {"concentration": "0,5"}),
        ("concentration_unit", {"concentration_unit": "ug/ml"}),
        ("concentration_unit", {"concentration_unit": ""}),
        ("concentration_unit", {"concentration_unit": "mg"}),
        ("daily_dose", {"daily_dose": "-3"}),
        ("daily_dose", {"daily_dose": "=2*3"}),
        ("daily_dose", {"daily_dose": "0.4"}),
        ("daily_dose", {"daily_dose": "241"}),
        ("daily_dose", BOLUS | {"daily_dose": "0"}),
        ("daily_dose", BOLUS | {"bolus_dose": "100"}),
        ("dose_unit", {"dose_unit": "mg"}),
        ("bolus_dose", BOLUS | {"bolus_dose": ""}),
        ("bolus_dose", BOLUS | {"bolus_dose": "-1"}),
        ("bolus_dose", {"max_activations_per_day": "4"}),
        ("bolus_unit", {"bolus_dose": "0.2"}),
        ("bolus_unit", BOLUS | {"bolus_unit": "ug"}),
        ("max_activations_per_day", BOLUS | {"max_activations_per_day": ""}),
        ("max_activations_per_day", BOLUS | {"max_activations_per_day": "4.0"}),
        ("lockout_minutes", {"lockout_minutes": "-60"}),
        ("stability_days", {"stability_days": "90 d"}),
        ("beyond_use_on", {"beyond_use_on": "2026-13-01"}),
        ("lead_days", {"lead_days": ""}),
        ("lead_days", {"lead_days": "-7"}),
        ("lead_days", {"lead_days": "9999"}),
        ("device_alarm_on", {"device_alarm_on": "soon"}),
    ],
)
def test_a_bad_cell_is_named_and_the_result_stays_empty(column, changes):
    found = result(**changes)
    assert found["error"].startswith(f"{column}: ")
    assert found["error"].endswith(".")
    assert list(shown(found)) == ["error"]
    assert not found["mrn"].startswith(tuple("=+-@"))


def test_all_bad_cells_of_a_row_are_told():
    errors = parse_row(ROW | {"mrn": "", "drug": "MSO4", "lead_days": "x"}, as_of=AS_OF)
    assert [error.column for error in errors] == ["mrn", "drug", "lead_days"]
    errors = parse_row(ROW | {"filled_on": "2027-01-01", "fill_volume_ml": "50"}, as_of=AS_OF)
    assert [error.column for error in errors] == ["filled_on", "fill_volume_ml"]


def test_a_sound_row_keeps_its_figures_as_written():
    row = parse_row(ROW | BOLUS | {"device_alarm_on": "2026-11-10"}, as_of=AS_OF)
    assert isinstance(row, PumpRow)
    assert (row.model.code, row.drug.name, str(row.daily_dose), row.dose_unit) == (
        "8637-20",
        "morphine",
        "5",
        "mg/day",
    )
    assert (str(row.bolus_dose), row.bolus_unit, row.max_activations) == ("0.25", "mg", 4)
    assert row.fill.printed_alarm_on is None
    assert row.device_alarm_on == date(2026, 11, 10)


def test_a_calendar_without_working_days_is_told_in_the_row():
    closures = {date(2026, 11, 30) - timedelta(days=day) for day in range(4000)}
    assert "check the closed days" in result(closures)["error"]


# --- the file


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_what_spreadsheets_write_is_read(spreadsheet, delimiter, end, mark):
    path = spreadsheet(mark + text_of(ROW, ROW, delimiter=delimiter, end=end))
    assert [(row.number, row.line, row.cells) for row in read_rows(path)] == [(1, 2, ROW), (2, 3, ROW)]


def test_empty_rows_are_skipped_but_counted(spreadsheet):
    lines = text_of(ROW).splitlines()
    path = spreadsheet("\n".join([lines[0], "," * 19, "", lines[1], " ,  ", lines[1]]))
    assert [(row.number, row.line) for row in read_rows(path)] == [(3, 4), (5, 6)]


def test_columns_may_stand_in_another_order_beside_others(spreadsheet):
    header = (*reversed(COLUMNS), "note", "", "")
    row = ROW | {"note": 'a "quoted" note', "": ""}
    path = spreadsheet("\n" + text_of(row, header=header))
    assert next(read_rows(path)).cells == row


def test_a_line_break_inside_quotes_does_not_upset_the_line_numbers(spreadsheet):
    lines = text_of(ROW | {"pump_serial": '"A\nB"'}, ROW)
    assert [(row.number, row.line) for row in read_rows(spreadsheet(lines))] == [(1, 2), (2, 4)]


@pytest.mark.parametrize(
    ("extra", "column", "count"), [(["1", "2"], "device_alarm_on", 22), (None, "lead_days", 18)]
)
def test_a_ragged_row_is_refused_alone(spreadsheet, extra, column, count):
    header, line, _ = text_of(ROW).split("\n")
    ragged = ",".join(line.split(",")[:18] if extra is None else [line, *extra])
    rows, failure = run(spreadsheet("\n".join([header, ragged, line])), "--as-of", "2026-11-22")
    assert rows[0]["error"].startswith(f"{column}: the row has {count} cells where the header has 20")
    assert (rows[1]["error"], rows[1]["status"]) == ("", "empty")
    assert failure.startswith("1 of 2 rows failed")


def test_too_many_cells_beside_a_column_without_name(spreadsheet):
    header, line, _ = text_of(ROW).split("\n")
    (row,) = read_rows(spreadsheet(f"{header},\n{line},,x\n"))
    assert row.errors[0].column == "device_alarm_on"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n ,\n", "is empty"),
        (text_of(ROW, header=COLUMNS[1:]), "lacks the column mrn"),
        ("a,b\n1,2\n", "lacks the column mrn, pump_serial"),
        (text_of(ROW, header=(*COLUMNS, "mrn")), "has the column mrn more than once"),
        (text_of(ROW).encode("utf-16"), "is not UTF-8"),
        (text_of(ROW | {"mrn": "Zoë"}).encode("latin-1"), "is not UTF-8"),
        (text_of(ROW | {"mrn": "a\0"}), "NUL"),
        (text_of(ROW | {"mrn": "x" * 200_000}), "not sound CSV from line 2"),
        (text_of(ROW, ROW | {"mrn": '"open'}, ROW), "not sound CSV from line 3"),
    ],
)
def test_a_file_that_cannot_be_read_ends_with_one_sentence(spreadsheet, content, says):
    rows, failure = run(spreadsheet(content))
    assert rows == []
    assert says in failure
    assert failure.endswith(".")
    assert "\n" not in failure


@pytest.mark.parametrize("name", ["", "missing.csv", "nul\0.csv", "x" * 300])
def test_a_path_that_cannot_be_read_ends_with_one_sentence(tmp_path, name):
    with pytest.raises(FileProblem, match=r"cannot be read: .*\.$"):
        list(read_rows(tmp_path / name))


# --- the command


def test_the_command_prints_a_row_for_each(spreadsheet):
    path = spreadsheet(text_of(ROW, ROW | {"drug": "MSO4"}))
    rows, failure = run(path, "--as-of", "2026-11-22")
    assert list(rows[0]) == list(RESULT_COLUMNS)
    assert [row["status"] for row in rows] == ["empty", ""]
    assert failure == "1 of 2 rows failed: see their error column."


def test_the_day_is_today_unless_said(spreadsheet, time_machine):
    time_machine.move_to("2026-10-20 12:00Z")
    rows, failure = run(spreadsheet(text_of(ROW)))
    assert (rows[0]["status"], rows[0]["expected_residual_ml"], failure) == ("due", "12.5", "")


def test_closed_days_may_be_repeated(spreadsheet):
    options = ("--as-of", "2026-11-22", "--closed", "2026-11-03", "2026-11-02", "--closed", "2026-10-30")
    rows, _ = run(spreadsheet(text_of(ROW)), *options)
    assert rows[0]["refill_by"] == "2026-10-29"


@pytest.mark.parametrize(
    "options", [("--as-of", "22/11/2026"), ("--closed", "2026-12-25", "25 Dec"), ("--as-of", "")]
)
def test_a_bad_day_is_one_sentence(spreadsheet, options):
    rows, failure = run(spreadsheet(text_of(ROW)), *options)
    assert rows == []
    assert failure.startswith(f"{options[0]}: ")
    assert "write YYYY-MM-DD" in failure


# --- the clinic's own files


@real_data
@needs_shared
def test_the_clinics_file_has_no_error():
    rows, failure = run(SHARED / "pumps.csv", "--as-of", "2026-11-22")
    assert (len(rows), failure) == (36, "")
    assert not any(row["error"] for row in rows)
    # The programmer's prints agree with ours: no bolus taken, so at our latest date.
    printed = {
        row.cells["pump_serial"]: row.cells["device_alarm_on"] for row in read_rows(SHARED / "pumps.csv")
    }
    ours = {row["pump_serial"]: row["latest_alarm_on"] for row in rows}
    assert all(ours[serial] == day for serial, day in printed.items() if day)


@real_data
@needs_shared
def test_the_messy_file_says_what_is_wrong_where():
    raw = list(read_rows(SHARED / "pumps_messy.csv"))
    rows, failure = run(SHARED / "pumps_messy.csv", "--as-of", "2026-11-22")
    assert [row.number for row in raw] == list(range(1, 17))
    told = {
        line.number: row["error"].split(":")[0] for line, row in zip(raw, rows, strict=True) if row["error"]
    }
    assert told == {
        3: "fill_volume_ml",
        4: "filled_on",
        5: "concentration",
        6: "concentration_unit",
        7: "daily_dose",
        10: "filled_on",
        11: "model",
        12: "alarm_volume_ml",
        13: "drug",
        14: "filled_on",
        15: "bolus_unit",
        16: "daily_dose",
    }
    assert failure == "12 of 16 rows failed: see their error column."
