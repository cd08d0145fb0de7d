"""What no fill can be: each refusal names its field and says what is accepted."""

import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from portal.refusal import refuse, refusing
from portal.shown import short
from pumps.actions.fill_record import FillRecord
from pumps.models import Cycle, DrugLine, Program, Pump
from pumps.refill import Fill, ImpossibleInput, problems
from pumps.units import plain

# The names of pumps.refill on the left, those of FillRecord on the right.
FIELDS = {
    "concentration": "concentration_mcg_per_ml",
    "daily_dose": "daily_dose_mcg",
    "bolus_dose": "bolus_dose_mcg",
    "lockout": "lockout_minutes",
    "capacity_ml": "filled_ml",
}


def check_day(record: FillRecord, pump: Pump, today: datetime.date) -> None:
    """Refuse a fill in the future, or outside the life of the pump or of the person."""
    day, patient = record.filled_on, pump.patient
    if day > today:
        refuse(
            "filled_on",
            _("The fill date is in the future. Enter %(day)s or earlier.") % {"day": short(today)},
        )
    if day < patient.birth_date:
        refuse("filled_on", _("The fill date is before the patient's birth date."))
    if pump.implanted_on and day < pump.implanted_on:
        refuse(
            "filled_on",
            _("The fill date is before the implant. Enter %(day)s or later.")
            % {"day": short(pump.implanted_on)},
        )
    if patient.died_on and day > patient.died_on:
        refuse("filled_on", _("The patient died on %(day)s.") % {"day": short(patient.died_on)})
    if pump.explanted_on and day > pump.explanted_on:
        refuse("filled_on", _("This pump was explanted on %(day)s.") % {"day": short(pump.explanted_on)})


def check_other_days(record: FillRecord) -> None:
    """Refuse a beyond-use or printed alarm date before the fill."""
    if record.beyond_use_on and record.beyond_use_on < record.filled_on:
        refuse("beyond_use_on", _("The beyond-use date is before the fill. Enter the fill date or later."))
    if record.printed_alarm_on and record.printed_alarm_on < record.filled_on:
        refuse(
            "printed_alarm_on",
            _("The alarm date on the printout is before the fill. Enter the date printed after this fill."),
        )


def check_bolus(record: FillRecord) -> None:
    """Refuse half an extra dose: its size and the most per day belong together."""
    if record.bolus_dose_mcg and record.max_activations is None:
        refuse("max_activations", _("Enter the most extra doses per day, or leave the extra dose empty."))
    if record.max_activations and record.bolus_dose_mcg is None:
        refuse("bolus_dose_mcg", _("Enter the size of the extra dose, or leave the most per day empty."))
    for name in ("bolus_dose_mcg", "max_activations", "lockout_minutes"):
        if (getattr(record, name) or 0) < 0:
            refuse(name, _("Enter 0 or more."))


def _capacity_sentence(fill: Fill) -> str:
    """Say that the reservoir holds less; what was left in counts, what was drawn does not."""
    return _(
        "%(left)s mL left in and %(filled)s mL put in make %(volume)s mL; the reservoir holds %(capacity)s mL."
    ) % {
        "left": plain(fill.left_ml),
        "filled": plain(fill.filled_ml),
        "volume": plain(fill.volume_ml),
        "capacity": plain(fill.capacity_ml or Decimal(0)),
    }


def _storable(row: Cycle | Program | DrugLine, names: tuple[str, ...] | list[str]) -> None:
    """Refuse a value the column cannot hold exactly, such as a third decimal of a volume."""
    given = {name for name in names if getattr(row, name) is not None}
    exclude = {field.name for field in row._meta.fields} - given
    with refusing():
        row.clean_fields(exclude=exclude)


def check_storable(cycle: Cycle, record: FillRecord, line: DrugLine, program: Program) -> None:
    """Refuse what would be rounded when stored."""
    _storable(cycle, list(record.cycle_values()))
    _storable(line, ["concentration_mcg_per_ml", "daily_dose_mcg", "unit"])
    _storable(program, list(record.bolus_values()))


def _flow_sentence(fill: Fill) -> str:
    limits, infusion = fill.flow_range, fill.infusion
    if limits is None or not infusion.daily_dose_mcg:
        return _("A daily dose of 0 cannot go with an extra dose.")
    least, most = infusion.flow_ml_per_day, infusion.max_flow_ml_per_day
    return _(
        "This dose makes a flow of %(least)s to %(most)s mL a day;"
        " the pump delivers %(pump_least)s to %(pump_most)s mL a day. Check dose, concentration and units."
    ) % {
        "least": plain(least),
        "most": plain(most),
        "pump_least": plain(limits.least),
        "pump_most": plain(limits.most),
    }


def _sentence(problem: ImpossibleInput, fill: Fill) -> str:
    """Return the sentence for an impossible figure, in the reader's language."""
    sentences = {
        "concentration": _("The concentration must be more than 0."),
        "filled_ml": _("The fill volume must be more than 0 mL."),
        "left_ml": _("The volume left in must be 0 mL or more."),
        "bolus_dose": _("The extra dose must be 0 or more."),
        "filled_on": _("The fill date must be in a year from 1900 to 2199."),
    }
    if problem.field == "daily_dose":
        if fill.infusion.daily_dose_mcg < 0:
            return _("The daily dose must be 0 or more.")
        return _flow_sentence(fill)
    if problem.field == "filled_ml" and fill.filled_ml > 0:
        return _capacity_sentence(fill)
    if problem.field == "alarm_ml":
        if fill.alarm_ml < 0:
            return _("The alarm volume must be 0 mL or more.")
        return _("The alarm volume must be below the %(volume)s mL in the reservoir.") % {
            "volume": plain(fill.volume_ml)
        }
    return sentences.get(problem.field, str(problem))


def check_possible(record: FillRecord, pump: Pump) -> None:
    """Refuse what the arithmetic cannot work with, by the name of its field."""
    fill = record.fill(pump)
    for problem in problems(fill):
        refuse(FIELDS.get(problem.field, problem.field), _sentence(problem, fill))
