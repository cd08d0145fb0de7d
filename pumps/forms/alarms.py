"""Forms of an alarm: what somebody heard, and how it ended."""

import datetime
import uuid

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.fields import DateTripleField, PlainTextField, TimeField12, named
from portal.forms import PortalForm
from pumps.models import Alarm


def choice(name: str, **kwargs) -> forms.ChoiceField:
    """Return a list of radio buttons for a field of the alarm; nothing is chosen beforehand."""
    field = Alarm._meta.get_field(name)
    label = kwargs.pop("label")
    return forms.ChoiceField(label=label, choices=field.choices, widget=forms.RadioSelect, **kwargs)


class AlarmForm(PortalForm):
    """An alarm as a person tells it. The tone decides what happens; not sure counts as two tones."""

    tone = choice("tone", label=gettext_lazy("What it sounded like"))
    kind = choice("kind", label=gettext_lazy("Kind of alarm"), initial=Alarm.Kind.UNKNOWN)
    heard_by = choice("heard_by", label=gettext_lazy("Heard by"))
    heard_on = DateTripleField(label=gettext_lazy("First heard on"))
    heard_time = TimeField12(
        label=gettext_lazy("First heard at"), help_text=gettext_lazy("Clinic time, such as 9:30 a.m.")
    )
    note = PlainTextField(label=gettext_lazy("What was said"), max_length=500, required=False, multiline=True)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, clinic, now: datetime.datetime, **kwargs):
        initial = {"key": uuid.uuid4(), "heard_on": clinic.today(now), **kwargs.pop("initial", {})}
        super().__init__(*args, initial=initial, **kwargs)
        self.clinic, self.now = clinic, now
        self.fields["heard_on"].latest = clinic.today(now)

    def clean(self):
        cleaned = super().clean()
        day, time = cleaned.get("heard_on"), cleaned.get("heard_time")
        if day and time is not None:
            cleaned["heard_at"] = datetime.datetime.combine(day, time, self.clinic.zone)
            if cleaned["heard_at"] > self.now:
                refusal = named(
                    self.fields["heard_time"], _("it cannot be in the future. Write a time up to now.")
                )
                self.add_error("heard_time", refusal)
        return cleaned

    @property
    def alarm(self) -> dict:
        """Return what actions.record_alarm takes."""
        names = ("tone", "kind", "heard_by", "heard_at", "note", "key")
        return {name: self.cleaned_data[name] for name in names}

    def add_refusal(self, refusal):
        for name, errors in getattr(refusal, "error_dict", {None: [refusal]}).items():
            field = "heard_time" if name == "heard_at" else name
            self.add_error(field if field in self.fields else None, errors)


class CloseAlarmForm(PortalForm):
    """How an alarm ended. It cannot be closed without all three."""

    cause = PlainTextField(
        label=gettext_lazy("Cause"),
        max_length=200,
        help_text=gettext_lazy("What made the pump sound, or why nothing was found."),
    )
    outcome = choice("outcome", label=gettext_lazy("Outcome"))
    told = PlainTextField(
        label=gettext_lazy("Who was told"),
        max_length=200,
        help_text=gettext_lazy("Such as: the patient and Dr. Osei, by phone."),
    )
