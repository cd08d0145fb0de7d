from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pumps.refill import (
    Binding,
    Fill,
    ImpossibleInput,
    Infusion,
    Status,
    candidates,
    cycle_dates,
    expected_residual_ml,
    reasons,
    status,
)

MONDAY = date(2026, 1, 5)


def fill(volume="20", alarm="2", flow="0.5", filled_on=MONDAY, lead=7, **changes):
    """A fill whose flow is given: the concentration is 1 mg/mL."""
    program = changes.pop("infusion", Infusion(Decimal(1000), Decimal(flow) * 1000))
    return Fill(filled_on, Decimal(volume), Decimal(alarm), program, lead, **changes)


def bolus(most, lockout=0):
    return Infusion(Decimal(10_000), Decimal(5000), Decimal(250), most, lockout)


@pytest.mark.parametrize(
    ("vector", "case", "alarm_on", "empty_on"),
    [
        ("B2", fill("20", "0", "1"), date(2026, 1, 25), date(2026, 1, 25)),
        ("B3", fill("20", "2", "0.5"), date(2026, 2, 10), date(2026, 2, 14)),
        ("B5", fill("20", "1", "0.125"), date(2026, 6, 6), date(2026, 6, 14)),
        ("B7", fill("38", "2", "0.5"), date(2026, 3, 18), date(2026, 3, 22)),
        ("B9", fill("20", "4", "0.25"), date(2026, 3, 10), date(2026, 3, 26)),
        ("B10", fill("20", "2", "0.5", date(2028, 2, 1)), date(2028, 3, 8), date(2028, 3, 12)),
        ("B11", fill("40", "2", "0.75", date(2026, 11, 2)), date(2026, 12, 22), date(2026, 12, 25)),
        ("W6", fill("20", "0", "0.025"), date(2028, 3, 15), date(2028, 3, 15)),
        ("X1", fill("20", "2", "0.125"), date(2026, 5, 29), date(2026, 6, 14)),
    ],
)
def test_alarm_and_empty(vector, case, alarm_on, empty_on):
    dates = cycle_dates(case)
    assert dates.low_reservoir_alarm_on == dates.latest_alarm_on == dates.alarm_on == alarm_on
    assert dates.empty_on == empty_on


@pytest.mark.parametrize(
    ("vector", "program", "alarm", "days", "days_without"),
    [
        ("C1", bolus(4), "2", 30, 36),
        ("C2", bolus(8, 240), "2", 27, 36),
        ("C7", Infusion(Decimal(350), Decimal(40), Decimal(5), 2), "0", 140, 175),
    ],
)
def test_every_bolus_and_none(vector, program, alarm, days, days_without):
    dates = cycle_dates(fill("20", alarm, infusion=program))
    assert (dates.low_reservoir_alarm_on - MONDAY).days == days
    assert (dates.latest_alarm_on - MONDAY).days == days_without


@pytest.mark.parametrize(
    ("vector", "case", "cap", "binding", "refill_by"),
    [
        # E4: the cap falls on Saturday 4 July, E5 on Sunday 5 April: back to the Friday.
        ("E4", fill("40", "2", "0.05", lead=0), 180, Binding.STABILITY, date(2026, 7, 3)),
        ("E5", fill("20", "2", "0.08", lead=0), 90, Binding.STABILITY, date(2026, 4, 3)),
        # E6: alarm 10 February, but a fast pump is empty on 8 February (34.93 days).
        ("E6", fill("20", "2", "0.5", lead=0), 90, Binding.ACCURACY, date(2026, 2, 6)),
        ("X12", fill("40", "2", "0.75", date(2026, 11, 2)), None, Binding.ALARM, date(2026, 12, 15)),
    ],
)
def test_refill_by_is_the_earliest(vector, case, cap, binding, refill_by):
    until = None if cap is None else case.filled_on + timedelta(days=cap)
    dates = cycle_dates(replace(case, stable_until=until))
    assert (dates.binding, dates.refill_by) == (binding, refill_by)
    assert dates.stable_until == until


def test_f2_refill_by_rolls_back_to_a_working_day():
    # 20 mL, 0.45 mL a day: the alarm after 40 days is Saturday 14 February, a week earlier a Saturday too.
    case = fill("20", "2", "0.45", accuracy=Decimal(0))
    assert cycle_dates(case).low_reservoir_alarm_on == date(2026, 2, 14)
    assert candidates(case, cycle_dates(case))[Binding.ALARM] == date(2026, 2, 7)
    assert cycle_dates(case).refill_by == date(2026, 2, 6)
    assert cycle_dates(case, [date(2026, 2, 6)]).refill_by == date(2026, 2, 5)


def test_f4_a_window_of_three_to_five_days_before_the_alarm():
    case = fill("20", "2", "0.5")
    alarm_on = cycle_dates(case).alarm_on
    windows = [candidates(replace(case, lead_days=lead), cycle_dates(case)) for lead in (5, 3)]
    assert alarm_on == date(2026, 2, 10)
    assert [each[Binding.ALARM] for each in windows] == [date(2026, 2, 5), date(2026, 2, 7)]


def test_f7_refill_by_may_lie_before_the_fill():
    dates = cycle_dates(fill("4.5", "2", "0.5"))
    assert dates.alarm_on - MONDAY == timedelta(days=5)
    assert dates.refill_by == date(2026, 1, 2)  # Saturday 3 January, back to Friday
    assert status(dates, MONDAY) is Status.OVERDUE


@pytest.mark.parametrize(
    ("vector", "case", "earliest_empty", "empty"),
    [
        ("G10", fill("20", "2", "0.5"), 34, 40),  # 34.93
        ("G13", fill("20", "2", "0.1"), 174, 200),  # 174.67
        ("G14", fill("20", "2", "0.25"), 69, 80),  # 69.87
        ("G15", fill("40", "2", "0.1"), 349, 400),  # 349.34
        ("confirmed accuracy", fill("20", "2", "0.5", accuracy=Decimal("0.25")), 32, 40),
    ],
)
def test_a_fast_pump_is_empty_earlier(vector, case, earliest_empty, empty):
    dates = cycle_dates(case)
    assert (dates.earliest_empty_on - MONDAY).days == earliest_empty
    assert (dates.empty_on - MONDAY).days == empty


def test_accuracy_binds_the_day_before_the_pump_may_be_empty():
    case = fill("20", "2", "0.1")  # alarm day 180, a week earlier 173; empty at the earliest day 174
    assert cycle_dates(case).binding is Binding.ALARM  # a tie: the first in the order
    assert cycle_dates(replace(case, lead_days=6)).binding is Binding.ACCURACY


def test_ties_go_to_the_first_in_the_order():
    day = MONDAY + timedelta(days=20)
    late = fill("20", "2", "0.1", stable_until=day, beyond_use_on=day)
    assert cycle_dates(late).binding is Binding.STABILITY
    assert cycle_dates(replace(late, beyond_use_on=day - timedelta(days=1))).binding is Binding.BEYOND_USE


def test_raw_dates_are_compared_before_they_are_rolled_back():
    sunday, saturday = date(2026, 1, 25), date(2026, 1, 24)
    dates = cycle_dates(fill("20", "2", "0.1", stable_until=sunday, beyond_use_on=saturday))
    assert (dates.binding, dates.refill_by) == (Binding.BEYOND_USE, date(2026, 1, 23))


@pytest.mark.parametrize(
    ("printed", "alarm_on", "agrees"),
    [
        (None, date(2026, 2, 4), None),
        (date(2026, 2, 2), date(2026, 2, 2), False),
        (date(2026, 2, 3), date(2026, 2, 3), True),
        (date(2026, 2, 4), date(2026, 2, 4), True),
        (date(2026, 2, 10), date(2026, 2, 4), True),
        (date(2026, 2, 11), date(2026, 2, 4), True),
        (date(2026, 2, 12), date(2026, 2, 4), False),
    ],
)
def test_the_printed_alarm_only_ever_moves_the_refill_earlier(printed, alarm_on, agrees):
    # C1: with every bolus day 30 is 4 February, with none day 36 is 10 February.
    case = fill(infusion=bolus(4), printed_alarm_on=printed)
    dates = cycle_dates(case)
    assert (dates.alarm_on, dates.printed_alarm_agrees) == (alarm_on, agrees)
    assert dates.low_reservoir_alarm_on == date(2026, 2, 4)
    assert dates.refill_by <= cycle_dates(replace(case, printed_alarm_on=None)).refill_by


def test_what_was_left_counts_as_volume():
    assert cycle_dates(fill("15", left_ml=Decimal(5))).empty_on == cycle_dates(fill("20")).empty_on


def test_a_stopped_pump_has_no_dates():
    case = fill(flow="0")
    assert cycle_dates(case) is None
    assert status(None, MONDAY) is Status.STOPPED
    assert expected_residual_ml(case, date(2027, 1, 1)) == 20


def test_impossible_input_is_an_error_and_never_a_date():
    with pytest.raises(ImpossibleInput):
        cycle_dates(fill(flow="-1"))
    with pytest.raises(ImpossibleInput):
        cycle_dates(fill(flow="0", alarm="20"))


def test_a_printed_alarm_at_the_start_of_the_calendar_does_not_crash():
    assert cycle_dates(fill(printed_alarm_on=date.min)).refill_by == date.min


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (MONDAY, Status.OK),
        (date(2026, 1, 19), Status.OK),
        (date(2026, 1, 20), Status.DUE),  # 14 days before
        (date(2026, 2, 3), Status.DUE),
        (date(2026, 2, 4), Status.OVERDUE),
        (date(2026, 2, 9), Status.OVERDUE),
        (date(2026, 2, 10), Status.LOW),
        (date(2026, 2, 13), Status.LOW),
        (date(2026, 2, 14), Status.EMPTY),
        (date(2030, 1, 1), Status.EMPTY),
    ],
)
def test_status(as_of, expected):
    # Refill by 3 February, alarm 10 February, empty 14 February.
    assert status(cycle_dates(fill("20", "2", "0.5")), as_of) is expected


def test_a_printed_alarm_makes_the_pump_low():
    dates = cycle_dates(fill(printed_alarm_on=date(2026, 1, 20)))
    assert status(dates, date(2026, 1, 20)) is Status.LOW


@pytest.mark.parametrize(
    ("vector", "days", "options", "residual"),
    [
        ("G1", 30, {}, "5"),
        ("G2", 45, {}, "0"),
        ("on the day", 0, {}, "20"),
        ("before the fill", -3, {}, "20"),
        ("fast", 20, {"fast": True}, "8.55"),
        ("no bolus to take", 20, {"boluses": True}, "10"),
    ],
)
def test_expected_residual(vector, days, options, residual):
    on = MONDAY + timedelta(days=days)
    assert expected_residual_ml(fill(), on, **options) == Fraction(residual)


def test_expected_residual_with_boluses():
    case = fill(infusion=bolus(4))
    day = MONDAY + timedelta(days=10)
    assert expected_residual_ml(case, day) == 15
    assert expected_residual_ml(case, day, boluses=True) == 14
    assert expected_residual_ml(case, day, boluses=True, fast=True) == Fraction("13.13")


def test_every_date_explains_itself():
    case = fill(stable_until=date(2026, 4, 5), beyond_use_on=date(2026, 3, 1))
    dates = cycle_dates(case)
    found = {reason.name: reason for reason in reasons(case, dates)}
    assert list(found) == [
        "refill_by", "low_reservoir_alarm_on", "latest_alarm_on", "empty_on", "earliest_empty_on",
        "stable_until", "beyond_use_on",
    ]  # fmt: skip
    assert [name for name, reason in found.items() if reason.binds] == ["refill_by", "low_reservoir_alarm_on"]
    assert all(reason.on == getattr(dates, name) for name, reason in found.items())
    assert all(reason.source and reason.inputs for reason in found.values())
    assert found["refill_by"].rule == "alarm_minus_lead"
    assert found["refill_by"].inputs == {
        "alarm": date(2026, 2, 3),
        "accuracy": date(2026, 2, 7),
        "stability": date(2026, 4, 5),
        "beyond_use": date(2026, 3, 1),
        "lead_days": 7,
        "raw_on": date(2026, 2, 3),
        "days_rolled_back": 0,
    }
    assert found["low_reservoir_alarm_on"].inputs == {
        "filled_on": MONDAY,
        "volume_ml": Decimal(20),
        "alarm_ml": Decimal(2),
        "max_flow_ml_per_day": Decimal("0.5"),
    }


@pytest.mark.parametrize(
    ("changes", "rule", "also_binds"),
    [
        ({"lead_days": 0}, "earliest_empty_minus_one_day", "earliest_empty_on"),
        ({"stable_until": date(2026, 1, 25)}, "stable_until", "stable_until"),
        ({"beyond_use_on": date(2026, 1, 25)}, "beyond_use_on", "beyond_use_on"),
        ({"printed_alarm_on": date(2026, 1, 25)}, "alarm_minus_lead", "printed_alarm_on"),
        ({"printed_alarm_on": date(2026, 2, 11)}, "alarm_minus_lead", "low_reservoir_alarm_on"),
    ],
)
def test_the_reason_that_bound_says_so(changes, rule, also_binds):
    case = replace(fill(), **changes)
    dates = cycle_dates(case, [date(2026, 1, 23)])
    found = reasons(case, dates, [date(2026, 1, 23)])
    assert found[0].rule == rule
    assert [reason.name for reason in found if reason.binds] == ["refill_by", also_binds]
    assert found[0].inputs["raw_on"] - dates.refill_by == timedelta(days=found[0].inputs["days_rolled_back"])


def test_a_printed_alarm_says_whether_it_replaced_ours():
    for printed, rule in ((date(2026, 1, 25), "earlier"), (date(2026, 2, 11), "not_earlier")):
        case = fill(printed_alarm_on=printed)
        last = reasons(case, cycle_dates(case))[-1]
        assert (last.name, last.rule, last.on) == ("printed_alarm_on", f"printed_alarm_{rule}", printed)


# Monotone rules: whatever makes the pump run dry sooner never moves refill_by later.

optional_days = st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31))
fills = st.builds(
    Fill,
    filled_on=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    filled_ml=st.decimals(1, 40, places=1),
    alarm_ml=st.decimals(0, "0.9", places=1),
    infusion=st.builds(
        Infusion,
        st.decimals(50, 25_000, places=0),
        st.decimals(1, 20_000, places=1),
        st.decimals(0, 500, places=1),
        st.integers(0, 12),
        st.integers(0, 1600),
    ),
    lead_days=st.integers(0, 30),
    stable_until=optional_days,
    beyond_use_on=optional_days,
    printed_alarm_on=optional_days,
)
more = st.decimals("0.01", 1000, places=2)


def refill_by(case, closures=()):
    return cycle_dates(case, closures).refill_by


@given(fills, more)
def test_a_higher_rate_never_moves_refill_by_later(case, extra):
    faster = replace(case.infusion, daily_dose_mcg=case.infusion.daily_dose_mcg + extra)
    assert refill_by(replace(case, infusion=faster)) <= refill_by(case)


@given(fills, more, st.integers(0, 5))
def test_more_boluses_never_move_refill_by_later(case, extra, count):
    program = case.infusion
    freer = replace(
        program,
        bolus_dose_mcg=program.bolus_dose_mcg + extra,
        max_activations=program.max_activations + count,
        lockout_minutes=program.lockout_minutes // 2,
    )
    # A lockout of 0 is none at all, which is freer still.
    assert refill_by(replace(case, infusion=freer)) <= refill_by(case)


@given(fills, st.decimals("0.1", 40, places=1))
def test_less_volume_never_moves_refill_by_later(case, less):
    assume(case.filled_ml - less > case.alarm_ml)
    assert refill_by(replace(case, filled_ml=case.filled_ml - less)) <= refill_by(case)


@given(fills, more)
def test_a_stronger_drug_at_the_same_dose_never_moves_refill_by_earlier(case, extra):
    program = case.infusion
    stronger = replace(program, concentration_mcg_per_ml=program.concentration_mcg_per_ml + extra)
    assert refill_by(replace(case, infusion=stronger)) >= refill_by(case)


@given(fills, st.sets(st.integers(0, 40)))
def test_more_closures_never_move_refill_by_later(case, offsets):
    open_day = refill_by(case)
    closures = {open_day - timedelta(days=offset) for offset in offsets}
    assert refill_by(case, closures) <= open_day


@given(fills)
def test_the_dates_stand_in_order(case):
    dates = cycle_dates(case)
    assert dates.low_reservoir_alarm_on <= dates.latest_alarm_on
    assert dates.low_reservoir_alarm_on <= dates.empty_on
    assert dates.earliest_empty_on <= dates.empty_on
    assert dates.refill_by < dates.earliest_empty_on
    assert dates.refill_by <= min(candidates(case, dates).values())


@given(fills, st.integers(0, 400))
def test_the_residual_never_grows(case, days):
    later = case.filled_on + timedelta(days=days + 1)
    today = case.filled_on + timedelta(days=days)
    assert 0 <= expected_residual_ml(case, later) <= expected_residual_ml(case, today) <= case.volume_ml
