from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumps import units
from pumps.units import FormatError, parse_date, parse_decimal, parse_whole, plain, to_mcg

amounts = st.decimals(min_value=0, max_value=10**9, places=6)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18.5", "18.5"), ("0.5", "0.5"), ("20", "20"), ("-3", "-3"), ("0", "0"), (" 20 ", "20"),
        ("1.800", "1.8"), ("0.000001", "0.000001"), ("12345678901234567890", "12345678901234567890"),
    ],
)  # fmt: skip
def test_plain_decimals_are_read(text, value):
    assert parse_decimal(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "A number is missing"),
        ("   ", "A number is missing"),
        (".5", "zero before the point, like 0.5"),
        ("-.5", "zero before the point"),
        ("18.", "a digit after the point"),
        ("1e1", "without an exponent"),
        ("3.2E+10", "without an exponent"),
        ("1_0", "plain digits"),
        ("18,5", "a comma can mean two things"),
        ("1,800", "a comma can mean two things"),
        ("1,800.5", "without thousands separators"),
        ("1.800.000", "without thousands separators"),
        ("+5", "without a plus sign"),
        ("=2*3", "a formula is not a number"),
        ("018", "without leading zeros"),
        ("18 mL", "leave the unit out"),
        ("18ml", "leave the unit out"),
        ("1 8", "plain digits"),
        ("NaN", "plain digits"),
        ("Infinity", "plain digits"),
        ("sNaN", "plain digits"),
        ("--3", "plain digits"),
        ("١٨", "U+0661"),
        ("１８", "U+FF11"),
        ("18\N{NO-BREAK SPACE}", "U+00A0"),
        ("\N{RIGHT-TO-LEFT MARK}18", "U+200F"),
        ("18\n", "U+000A"),
        ("123456789012345678901", "at most 20 digits"),
        ("1" + "," * 100_000, "at most 20 digits"),
    ],
)
def test_a_number_that_could_be_misread_is_refused_with_a_sentence(text, says):
    with pytest.raises(FormatError, match=r"\.$") as refused:
        parse_decimal(text)
    assert says in str(refused.value)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("7", 7), ("999999", 999_999), (" 90 ", 90)])
def test_whole_numbers_are_read(text, value):
    assert parse_whole(text) == value


@pytest.mark.parametrize("text", ["", "-1", "1.0", "07", "1e2", "٧", "1000000", "seven"])
def test_other_whole_numbers_are_refused(text):
    with pytest.raises(FormatError, match="whole number"):
        parse_whole(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-02", date(2026, 3, 2)),
        ("2028-02-29", date(2028, 2, 29)),
        ("1900-01-01", date(1900, 1, 1)),
        ("2199-12-31", date(2199, 12, 31)),
    ],
)
def test_dates_are_read(text, day):
    assert parse_date(text) == day


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("02/03/2026", "write YYYY-MM-DD"),
        ("46027", "write YYYY-MM-DD"),
        ("2026-3-2", "write YYYY-MM-DD"),
        ("20260302", "write YYYY-MM-DD"),
        ("2026-W10-1", "write YYYY-MM-DD"),
        ("2026-03-02T00:00", "write YYYY-MM-DD"),
        ("٢٠٢٦-٠٣-٠٢", "write YYYY-MM-DD"),
        ("", "write YYYY-MM-DD"),
        ("2026-02-29", "does not exist"),
        ("2026-13-01", "does not exist"),
        ("0001-01-01", "from 1900 to 2199"),
        ("9999-12-31", "from 1900 to 2199"),
    ],
)
def test_other_dates_are_refused_with_a_sentence(text, says):
    with pytest.raises(FormatError, match=says):
        parse_date(text)


@pytest.mark.parametrize(
    ("amount", "unit", "mcg"),
    [
        ("5", "mg/day", "5000"), ("10", "mg/mL", "10000"), ("0.25", "mg", "250"), ("1", "mcg", "1"),
        ("2000", "mcg/mL", "2000"), ("0.0000000000000000001", "mg", "0.0000000000000001"),
    ],
)  # fmt: skip
def test_units_become_micrograms(amount, unit, mcg):
    assert to_mcg(Decimal(amount), unit) == Decimal(mcg)


@pytest.mark.parametrize("unit", ["ug", "µg", "μg", "MG", "mg/ml", "mcg/d", ""])
def test_other_units_are_refused_and_the_accepted_ones_named(unit):
    with pytest.raises(FormatError, match="mcg, mg, mcg/mL, mg/mL, mcg/day, mg/day"):
        to_mcg(Decimal(1), unit)


@given(amounts, st.sampled_from(units.MASS_UNITS + units.CONCENTRATION_UNITS + units.DOSE_UNITS))
def test_units_round_trip_exactly(amount, unit):
    assert units.from_mcg(to_mcg(amount, unit), unit) == amount


@given(amounts)
def test_text_round_trips_exactly(amount):
    assert parse_decimal(plain(amount)) == amount


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Decimal("20.00"), None, "20"),
        (Decimal("2E+1"), None, "20"),
        (Decimal("0.50"), None, "0.5"),
        (Decimal("1E-7"), None, "0.0000001"),
        (Decimal("-0"), None, "0"),
        (Decimal("-0.0001"), 3, "0"),
        (Decimal("-1.5"), None, "-1.5"),
        (Decimal("2.5"), 0, "3"),
        (Decimal("-2.5"), 0, "-3"),
        (Decimal(100), 0, "100"),
        (Fraction(1, 7), None, "0.142857"),
        (Fraction(2, 3), 2, "0.67"),
        (Fraction(1, 2_000_000), None, "0.000001"),
        (Fraction(999_999_5, 10_000_000), None, "1"),
        (Fraction(-1, 3), 3, "-0.333"),
        (Fraction(40), None, "40"),
    ],
)
def test_numbers_are_written_plainly(value, places, text):
    assert plain(value, places) == text


def test_a_quoted_text_is_short_and_hides_nothing():
    assert units.quoted("a\N{RIGHT-TO-LEFT OVERRIDE}\x00b\ud800") == '"a<U+202E><U+0000>b<U+D800>"'
    assert len(units.quoted("x" * 1000)) == 43
