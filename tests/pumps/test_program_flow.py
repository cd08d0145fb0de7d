from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumps.fill import ImpossibleInput
from pumps.program_flow import (
    FlexStep,
    FlowFrom,
    changed_level_on,
    changed_residual_ml,
    daily_dose_from_flow_mcg,
    daily_flow_ml,
    flex_daily_dose_mcg,
    residual_after_boluses_ml,
    scheduled_daily_dose_mcg,
    weekly_flow_ml,
    weekly_level_on,
    weekly_residual_ml,
)

MONDAY = date(2026, 1, 5)
WEEK = weekly_flow_ml([400] * 5 + [500] * 2, 1000)


def steps(*pairs):
    return [FlexStep(hour * 60, Decimal(rate)) for hour, rate in pairs]


def test_a11_dose_from_flow():
    assert daily_dose_from_flow_mcg(Decimal("0.4"), 500) == 200


def test_d1_hourly_steps():
    dose = flex_daily_dose_mcg(steps((0, "10"), (6, "20"), (12, "15"), (18, "25")))
    flow = daily_flow_ml(dose, 2000)
    assert (dose, flow) == (420, Fraction("0.21"))
    assert changed_level_on(MONDAY, 40, 2, [FlowFrom(MONDAY, flow)]) == MONDAY + timedelta(days=180)


@pytest.mark.parametrize(
    "bad",
    [
        [],
        steps((1, "10")),
        steps((0, "10"), (0, "20")),
        steps((0, "10"), (12, "20"), (6, "30")),
        steps((0, "10"), (24, "20")),
        steps((0, "-1")),
    ],
)
def test_steps_that_do_not_make_a_day(bad):
    with pytest.raises(ImpossibleInput) as refused:
        flex_daily_dose_mcg(bad)
    assert refused.value.field == "daily_dose"


def test_d2_a_weekly_pattern_is_simulated_day_by_day():
    assert sum(WEEK) == 3
    reached = weekly_level_on(MONDAY, 20, 2, WEEK)
    assert reached == date(2026, 2, 16)
    assert weekly_residual_ml(MONDAY, 20, WEEK, reached) == 2


@pytest.mark.parametrize(
    ("filled_on", "volume", "days"),
    [
        (MONDAY, "4.49", 5),  # five days of 0.4, and Saturday's 0.5 is too much
        (MONDAY, "4.5", 6),
        (MONDAY, "5", 7),
        (MONDAY, "5.39", 7),
        (MONDAY, "5.4", 8),
        (date(2026, 1, 10), "2.9", 1),  # Saturday: 0.5, then 0.4 left for a Sunday of 0.5
        (date(2026, 1, 10), "3.4", 3),  # 0.5 + 0.5 + 0.4
    ],
)
def test_the_weekday_of_the_fill_matters(filled_on, volume, days):
    assert weekly_level_on(filled_on, Decimal(volume), 2, WEEK) == filled_on + timedelta(days=days)


@pytest.mark.parametrize(("volume", "days"), [(5, 3), (6, 4), (7, 5), (12, 12), ("12.5", 14), (11, 11)])
def test_the_level_is_reached_before_a_weekend_without_flow(volume, days):
    workdays = [Fraction(1)] * 5 + [Fraction(0)] * 2
    assert weekly_level_on(MONDAY, Decimal(volume), 2, workdays) == MONDAY + timedelta(days=days)


def test_a_week_has_seven_days_and_may_stand_still():
    with pytest.raises(ImpossibleInput):
        weekly_flow_ml([400] * 6, 1000)
    assert weekly_level_on(MONDAY, 20, 2, weekly_flow_ml([0] * 7, 1000)) is None
    assert weekly_residual_ml(MONDAY, 20, WEEK, MONDAY - timedelta(days=9)) == 20
    assert weekly_residual_ml(MONDAY, 20, WEEK, date(2030, 1, 1)) == 0


def test_a_volume_not_above_the_level_is_a_named_error():
    with pytest.raises(ImpossibleInput) as refused:
        weekly_level_on(MONDAY, 2, 2, WEEK)
    assert refused.value.field == "alarm_ml"


def test_the_end_of_the_calendar_is_a_named_error():
    with pytest.raises(ImpossibleInput) as refused:
        changed_level_on(MONDAY, 20, 2, [FlowFrom(MONDAY, Fraction(1, 10**9))])
    assert refused.value.field == "daily_dose"


def test_d3_scheduled_boluses():
    assert daily_flow_ml(scheduled_daily_dose_mcg(300, 4, 50), 2000) == Fraction("0.25")


@pytest.mark.parametrize("concentration", [0, -1])
def test_a_concentration_is_more_than_0(concentration):
    with pytest.raises(ImpossibleInput) as refused:
        daily_flow_ml(100, concentration)
    assert refused.value.field == "concentration"


@pytest.mark.parametrize(
    ("flows", "days", "residual_on_day_20"),
    [
        # t1 + floor((V - t1*F1 - A) / F2): 10 days of 0.5, then 13 mL above the alarm.
        ([(0, "0.5"), (10, "1")], 23, "5"),
        ([(0, "0.5"), (10, "0.25")], 62, "12.5"),
        ([(0, "0.5"), (10, "0.3")], 53, "12"),
        ([(0, "0.5"), (36, "1")], 36, "10"),  # reached on the day of the change
        ([(0, "0.5"), (40, "1")], 36, "10"),  # reached before it
        ([(-30, "9"), (-5, "0.5")], 36, "10"),  # programmed before the fill
        ([(0, "0.5"), (10, "0"), (15, "0.5")], 41, "12.5"),  # stopped for five days
        ([(0, "0.5"), (10, "0")], None, "15"),
        ([(0, "0.5"), (36, "0")], 36, "10"),  # reached, then stopped
        ([(0, "0.5"), (36, "0"), (50, "1")], 36, "10"),
    ],
)
def test_a_program_changed_mid_cycle(flows, days, residual_on_day_20):
    since = [FlowFrom(MONDAY + timedelta(days=start), Fraction(flow)) for start, flow in flows]
    reached = None if days is None else MONDAY + timedelta(days=days)
    assert changed_level_on(MONDAY, 20, 2, since) == reached
    day = MONDAY + timedelta(days=20)
    assert changed_residual_ml(MONDAY, 20, since, day) == Fraction(residual_on_day_20)


@pytest.mark.parametrize(
    "starts", [[], [1], [0, 0], [0, 5, 3]], ids=["none", "after the fill", "twice", "out of order"]
)
def test_flows_that_do_not_follow_each_other(starts):
    flows = [FlowFrom(MONDAY + timedelta(days=start), Fraction(1)) for start in starts]
    with pytest.raises(ImpossibleInput) as refused:
        changed_level_on(MONDAY, 20, 2, flows)
    assert refused.value.field == "filled_on"


def test_x4_only_delivered_boluses_count():
    assert residual_after_boluses_ml(5, 45, 250, 10_000) == Fraction("3.875")
    assert residual_after_boluses_ml(1, 45, 250, 10_000) == 0


flows = st.lists(st.fractions(0, 2, max_denominator=50), min_size=7, max_size=7).filter(any)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.fractions(3, 40, max_denominator=10), flows)
def test_a_weekly_level_is_reached_and_not_passed(filled_on, volume, pattern):
    reached = weekly_level_on(filled_on, volume, 2, pattern)
    assert weekly_residual_ml(filled_on, volume, pattern, reached) >= 2
    assert weekly_residual_ml(filled_on, volume, pattern, reached - timedelta(days=1)) > 2
    assert weekly_residual_ml(filled_on, volume, pattern, reached + timedelta(days=7)) < 2
