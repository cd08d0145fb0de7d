"""How long a pump itself lasts: ERI, the seven-year stop, and a pump left stopped."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

DAYS_FROM_ERI_TO_STOP = 90
SERVICE_YEARS = 7
PLANNING_MONTHS = 6
STOPPED_ALARM_HOURS = 48


def _months_on(day: date, months: int) -> date:
    """Move by calendar months; a day the month lacks becomes its last day, so errs early."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def stops_after_eri(eri_on: date) -> date:
    """The pump stops by this day: 90 days after its elective replacement indicator."""
    return eri_on + timedelta(days=DAYS_FROM_ERI_TO_STOP)


def service_ends_on(implanted_on: date) -> date:
    """The day a SynchroMed stops by itself at the latest, seven years after implant."""
    return _months_on(implanted_on, SERVICE_YEARS * 12)


def plan_replacement_from(service_ends: date) -> date:
    """When planning the replacement begins: six months before the service ends."""
    return _months_on(service_ends, -PLANNING_MONTHS)


def stopped_pump_alarm(hours: Decimal | Fraction | int) -> bool:
    """Whether the critical stopped-pump alarm sounds: after more than 48 hours stopped."""
    return hours > STOPPED_ALARM_HOURS
