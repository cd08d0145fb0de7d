"""A fill in words: what the last one was, and what is about to be recorded, read back line by line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.templatetags.clinical import amount, plain, staff_drug
from pumps import wording

LABELS = {
    "filled_on": gettext_lazy("Filled on"),
    "residual_ml": gettext_lazy("Residual drawn"),
    "left_ml": gettext_lazy("Volume left in"),
    "filled_ml": gettext_lazy("Volume put in"),
    "drug": gettext_lazy("Drug"),
    "concentration": gettext_lazy("Concentration"),
    "daily_dose": gettext_lazy("Daily dose"),
    "is_diluted": gettext_lazy("Diluted for this fill"),
    "is_first_fill": gettext_lazy("First fill of this pump"),
    "bolus_dose": gettext_lazy("Extra dose"),
    "max_activations": gettext_lazy("Most extra doses in 24 hours"),
    "lockout_minutes": gettext_lazy("Lockout between extra doses"),
    "alarm_ml": gettext_lazy("Low-reservoir alarm volume"),
    "beyond_use_on": gettext_lazy("Beyond-use date"),
    "printed_alarm_on": gettext_lazy("Alarm date on the printout"),
    "note": gettext_lazy("Note"),
}
# Belongs to one fill, so a change from the last one says nothing.
ALWAYS_NEW = {"filled_on", "residual_ml", "is_first_fill", "beyond_use_on", "printed_alarm_on", "note"}


def values_of(cycle: Any) -> dict[str, Any]:
    """Return a recorded fill under the names a new one is handed over with (pumps.actions.FillRecord)."""
    names = (
        "filled_on residual_ml left_ml filled_ml is_diluted is_first_fill alarm_ml beyond_use_on"
        " printed_alarm_on note file_stability_days"
    )
    values = {name: getattr(cycle, name) for name in names.split()}
    program = cycle.program
    values |= {
        name: getattr(program, name) for name in ("bolus_dose_mcg", "max_activations", "lockout_minutes")
    }
    for line in list(program.lines.all())[:1]:
        values |= {"drug": line.drug, "unit": line.unit, "daily_dose_mcg": line.daily_dose_mcg}
        values["concentration_mcg_per_ml"] = line.concentration_mcg_per_ml
    return values


def _volume(value: Any) -> str:
    return _("not measured") if value is None else wording.ml(value)


def _day(value: Any) -> str:
    return wording.day(value) if value else _("none")


def _yes_no(value: bool | None) -> str:
    return _("not known") if value is None else _("yes") if value else _("no")


def _minutes(value: int | None) -> str:
    if not value:
        return _("none")
    words = ngettext("%(count)s minute", "%(count)s minutes", value) % {"count": plain(value)}
    if value % 60:
        return words
    return _("%(minutes)s (%(hours)s h)") % {"minutes": words, "hours": plain(value // 60)}


def words(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return every line of a fill as it is read aloud."""
    found: dict[str, Any] = {
        name: _volume(values.get(name)) for name in ("residual_ml", "left_ml", "filled_ml")
    }
    found |= {name: _day(values.get(name)) for name in ("filled_on", "beyond_use_on", "printed_alarm_on")}
    found |= {name: _yes_no(values.get(name)) for name in ("is_diluted", "is_first_fill")}
    found["alarm_ml"] = _volume(values.get("alarm_ml"))
    found["note"] = values.get("note") or _("none")
    found["max_activations"] = (
        plain(values["max_activations"]) if values.get("max_activations") else _("none")
    )
    found["lockout_minutes"] = _minutes(values.get("lockout_minutes"))
    bolus = values.get("bolus_dose_mcg")
    if "drug" in values:
        unit = values["unit"]
        found["drug"] = staff_drug(values["drug"])
        found["concentration"] = wording.concentration(values["concentration_mcg_per_ml"], unit)
        found["daily_dose"] = _("%(dose)s daily") % {"dose": wording.dose(values["daily_dose_mcg"], unit)}
        found["bolus_dose"] = wording.dose(bolus, unit) if bolus else _("none")
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the check page: what it is, what it was, and whether it differs."""

    label: str
    now: Any
    before: Any
    has_changed: bool


def read_back(
    values: Mapping[str, Any], last: Mapping[str, Any] | None, *, is_same_fill: bool = False
) -> list[Line]:
    """Return a fill line by line beside the last one, or an amended one beside what it replaces."""
    now, before = words(values), words(last) if last else {}
    return [
        Line(str(label), now[name], before.get(name, ""), _differs(name, now, before, is_same_fill))
        for name, label in LABELS.items()
        if name in now
    ]


def _differs(name: str, now: Mapping, before: Mapping, is_same_fill: bool) -> bool:
    is_compared = is_same_fill or name not in ALWAYS_NEW
    return name in before and is_compared and now[name] != before[name]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Dose, concentration and flow, worked out in both directions."""

    dose: str
    concentration: str
    flow: str
    max_flow: str | None


def arithmetic(infusion: Any, unit: str) -> Arithmetic:
    """Return the numbers of both equations; the most a day counts when extra doses are allowed."""
    flow, most = infusion.flow_ml_per_day, infusion.max_flow_ml_per_day
    return Arithmetic(
        dose=_("%(dose)s daily") % {"dose": wording.dose(infusion.daily_dose_mcg, unit)},
        concentration=wording.concentration(infusion.concentration_mcg_per_ml, unit),
        flow=wording.flow(flow),
        max_flow=wording.flow(most) if most != flow else None,
    )


def in_unit(mcg: Any, unit: str) -> str:
    """Return an amount as it is typed into a field: no comma, no unit."""
    return "" if mcg is None else plain(amount(mcg, unit), 7).replace(",", "")
