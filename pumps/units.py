"""Numbers, dates and units as people write them, read and shown exactly."""

import re
from datetime import date
from decimal import Context, Decimal, Inexact, InvalidOperation
from fractions import Fraction

MASS_UNITS = ("mcg", "mg")
CONCENTRATION_UNITS = ("mcg/mL", "mg/mL")
DOSE_UNITS = ("mcg/day", "mg/day")

MOST_DIGITS = 20
FIRST_YEAR, LAST_YEAR = 1900, 2199
PLACES = 6

_MCG_PER_UNIT = {
    unit: Decimal(1000) if unit.startswith("mg") else Decimal(1)
    for unit in MASS_UNITS + CONCENTRATION_UNITS + DOSE_UNITS
}
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_WHOLE = re.compile(r"0|[1-9][0-9]*")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
# Wide enough that nothing a person types is rounded; if it ever would be, it raises instead.
EXACT = Context(prec=400, traps=[Inexact, InvalidOperation])

# The first pattern that fits a refused number says what is wrong with it.
_NUMBER_HINTS = tuple(
    (re.compile(pattern), hint)
    for pattern, hint in (
        (r"=.*", "a formula is not a number; write its result, like 18.5"),
        (r"\+.*", "write it without a plus sign, like 18.5"),
        (r"-?[0-9]+,[0-9]*", "a comma can mean two things; write a point for decimals, like 18.5"),
        (r"-?[0-9][0-9.,]*[.,][0-9.,]*[.,].*", "write it without thousands separators, like 1800"),
        (r"-?\.[0-9]+", "write a zero before the point, like 0.5"),
        (r"-?[0-9]+\.", "write a digit after the point, or leave the point out"),
        (r"-?0[0-9]+(\.[0-9]+)?", "write it without leading zeros"),
        (r"-?[0-9.]+[eE].*", "write it out without an exponent, like 1800"),
        (r"-?[0-9][0-9.]*\s*[^\W\d_].*", "leave the unit out; it has a place of its own"),
    )
)


class FormatError(ValueError):
    """The text is not written in the one accepted way; the message says which that is."""


def quoted(text: str) -> str:
    """Show a person's own text back in a sentence: short, on one line, nothing hidden."""
    shown = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in text[:40])
    return f'"{shown}{"…" if len(text) > 40 else ""}"'


def _hint(text: str) -> str:
    odd = next((c for c in text if not " " <= c <= "~"), None)
    if odd is not None:
        return f"it has the character U+{ord(odd):04X}; write ASCII digits only, like 18.5"
    found = (hint for pattern, hint in _NUMBER_HINTS if pattern.fullmatch(text))
    return next(found, "write plain digits with at most one point, like 18.5")


def _bounded(text: str) -> str:
    if len(text) > 2 * MOST_DIGITS or sum(c.isdigit() for c in text) > MOST_DIGITS:
        raise FormatError(f"{quoted(text)} is too long: write at most {MOST_DIGITS} digits.")
    return text


def parse_decimal(text: str) -> Decimal:
    """Read a plain ASCII decimal such as 18.5; anything that could be misread is refused."""
    text = _bounded(text.strip(" "))
    if not text:
        raise FormatError("A number is missing: write one, like 18.5.")
    if not _DECIMAL.fullmatch(text):
        raise FormatError(f"{quoted(text)} is not a plain number: {_hint(text)}.")
    return Decimal(text)


def parse_whole(text: str) -> int:
    """Read a whole number of zero or more, at most six digits long."""
    text = text.strip(" ")
    if len(text) > 6 or not _WHOLE.fullmatch(text):
        raise FormatError(f"{quoted(text)} is not a whole number: write ASCII digits only, from 0 to 999999.")
    return int(text)


def parse_date(text: str) -> date:
    """Read YYYY-MM-DD in ASCII digits, a day that exists, between 1900 and 2199."""
    text = text.strip(" ")
    match = _DATE.fullmatch(text)
    if not match:
        raise FormatError(f"{quoted(text)} is not a date: write YYYY-MM-DD, like 2026-03-02.")
    year, month, day = (int(part) for part in match.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise FormatError(f"{quoted(text)} is out of range: write a year from {FIRST_YEAR} to {LAST_YEAR}.")
    try:
        return date(year, month, day)
    except ValueError:
        raise FormatError(
            f"{quoted(text)} is a day that does not exist: write YYYY-MM-DD, like 2026-03-02."
        ) from None


def to_mcg(amount: Decimal, unit: str) -> Decimal:
    """Convert a mass, concentration or daily dose to micrograms (per mL, per day), exactly."""
    if unit not in _MCG_PER_UNIT:
        accepted = ", ".join(_MCG_PER_UNIT)
        raise FormatError(f"{quoted(unit)} is not a unit we know: write one of {accepted}.")
    return EXACT.multiply(amount, _MCG_PER_UNIT[unit])


def from_mcg(amount_mcg: Decimal, unit: str) -> Decimal:
    """The inverse of `to_mcg`, exact too."""
    return EXACT.divide(amount_mcg, to_mcg(Decimal(1), unit))


def rounded(value: Decimal | Fraction, places: int) -> Decimal:
    """Round half up (a tie goes away from zero) to `places` decimals."""
    scaled = abs(Fraction(value)) * 10**places
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return EXACT.scaleb(Decimal(-units if value < 0 else units), -places)


def plain(value: Decimal | Fraction, places: int | None = None) -> str:
    """Write a number without exponent or trailing zeros; a fraction gets six places."""
    if places is None and isinstance(value, Fraction):
        places = PLACES
    number = value if isinstance(value, Decimal) and places is None else rounded(value, places or 0)
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
