"""From a stored cycle to its stored dates: a pure call, and the columns it fills."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from pumps import stability
from pumps.refill import CycleDates, Fill, ImpossibleInput, cycle_dates
from pumps.working_days import NoWorkingDay

# Raise it whenever the arithmetic changes, so that stored dates are derived anew.
CALC_VERSION = 1

DATES = (
    "low_reservoir_alarm_on",
    "latest_alarm_on",
    "alarm_on",
    "empty_on",
    "earliest_empty_on",
    "stable_until",
    "refill_by",
)
SETTINGS = ("lead_days", "accuracy", "stability_days", "stability_source")
DERIVED = (*DATES, "binding", "printed_alarm_agrees", "is_stopped", "cannot_compute")


def columns(dates: CycleDates | None) -> dict[str, Any]:
    """Return every derived column; no dates means a stopped pump."""
    found: dict[str, Any] = {name: getattr(dates, name, None) for name in DATES}
    found["binding"] = dates.binding.value if dates else ""
    found["printed_alarm_agrees"] = dates.printed_alarm_agrees if dates else None
    found["is_stopped"] = dates is None
    found["cannot_compute"] = ""
    return found


def _fault(field: str) -> dict[str, Any]:
    return columns(None) | {"is_stopped": False, "cannot_compute": field}


def columns_or_fault(fill: Fill, closures: Collection[date]) -> dict[str, Any]:
    """Return the derived columns; where nothing can be computed, the field that stands in the way."""
    try:
        return columns(cycle_dates(fill, closures))
    except ImpossibleInput as problem:
        return _fault(problem.field)
    except NoWorkingDay:
        return _fault("closures")


def _set(cycle: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(cycle, name, value)


def apply_settings(cycle: Any, limits: Iterable[stability.Limit]) -> None:
    """Take the lead, the accuracy and the stability limit in force now."""
    cap = stability.choose(
        limits,
        [line.drug_id for line in cycle.program.lines.all()],
        is_first_fill=cycle.is_first_fill,
        is_diluted=cycle.is_diluted,
        file_days=cycle.file_stability_days,
    )
    cycle.lead_days = cycle.pump.effective_lead_days
    cycle.accuracy = cycle.pump.model.accuracy
    cycle.stability_days, cycle.stability_source = cap


def apply_dates(cycle: Any, closures: Collection[date]) -> None:
    """Set the derived columns of a cycle; raise ImpossibleInput when its figures cannot be."""
    _set(cycle, columns(cycle_dates(cycle.fill(), closures)))


def apply_dates_or_fault(cycle: Any, closures: Collection[date]) -> None:
    """Set the derived columns of a cycle; where they cannot be computed, say so and keep no old date."""
    try:
        fill = cycle.fill()
    except (ImpossibleInput, IndexError):
        _set(cycle, _fault("program"))
        return
    _set(cycle, columns_or_fault(fill, closures))
