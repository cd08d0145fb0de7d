"""What editors fill in beside the text itself: when to publish, why to take back, who checked."""

import zoneinfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import Clinic
from portal.education.admin.fields import NamedErrors
from portal.education.admin.moments import moment_at, zones
from portal.fields import DateTripleField, PlainTextField, TimeField12
from portal.templatetags.clinical import city


class StaffForm(NamedErrors, forms.Form):
    """A plain form on a page of the admin's."""

    def add_refusal(self, refusal, **fields):
        """Show why an action refused beside the field it is about; `fields` names fields of other names here."""
        for name, errors in refusal.error_dict.items():
            place = fields.get(name, name)
            self.add_error(place if place in self.fields else None, errors)


class OfLastVersion(StaffForm):
    """About the last version of a text: the one that was on the page when the button was pressed, and no newer one."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, last, **kwargs):
        super().__init__(*args, **kwargs)
        self.last = self.initial["version"] = last.number if last else 0

    def clean(self):
        found = super().clean()
        if found.pop("version", None) != self.last:
            # Shown again about the newer one: a second press is meant.
            self.data = self.data | {"version": str(self.last)}
            told = {"number": self.last}
            raise ValidationError(
                _("Version %(number)s was saved after you opened this page. Read it first, then press again.")
                % told
            )
        return found


class PublishForm(OfLastVersion):
    """From when, until when: days and times of a clinic's clock. Empty: now, and without an end."""

    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[("now", gettext_lazy("Now")), ("later", gettext_lazy("From a day and time"))],
        initial="now",
        widget=forms.RadioSelect,
    )
    start_day = DateTripleField(label=gettext_lazy("From: day"), required=False)
    start_time = TimeField12(
        label=gettext_lazy("From: time"), required=False, help_text=gettext_lazy("Such as 9:00 a.m.")
    )
    end_day = DateTripleField(label=gettext_lazy("Until: day"), required=False)
    end_time = TimeField12(
        label=gettext_lazy("Until: time"),
        required=False,
        help_text=gettext_lazy("Leave day and time empty when it has no end."),
    )
    zone = forms.ChoiceField(label=gettext_lazy("On the clock of"))
    read = forms.BooleanField(
        label=gettext_lazy("I have read what was found wrong, and publish all the same")
    )

    def __init__(self, *args, own_zone, has_errors, never_ends, **kwargs):
        super().__init__(*args, **kwargs)
        names = zones()
        self.fields["zone"].choices = [(name, city(name)) for name in names]
        self.fields["zone"].initial = own_zone.key
        self.only_zone = city(names[0]) if len(names) == 1 else ""
        if self.only_zone:
            self.fields["zone"].widget = forms.HiddenInput()
        self.fields["read"].error_messages["required"] = _("Read what was found above, then tick this box.")
        if not has_errors:
            del self.fields["read"]
        if never_ends:
            del self.fields["end_day"], self.fields["end_time"]

    def clean(self):
        found = super().clean()
        if found.get("when") == "now" and (found.get("start_day") or found.get("start_time")):
            self.add_error("when", _("A start is given below. Choose “From a day and time”, or empty it."))
        if not self.errors and found["when"] == "later":
            found["starts_at"] = self.moment("start", _("Give the day and the time, or choose “Now”."))
        if not self.errors and (found.get("end_day") or found.get("end_time")):
            found["ends_at"] = self.moment("end", _("Give both the day and the time, or leave both empty."))
        return found

    def moment(self, which, sentence):
        day, time = self.cleaned_data.get(f"{which}_day"), self.cleaned_data.get(f"{which}_time")
        if day is None or time is None:
            self.add_error(f"{which}_day" if day is None else f"{which}_time", sentence)
            return None
        try:
            return moment_at(day, time, zoneinfo.ZoneInfo(self.cleaned_data["zone"]))
        except ValidationError as error:
            self.add_error(f"{which}_time", error)
            return None


class WithdrawForm(StaffForm):
    reason = PlainTextField(
        label=gettext_lazy("Why"),
        max_length=200,
        help_text=gettext_lazy(
            "For the record, such as: states a wrong telephone number. Readers do not see it."
        ),
    )


class CheckForm(OfLastVersion):
    """Who vouches for this version."""

    name = PlainTextField(label=gettext_lazy("Who checked it"), max_length=120)
    role = PlainTextField(
        label=gettext_lazy("Role"), max_length=80, help_text=gettext_lazy("Such as pain physician.")
    )
    clinic = forms.ModelChoiceField(
        Clinic.objects.order_by("name"),
        label=gettext_lazy("Clinic"),
        required=False,
        empty_label=gettext_lazy("none"),
    )
    approved_on = DateTripleField(label=gettext_lazy("Checked on"))
    next_review_on = DateTripleField(label=gettext_lazy("Next check"))

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["approved_on"].latest = today

    def clean(self):
        found = super().clean()
        first, following = found.get("approved_on"), found.get("next_review_on")
        if first and following and following <= first:
            self.add_error("next_review_on", _("The next check must be after this one."))
        return found
