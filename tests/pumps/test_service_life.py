from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from pumps.service_life import (
    plan_replacement_from,
    service_ends_on,
    stopped_pump_alarm,
    stops_after_eri,
)


def test_j1_stops_ninety_days_after_eri():
    assert stops_after_eri(date(2026, 3, 1)) == date(2026, 5, 30)


@pytest.mark.parametrize(
    ("implanted", "ends", "plan_from"),
    [
        (date(2020, 10, 18), date(2027, 10, 18), date(2027, 4, 18)),
        (date(2020, 2, 29), date(2027, 2, 28), date(2026, 8, 28)),
        (date(2019, 8, 31), date(2026, 8, 31), date(2026, 2, 28)),
        (date(2021, 8, 31), date(2028, 8, 31), date(2028, 2, 29)),
        (date(2020, 1, 15), date(2027, 1, 15), date(2026, 7, 15)),
        (date(2020, 12, 31), date(2027, 12, 31), date(2027, 6, 30)),
    ],
)
def test_seven_years_and_six_months_before(implanted, ends, plan_from):
    assert service_ends_on(implanted) == ends
    assert plan_replacement_from(ends) == plan_from


@pytest.mark.parametrize(
    ("hours", "sounds"),
    [
        (Fraction(47) + Fraction(59, 60), False),
        (48, False),
        (Decimal("48.0"), False),
        (Fraction(48) + Fraction(1, 60), True),
    ],
)
def test_j3_a_stopped_pump_sounds_after_48_hours(hours, sounds):
    assert stopped_pump_alarm(hours) is sounds
