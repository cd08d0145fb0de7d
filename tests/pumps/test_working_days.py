from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumps.working_days import (
    NoWorkingDay,
    is_working_day,
    roll_back,
    roll_forward,
    working_days_after,
    working_days_before,
    working_days_between,
)

CHRISTMAS = date(2026, 12, 25)  # a Friday
days = st.dates(date(2020, 1, 1), date(2035, 1, 1))


class Always:
    """Closures that cover everything."""

    def __contains__(self, day):
        return True


@pytest.mark.parametrize(
    ("day", "closures", "back", "forward"),
    [
        (date(2026, 2, 6), [], date(2026, 2, 6), date(2026, 2, 6)),  # Friday
        (date(2026, 2, 7), [], date(2026, 2, 6), date(2026, 2, 9)),  # Saturday (vector F2)
        (date(2026, 2, 8), [], date(2026, 2, 6), date(2026, 2, 9)),  # Sunday
        (CHRISTMAS, [CHRISTMAS], date(2026, 12, 24), date(2026, 12, 28)),
        (date(2026, 12, 27), [CHRISTMAS, date(2026, 12, 24)], date(2026, 12, 23), date(2026, 12, 28)),
    ],
)
def test_rolling(day, closures, back, forward):
    assert roll_back(day, closures) == back
    assert roll_forward(day, closures) == forward


def test_f5_ten_working_days_before_a_refill():
    assert working_days_before(date(2026, 2, 3), 10) == date(2026, 1, 20)


@pytest.mark.parametrize(
    ("day", "count", "after"),
    [
        (date(2026, 2, 6), 0, date(2026, 2, 6)),
        (date(2026, 2, 6), 1, date(2026, 2, 9)),
        (date(2026, 2, 7), 1, date(2026, 2, 9)),
        (date(2026, 2, 7), 0, date(2026, 2, 7)),
        (date(2026, 12, 24), 1, date(2026, 12, 28)),
    ],
)
def test_counting_forward(day, count, after):
    assert working_days_after(day, count, [CHRISTMAS]) == after


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="zero or more"):
        working_days_after(CHRISTMAS, -1)


def test_between_counts_both_ends():
    week = working_days_between(date(2026, 12, 23), date(2026, 12, 28), [CHRISTMAS])
    assert week == [date(2026, 12, 23), date(2026, 12, 24), date(2026, 12, 28)]
    assert working_days_between(date(2026, 12, 28), date(2026, 12, 23)) == []


@pytest.mark.parametrize("roll", [roll_back, roll_forward])
def test_closures_without_end_are_an_error_not_a_hang(roll):
    with pytest.raises(NoWorkingDay, match="check the closed days"):
        roll(CHRISTMAS, Always())


def test_the_end_of_the_calendar_is_an_error():
    with pytest.raises(NoWorkingDay):
        roll_back(date.min, [date.min])
    with pytest.raises(NoWorkingDay):
        working_days_after(date.max, 1)


@given(days, st.sets(st.integers(-30, 30)), st.integers(0, 40))
def test_counting_back_undoes_counting_forward(day, offsets, count):
    closures = {day + timedelta(days=offset) for offset in offsets}
    start = roll_back(day, closures)
    assert is_working_day(start, closures)
    assert working_days_before(working_days_after(start, count, closures), count, closures) == start
