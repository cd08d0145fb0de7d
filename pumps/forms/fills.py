"""The form of a fill: carried forward from the last one, every unit fixed beside its field."""

import uuid
from decimal import Decimal
from typing import Any

from crispy_forms.bootstrap import AppendedText
from crispy_forms.layout import HTML, Fieldset, Layout
from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.fields import DateTripleField, PlainTextField
from portal.forms import PortalForm
from pumps import fill_words, wording
from pumps.fill_words import LABELS
from pumps.form_fields import ClinicalDecimalField, ClinicalWholeField
from pumps.forms.kept import KeptMixin, NamedMixin
from pumps.models import Drug
from pumps.units import to_mcg

MOST_ML = Decimal("999.99")
MOST_AMOUNT = Decimal(1000000)
MOST_DOSES, MOST_MINUTES = Decimal(999), Decimal(10080)
AMOUNTS = {
    "concentration": "concentration_mcg_per_ml",
    "daily_dose": "daily_dose_mcg",
    "bolus_dose": "bolus_dose_mcg",
}
# What a fill shares with the one before it; the rest is measured, or read off a new print or label.
CARRIED = ("left_ml", "filled_ml", "is_diluted", "drug", "max_activations", "lockout_minutes", "alarm_ml")
YES_NO = {True: "yes", False: "no", None: ""}


def volume(name, **kwargs):
    return ClinicalDecimalField(label=LABELS[name], places=2, least=Decimal(0), most=MOST_ML, **kwargs)


def mass(name, **kwargs):
    return ClinicalDecimalField(label=LABELS[name], places=4, least=Decimal(0), most=MOST_AMOUNT, **kwargs)


class DrugField(forms.ModelChoiceField):
    """Drugs by their staff names, in tall-man letters where look-alikes are mixed up."""

    def label_from_instance(self, drug):
        return drug.tall_man or drug.name


class FillForm(KeptMixin, NamedMixin, PortalForm):
    """What was drawn and put in, and the program read off the programmer."""

    is_amendment = False
    key = forms.UUIDField(widget=forms.HiddenInput)
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit of the concentration and of every dose"),
        choices=[("mg", gettext_lazy("mg (milligrams)")), ("mcg", gettext_lazy("mcg (micrograms)"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Unit: choose mg or mcg, as on the label and the programmer.")
        },
    )
    filled_on = DateTripleField(label=LABELS["filled_on"])
    residual_ml = volume("residual_ml", required=False)
    left_ml = volume("left_ml", required=False)
    filled_ml = volume("filled_ml")
    drug = DrugField(label=LABELS["drug"], queryset=Drug.objects.none())
    concentration = mass("concentration")
    daily_dose = mass("daily_dose")
    is_diluted = forms.TypedChoiceField(
        label=LABELS["is_diluted"],
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")), ("", gettext_lazy("Not known"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    is_first_fill = forms.BooleanField(label=LABELS["is_first_fill"], required=False)
    bolus_dose = mass("bolus_dose", required=False)
    max_activations = ClinicalWholeField(label=LABELS["max_activations"], most=MOST_DOSES, required=False)
    lockout_minutes = ClinicalWholeField(label=LABELS["lockout_minutes"], most=MOST_MINUTES, required=False)
    alarm_ml = volume("alarm_ml")
    beyond_use_on = DateTripleField(label=LABELS["beyond_use_on"], required=False)
    printed_alarm_on = DateTripleField(label=LABELS["printed_alarm_on"], required=False)
    note = PlainTextField(label=LABELS["note"], max_length=300, required=False)

    def __init__(self, *args, pump, last, today, expected=None, **kwargs):
        self.pump, self.last, self.today, self.expected = pump, last, today, expected
        self.last_values = fill_words.values_of(last) if last else None
        kwargs.setdefault("initial", self.carried_forward())
        super().__init__(*args, **kwargs)
        self.fields["drug"].queryset = Drug.objects.all()
        self.fields["drug"].empty_label = _("Choose a drug")
        self.fields["filled_on"].latest = today
        self.known_unit = self._known_unit()
        if self.known_unit:
            self.fields["unit"].widget = forms.HiddenInput()
        self.name_choices()
        self._add_hints()
        self.helper.layout = self.layout()

    # What stands in the form when it opens.

    def carried_forward(self) -> dict[str, Any]:
        found: dict[str, Any] = {"key": uuid.uuid4(), "filled_on": self.today, "left_ml": Decimal(0)}
        if not self.last_values:
            return found | {"is_first_fill": True, "alarm_ml": self.pump.model.default_alarm_ml}
        return found | self.as_typed(self.last_values, CARRIED)

    @staticmethod
    def as_typed(values: dict[str, Any], names) -> dict[str, Any]:
        """Return values of a recorded fill as the form's own fields hold them."""
        found = {name: values[name] for name in names if name in values}
        found["is_diluted"] = YES_NO[values["is_diluted"]]
        if "unit" in values:
            found |= {"unit": values["unit"], **amounts_in(values, values["unit"])}
        return found

    def _known_unit(self) -> str | None:
        unit = self.data.get("unit") if self.is_bound else self.initial.get("unit")
        return unit if unit in Drug.Unit.values else None

    def _add_hints(self) -> None:
        last = fill_words.words(self.last_values) if self.last_values else {}
        for name, text in last.items():
            if name in self.fields and name != "drug":
                self.fields[name].help_text = self.said_before(text)
        if "drug" in last:
            drug = self.last_values["drug"]
            self.fields["drug"].help_text = self.said_before(drug.tall_man or drug.name)
        self._add_sizes()

    def said_before(self, text: str) -> str:
        """Return what stood in a field, as one sentence also when a note ends with its own full stop."""
        said = _("Recorded: %(value)s.") if self.is_amendment else _("Last time %(value)s.")
        return said % {"value": text.removesuffix(".")}

    def _add_sizes(self) -> None:
        capacity = _("The pump holds %(volume)s.") % {"volume": wording.ml(self.pump.model.capacity_ml)}
        self._hint("filled_ml", capacity)
        self._hint("left_ml", _("What stayed in the reservoir on purpose; 0 when it was emptied first."))
        self._hint("residual_ml", _("Leave empty if nothing was measured."))
        self._hint("bolus_dose", _("Leave the three empty if the patient has no handset."))
        if self.expected is not None:
            self._hint("residual_ml", _("Expected today %(volume)s.") % {"volume": wording.ml(self.expected)})

    def _hint(self, name: str, text: str) -> None:
        field = self.fields[name]
        field.help_text = f"{field.help_text} {text}".strip()

    def layout(self) -> Layout:
        unit = self.known_unit
        per_ml = _("%(unit)s per mL") % {"unit": unit} if unit else _("per mL")
        daily = _("%(unit)s daily") % {"unit": unit} if unit else _("daily")
        ml = [AppendedText(name, "mL") for name in ("residual_ml", "left_ml", "filled_ml", "alarm_ml")]
        ptm = [
            AppendedText("bolus_dose", unit or _("each")),
            AppendedText("max_activations", _("in 24 hours")),
            AppendedText("lockout_minutes", _("minutes")),
        ]
        return Layout(
            "key",
            *([HTML('{% include "pumps/_fill_unit.html" with form=form only %}')] if unit else []),
            *self.opening_fields(),
            Fieldset(_("Drawn out"), "filled_on", ml[0], ml[1], css_class="group"),
            Fieldset(
                _("Put in"),
                *(["unit"] if not unit else []),
                "drug",
                AppendedText("concentration", per_ml),
                ml[2],
                "is_diluted",
                "is_first_fill",
                "beyond_use_on",
                css_class="group",
            ),
            Fieldset(
                _("Program, read from the pump"), AppendedText("daily_dose", daily), *ptm, css_class="group"
            ),
            Fieldset(
                _("Alarm, read from the printout"), ml[3], "printed_alarm_on", "note", css_class="group"
            ),
            *(["unit"] if unit else []),
        )

    def opening_fields(self) -> list[str]:
        return []

    # What was typed.

    def typed_only(self) -> "FillForm":
        """Show what was typed again, without judging it."""
        self._errors = ErrorDict()
        return self

    def clean_left_ml(self) -> Decimal:
        return self.cleaned_data["left_ml"] or Decimal(0)

    def clean_residual_ml(self) -> Decimal | None:
        """Refuse more than was ever in the reservoir: then one of the two records is wrong."""
        residual, last = self.cleaned_data["residual_ml"], self.compared_fill()
        if residual is not None and last is not None and residual > last.volume_ml:
            told = {
                "residual": wording.ml(residual),
                "volume": wording.ml(last.volume_ml),
                "day": wording.day(last.filled_on),
            }
            raise forms.ValidationError(
                _(
                    "Residual drawn: %(residual)s is more than the %(volume)s in the pump after the fill of "
                    "%(day)s. Check the volume drawn, or amend that fill."
                )
                % told
            )
        return residual

    def compared_fill(self):
        """Return the fill whose rest was drawn out."""
        return self.last

    def values(self) -> dict[str, Any]:
        """Return the fill under the names of pumps.actions.FillRecord."""
        typed = dict(self.cleaned_data)
        unit = typed["unit"]
        for name, target in AMOUNTS.items():
            value = typed.pop(name)
            typed[target] = None if value is None else to_mcg(value, unit)
        return typed

    def add_refusal(self, refusal) -> None:
        names = {target: name for name, target in AMOUNTS.items()}
        errors = getattr(refusal, "error_dict", {None: refusal})
        for name, found in errors.items():
            name = names.get(name, name)
            if name in self.fields:
                self.add_error(name, self.named(name, found))
            else:
                self.add_error(None, found)

    def named(self, name: str, errors) -> list[str]:
        """Return refusals that begin with the label of their field, as the form's own errors do."""
        label = str(self.fields[name].label)
        return [
            text if text.startswith(label) else f"{label}: {text}"
            for text in forms.ValidationError(errors).messages
        ]

    @property
    def is_usual_unit(self) -> bool:
        drug = self.cleaned_data.get("drug")
        return drug is None or drug.usual_unit == self.cleaned_data.get("unit")

    @property
    def other_unit(self) -> str:
        return "mcg" if self.known_unit == "mg" else "mg"


class AmendForm(FillForm):
    """The same form over a recorded fill, with the reason for the change."""

    is_amendment = True
    reason = PlainTextField(
        label=gettext_lazy("Reason for the amendment"),
        max_length=300,
        help_text=gettext_lazy("Kept with the record. The original stays, marked as replaced."),
    )

    def __init__(self, *args, before=None, **kwargs):
        self.before = before
        super().__init__(*args, **kwargs)

    def carried_forward(self) -> dict[str, Any]:
        return {"key": uuid.uuid4(), **self.as_typed(self.last_values, list(self.base_fields))}

    def opening_fields(self) -> list[str]:
        return ["reason"]

    def compared_fill(self):
        return self.before

    def values(self) -> dict[str, Any]:
        values = super().values()
        values.pop("reason")
        return values | {"file_stability_days": self.last.file_stability_days}


def amounts_in(values: dict[str, Any], unit: str) -> dict[str, str]:
    """Return concentration and doses as they are typed in a unit."""
    return {name: fill_words.in_unit(values[source], unit) for name, source in AMOUNTS.items()}
