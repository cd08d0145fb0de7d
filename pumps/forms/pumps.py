"""Add or edit a pump, and end it."""

from decimal import Decimal

from crispy_forms.bootstrap import AppendedText
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.fields import DateTripleField, PlainTextField
from portal.forms import PortalForm, PortalModelForm
from pumps.form_fields import ClinicalDecimalField, ClinicalWholeField
from pumps.forms.kept import KeptMixin, NamedMixin
from pumps.models import Pump

MOST_LEAD_DAYS = 60
CATHETER_FIELDS = {"catheter_model": "model", "tip_level": "tip_level", "length_cm": "length_cm"}


class PumpForm(NamedMixin, PortalModelForm):
    serial = PlainTextField(
        label=gettext_lazy("Serial number"),
        max_length=40,
        help_text=gettext_lazy("As on the device card. Spaces are left out and letters made capital."),
    )
    site = PlainTextField(label=gettext_lazy("Where it lies"), max_length=80, required=False)
    implanted_on = DateTripleField(label=gettext_lazy("Implanted on"), required=False)
    eri_on = DateTripleField(
        label=gettext_lazy("ERI recorded on"),
        required=False,
        help_text=gettext_lazy(
            "The day the elective replacement indicator was read. The pump stops within 90 days."
        ),
    )
    lead_days = ClinicalWholeField(
        label=gettext_lazy("Lead days"), most=Decimal(MOST_LEAD_DAYS), required=False
    )
    catheter_model = PlainTextField(label=gettext_lazy("Catheter model"), max_length=40, required=False)
    tip_level = PlainTextField(
        label=gettext_lazy("Catheter tip at"),
        max_length=10,
        required=False,
        help_text=gettext_lazy("Such as T10."),
    )
    length_cm = ClinicalDecimalField(
        label=gettext_lazy("Catheter length"),
        places=1,
        least=Decimal("0.1"),
        most=Decimal(200),
        required=False,
    )

    class Meta:
        model = Pump
        fields = ["model", "serial", "site", "implanted_on", "lead_days", "eri_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.name_choices()
        self.fields["model"].empty_label = _("Choose a model")
        self.fields["lead_days"].help_text = _("Leave empty for the clinic’s %(days)s days.") % {
            "days": self.instance.clinic.lead_days
        }
        self.catheter = (
            self.instance.catheters.filter(explanted_on=None).first() if self.instance.pk else None
        )
        for name, source in CATHETER_FIELDS.items():
            self.fields[name].initial = getattr(self.catheter, source, None)
        catheter = ["catheter_model", "tip_level", AppendedText("length_cm", "cm")]
        self.helper.layout = Layout(
            Fieldset(_("Pump"), "model", "serial", "site", "implanted_on", css_class="group"),
            Fieldset(_("Catheter"), *catheter, css_class="group"),
            Fieldset(
                _("Dates"), AppendedText("lead_days", _("days before the alarm")), "eri_on", css_class="group"
            ),
        )

    def clean_serial(self):
        """Write a serial number in one way, so that it is recognized again."""
        return "".join(self.cleaned_data["serial"].split()).upper()

    def catheter_values(self) -> dict:
        return {source: self.cleaned_data[name] for name, source in CATHETER_FIELDS.items()}


class ExplantForm(KeptMixin, PortalForm):
    explanted_on = DateTripleField(label=gettext_lazy("Explanted on"))
    reason = PlainTextField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Such as replaced, infection, or end of therapy."),
    )

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["explanted_on"].initial = today
        self.fields["reason"].widget = forms.TextInput({"autocomplete": "off"})
