"""The words of a cycle's dates: why each is what it is, or why there is none.

pumps.refill gives the reasons as data; here they become sentences, in the reader's language.
"""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal import dates
from portal.shown import language
from portal.templatetags.clinical import amount, days_from, percent, plain
from pumps.refill import Reason

NO_BREAK = "\N{NO-BREAK SPACE}"
Inputs = Mapping[str, Any]

NAMES = {
    "refill_by": gettext_lazy("Refill by"),
    "low_reservoir_alarm_on": gettext_lazy("Low-reservoir alarm"),
    "latest_alarm_on": gettext_lazy("Latest alarm"),
    "empty_on": gettext_lazy("Empty by the pump’s own count"),
    "earliest_empty_on": gettext_lazy("Earliest empty"),
    "printed_alarm_on": gettext_lazy("Alarm date on the printout"),
    "stable_until": gettext_lazy("Drug stable until"),
    "beyond_use_on": gettext_lazy("Beyond-use date"),
}


def ml(volume: Any, places: int = 2) -> str:
    return f"{plain(volume, places)}{NO_BREAK}mL"


def flow(volume: Any) -> str:
    return _("%(flow)s per day") % {"flow": ml(volume, 4)}


def dose(mcg: Any, unit: str) -> str:
    """0.5 mg, as a sentence holds it."""
    return f"{plain(amount(mcg, unit), 6)}{NO_BREAK}{unit}"


def concentration(mcg_per_ml: Any, unit: str) -> str:
    return _("%(amount)s per mL") % {"amount": dose(mcg_per_ml, unit)}


def day(value: datetime.date) -> str:
    return dates.short_with_weekday(value, language())


def days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": f"{count:,}"}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


# Why refill_by is what it is.


def _by_alarm(inputs: Inputs) -> str:
    lead = inputs["lead_days"]
    if lead == 0:
        return _("Set by the low-reservoir alarm: its own day is %(raw)s")
    return ngettext(
        "Set by the low-reservoir alarm: %(lead)s day before it is %(raw)s",
        "Set by the low-reservoir alarm: %(lead)s days before it is %(raw)s",
        lead,
    )


_BINDING: dict[str, Callable[[Inputs], str]] = {
    "alarm_minus_lead": _by_alarm,
    "earliest_empty_minus_one_day": lambda inputs: _(
        "Set by pump accuracy: one day before the earliest empty date is %(raw)s"
    ),
    "stable_until": lambda inputs: _("Set by drug stability: the drug is stable until %(raw)s"),
    "beyond_use_on": lambda inputs: _("Set by the beyond-use date of the preparation, %(raw)s"),
}


def _refill_by(reason: Reason) -> str:
    inputs: Inputs = reason.inputs
    words = {"raw": day(inputs["raw_on"]), "lead": inputs["lead_days"]}
    text = _BINDING[reason.rule](inputs) % words
    if inputs["days_rolled_back"]:
        return _("%(reason)s, back to the working day before.") % {"reason": text}
    return f"{text}."


# Why the other dates are what they are.


def _span(reason: Reason) -> dict[str, str]:
    inputs: Inputs = reason.inputs
    shown = {name: ml(inputs[name]) for name in ("volume_ml", "alarm_ml") if name in inputs}
    for name in ("flow_ml_per_day", "max_flow_ml_per_day"):
        if name in inputs:
            shown["flow"] = flow(inputs[name])
    if "accuracy" in inputs:
        shown["factor"] = plain(1 + inputs["accuracy"])
        shown["percent"] = percent(inputs["accuracy"])
    return shown | {"days": days((reason.on - inputs["filled_on"]).days)}


_DERIVED = {
    "volume_above_alarm_by_max_flow": gettext_lazy(
        "At %(alarm_ml)s with every extra dose used: (%(volume_ml)s − %(alarm_ml)s) ÷ %(flow)s = %(days)s."
    ),
    "volume_above_alarm_by_flow": gettext_lazy(
        "At %(alarm_ml)s with no extra dose: (%(volume_ml)s − %(alarm_ml)s) ÷ %(flow)s = %(days)s."
    ),
    "volume_by_max_flow": gettext_lazy("%(volume_ml)s ÷ %(flow)s = %(days)s, with every extra dose used."),
    "volume_by_fast_max_flow": gettext_lazy(
        "%(volume_ml)s ÷ (%(flow)s × %(factor)s) = %(days)s. "
        "The pump may run %(percent)s fast and still be within its specification."
    ),
    "printed_alarm_earlier": gettext_lazy("Earlier than ours, so it counts as the alarm date."),
    "printed_alarm_not_earlier": gettext_lazy("Not earlier than ours, so it moves nothing."),
    "as_recorded": gettext_lazy("As recorded with the fill."),
}


# The same two where the pump gives no extra doses.
_PLAINLY = {
    "volume_above_alarm_by_max_flow": gettext_lazy(
        "At %(alarm_ml)s: (%(volume_ml)s − %(alarm_ml)s) ÷ %(flow)s = %(days)s."
    ),
    "volume_by_max_flow": gettext_lazy("%(volume_ml)s ÷ %(flow)s = %(days)s."),
}


def why(reason: Reason, *, has_boluses: bool = True) -> str:
    """Return the sentence that explains one date."""
    if reason.name == "refill_by":
        return _refill_by(reason)
    words = _span(reason) if reason.rule.startswith("volume_") else {}
    sentences = _DERIVED if has_boluses else _DERIVED | _PLAINLY
    return str(sentences[reason.rule]) % words


_SOURCES = {
    "low_reservoir_alarm_on": gettext_lazy(
        "The device’s alarm is a counter (Medtronic field safety notice FA596, 2016)."
    ),
    "earliest_empty_on": gettext_lazy("Flow accuracy of 14.5% (Hong Kong MDD alert, 2014)."),
    "printed_alarm_on": gettext_lazy("Read off the programmer’s printout."),
    "beyond_use_on": gettext_lazy("Read off the label of the preparation."),
}


def source(reason: Reason) -> str:
    """Return where a figure comes from, or nothing when the sentence has said it."""
    return str(_SOURCES.get(reason.name, ""))


def figure_standing(*, source: str, confirmed_by: str, confirmed_on: datetime.date | None) -> str:
    """Return the source of a reference figure and who confirmed it, or that nobody has."""
    if confirmed_by and confirmed_on:
        words = {"source": source, "name": confirmed_by, "day": dates.short(confirmed_on, language())}
        return _("Source: %(source)s. Confirmed by %(name)s, %(day)s.") % words
    return _("Source: %(source)s. Not confirmed yet.") % {"source": source}


def printed_alarm_standing(agrees: bool | None) -> str:
    """Return whether the printout and our own estimate go together."""
    if agrees is None:
        return ""
    if agrees:
        return _("The printout and this record agree.")
    return _("The printout and this record disagree: check the volume, the dose and the concentration.")


def refill_standing(refill_by: datetime.date, today: datetime.date) -> str:
    """“In 25 days.”, “Due today.”, “3 days overdue.” — never clamped to today."""
    if refill_by == today:
        return _("Due today.")
    return f"{_sentence(days_from(refill_by, today))}."


# Why there are no dates.

CANNOT_COMPUTE = {
    "filled_ml": gettext_lazy("the volume in the reservoir is not possible for this pump"),
    "left_ml": gettext_lazy("the volume left in is not possible"),
    "alarm_ml": gettext_lazy("the alarm volume is not below the volume in the reservoir"),
    "concentration": gettext_lazy("the concentration is missing or 0"),
    "daily_dose": gettext_lazy("the flow is outside what this pump can deliver"),
    "bolus_dose": gettext_lazy("the extra dose is not possible"),
    "max_activations": gettext_lazy("the most extra doses a day is not possible"),
    "lockout": gettext_lazy("the lockout is not possible"),
    "capacity_ml": gettext_lazy("the reservoir capacity of the model is missing"),
    "accuracy": gettext_lazy("the flow accuracy of the model is missing"),
    "lead_days": gettext_lazy("the lead days are not possible"),
    "filled_on": gettext_lazy("the fill date is not possible"),
    "closures": gettext_lazy("the clinic’s closures leave no working day"),
    "program": gettext_lazy("the program has no drug on record"),
}


def cannot_compute(field: str) -> str:
    """Return why a cycle has no dates."""
    return str(CANNOT_COMPUTE.get(field, gettext_lazy("a figure of the fill is not possible")))
