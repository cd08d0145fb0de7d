from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from pumps.fill import Fill, FlowRange, ImpossibleInput, Infusion, check, problems

SYNCHROMED = FlowRange(Decimal("0.048"), Decimal(24))
INFUSION = Infusion(Decimal(10_000), Decimal(5000))
FILL = Fill(
    date(2026, 1, 5),
    Decimal(20),
    Decimal(2),
    INFUSION,
    7,
    capacity_ml=Decimal(20),
    flow_range=SYNCHROMED,
)


def infusion(concentration="10000", dose="5000", bolus="0", most=0, lockout=0):
    return Infusion(Decimal(concentration), Decimal(dose), Decimal(bolus), most, lockout)


@pytest.mark.parametrize(
    ("vector", "concentration", "dose", "flow"),
    [
        ("A1", "500", "100", "0.2"),
        ("A2", "2000", "250", "0.125"),
        ("A3", "2000", "800", "0.4"),
        ("A4", "10000", "5000", "0.5"),
    ],
)
def test_flow_is_dose_by_concentration(vector, concentration, dose, flow):
    assert infusion(concentration, dose).flow_ml_per_day == Fraction(flow)


@pytest.mark.parametrize(
    ("vector", "most", "lockout_minutes", "count"),
    [
        ("C1", 4, 0, 4),
        ("C2", 8, 240, 6),
        ("C3", 10, 300, 5),
        ("fewer than the lockout allows", 3, 300, 3),
        ("longer than a day", 4, 2880, 1),
        ("a whole day", 4, 1440, 1),
        ("a minute short of a day", 4, 1439, 2),
    ],
)
def test_the_most_boluses_in_a_day(vector, most, lockout_minutes, count):
    assert infusion(bolus="250", most=most, lockout=lockout_minutes).activations_per_day == count


@pytest.mark.parametrize(
    ("vector", "program", "most"),
    [
        ("C1", infusion(bolus="250", most=4), Fraction("0.6")),
        ("C2", infusion(bolus="250", most=8, lockout=240), Fraction("0.65")),
        ("C7", infusion("350", "40", "5", 2), Fraction(1, 7)),
    ],
)
def test_the_greatest_flow_counts_every_bolus(vector, program, most):
    assert program.max_flow_ml_per_day == most


@pytest.mark.parametrize(
    ("program", "stopped"),
    [
        (infusion(dose="0"), True),
        (infusion(dose="0", bolus="250"), True),  # a maximum of 0 is no bolus
        (infusion(dose="0", most=4), True),
        (infusion(dose="0", bolus="250", most=1), False),
        (infusion(), False),
    ],
)
def test_a_stopped_pump_gives_nothing(program, stopped):
    assert program.is_stopped is stopped


def test_a_flow_without_concentration_is_a_named_error():
    with pytest.raises(ImpossibleInput) as refused:
        _ = infusion(concentration="0").flow_ml_per_day
    assert refused.value.field == "concentration"


def test_the_volume_adds_what_was_left_exactly():
    tiny = Decimal("0.0000000000000000001")
    left = replace(FILL, filled_ml=Decimal("12345678901234567890"), left_ml=tiny)
    assert Fraction(left.volume_ml) == Fraction("12345678901234567890") + Fraction(tiny)


@pytest.mark.parametrize(
    "fill",
    [
        FILL,
        replace(FILL, capacity_ml=None, flow_range=None, filled_ml=Decimal(99)),
        replace(FILL, filled_ml=Decimal(15), left_ml=Decimal(5)),
        replace(FILL, alarm_ml=Decimal(0)),
        replace(FILL, infusion=infusion(dose="0")),
        replace(FILL, infusion=infusion("10000", "480")),  # 0.048 mL a day exactly
        replace(FILL, infusion=infusion("10000", "240000")),  # 24 mL a day exactly
        replace(FILL, infusion=infusion("10000", "120000", "30000", 4)),  # with every bolus
    ],
)
def test_possible_fills_pass(fill):
    check(fill)


@pytest.mark.parametrize(
    ("field", "changes", "says"),
    [
        ("filled_ml", {"filled_ml": "0"}, "more than 0"),
        ("filled_ml", {"filled_ml": "-1"}, "more than 0"),
        ("filled_ml", {"filled_ml": "20.01"}, "20.01 mL is more than the 20 mL"),
        ("filled_ml", {"filled_ml": "15", "left_ml": "6"}, "left plus the fill of 21 mL"),
        ("filled_ml", {"filled_ml": "NaN"}, "must be a number"),
        ("left_ml", {"left_ml": "-0.1"}, "not be below 0"),
        ("alarm_ml", {"alarm_ml": "-1"}, "not be below 0"),
        ("alarm_ml", {"alarm_ml": "20"}, "below the 20 mL"),
        ("alarm_ml", {"alarm_ml": "21"}, "below the 20 mL"),
        ("capacity_ml", {"capacity_ml": "0"}, "more than 0"),
        ("accuracy", {"accuracy": "-0.1"}, "not be below 0"),
    ],
)
def test_impossible_volumes(field, changes, says):
    fill = replace(FILL, **{name: Decimal(value) for name, value in changes.items()})
    with pytest.raises(ImpossibleInput, match=says) as refused:
        check(fill)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "program", "says"),
    [
        ("concentration", infusion(concentration="0"), "more than 0"),
        ("concentration", infusion(concentration="-1"), "more than 0"),
        ("concentration", infusion(concentration="Infinity"), "must be a number"),
        ("daily_dose", infusion(dose="-3"), "not be below 0"),
        ("bolus_dose", infusion(bolus="-1"), "not be below 0"),
        ("max_activations", infusion(most=-1), "not be below 0"),
        ("lockout", infusion(lockout=-1), "not be below 0"),
        ("daily_dose", infusion(dose="0", bolus="1", most=1), "cannot go with a bolus"),
        ("daily_dose", infusion("10000", "479"), "below the 0.048 mL"),
        ("daily_dose", infusion("10000", "240001"), "above the 24 mL"),
        ("daily_dose", infusion("10000", "120000", "30001", 4), "above the 24 mL"),
    ],
)
def test_impossible_programs(field, program, says):
    with pytest.raises(ImpossibleInput, match=says) as refused:
        check(replace(FILL, infusion=program))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("lead_days", {"lead_days": -1}),
        ("lead_days", {"lead_days": 3651}),
        ("filled_on", {"filled_on": date(1899, 12, 31)}),
        ("filled_on", {"filled_on": date(2200, 1, 1)}),
    ],
)
def test_impossible_days(field, changes):
    assert [problem.field for problem in problems(replace(FILL, **changes))] == [field]


def test_a_reservoir_that_would_outlast_the_calendar_is_a_named_error():
    slow = replace(FILL, flow_range=None, infusion=infusion("10000", "0.01"))
    with pytest.raises(ImpossibleInput, match="outlast the calendar") as refused:
        check(slow)
    assert refused.value.field == "daily_dose"
    check(replace(slow, infusion=infusion("10000", "60")))  # 0.006 mL a day: nine years


def test_every_problem_is_found():
    fill = replace(FILL, filled_ml=Decimal(50), alarm_ml=Decimal(60), infusion=infusion(dose="1"))
    assert [problem.field for problem in problems(fill)] == ["filled_ml", "alarm_ml", "daily_dose"]
    signs = replace(fill, alarm_ml=Decimal(-1), infusion=infusion("0", "-1"))
    assert [problem.field for problem in problems(signs)] == ["alarm_ml", "concentration", "daily_dose"]
