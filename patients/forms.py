"""Forms of a person's record: who they are, how to reach them, a contact, a death."""

import uuid
import zoneinfo
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from patients import consent
from patients.models import ChannelConsent, Contact, ContactPoint, Patient
from portal.fields import AddressField, DateTripleField, PhoneField, PlainTextField
from portal.forms import PortalForm, PortalModelForm
from portal.shown import short
from portal.templatetags.clinical import phone_text

US_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
)
SPARE_BOXES = 1


def zone_choices():
    others = sorted(name for name in zoneinfo.available_timezones() if "/" in name and name not in US_ZONES)
    return [
        ("", gettext_lazy("The clinic’s")),
        (gettext_lazy("United States"), [(name, name) for name in US_ZONES]),
        (gettext_lazy("Others"), [(name, name) for name in others]),
    ]


def plain(model_field: str, **kwargs: Any) -> PlainTextField:
    """Return the strict field for words of the model's own label, length and help."""
    field = Patient._meta.get_field(model_field)
    values = {
        "label": capfirst(field.verbose_name),
        "max_length": field.max_length,
        "help_text": field.help_text,
    }
    return PlainTextField(**{**values, "required": not field.blank, **kwargs})


class PatientForm(PortalModelForm):
    """A person's record; `changed_consents` and `reach` hold what the actions take beside the model."""

    mrn = plain("mrn", label=gettext_lazy("MRN"))
    given_name = plain("given_name")
    family_name = plain("family_name")
    preferred_name = plain(
        "preferred_name", help_text=gettext_lazy("What messages call them, if not the given name.")
    )
    birth_date = DateTripleField(label=gettext_lazy("Birth date"))
    other_language = plain("other_language")
    address_line = plain("address_line")
    city = plain("city")
    state = plain("state")
    postal_code = plain("postal_code")
    country = plain("country")
    allergy_note = plain("allergy_note")

    class Meta:
        model = Patient
        fields = [
            "mrn",
            "given_name",
            "family_name",
            "preferred_name",
            "birth_date",
            "sex",
            "language",
            "other_language",
            "needs_interpreter",
            "time_zone",
            "allergy_note",
            "address_line",
            "city",
            "state",
            "postal_code",
            "country",
        ]

    def __init__(self, *args, clinics, **kwargs):
        super().__init__(*args, **kwargs)
        self.clinics = clinics
        self.bad: dict[str, ContactPoint] = {}
        patient = self.instance
        self.stored = dict(patient.consents.values_list("channel", "is_granted")) if patient.pk else {}
        if not patient.pk:
            self.add_clinic()
        self.fields["birth_date"].latest = self.today()
        self.fields["time_zone"].widget = forms.Select(choices=zone_choices())
        self.add_points(ContactPoint.Kind.PHONE, gettext_lazy("Phone"), PhoneField)
        self.add_points(ContactPoint.Kind.EMAIL, gettext_lazy("E-mail"), AddressField)
        for channel in ChannelConsent.Channel:
            self.fields[f"consent_{channel}"] = self.consent_field(channel)
        name_errors(self)

    def add_clinic(self):
        """Ask for the clinic only of those who work in several."""
        self.instance.clinic = self.clinics[0]
        if len(self.clinics) > 1:
            choices = [(str(clinic.ref), clinic.name) for clinic in self.clinics]
            self.fields = {"clinic": forms.ChoiceField(label=_("Clinic"), choices=choices), **self.fields}

    def today(self):
        return max(clinic.today() for clinic in self.clinics)

    def add_points(self, kind, label, field_class):
        """Show a box for every number or address on record, and one more."""
        points = []
        if self.instance.pk:
            points = list(self.instance.contact_points.filter(kind=kind, ended_at=None))
        for position in range(max(2, len(points) + SPARE_BOXES)):
            name = f"{kind}_{position}"
            shown = label if position == 0 else f"{label} {position + 1}"
            self.fields[name] = field_class(label=shown, required=False)
            self.fields[name].widget.attrs["autocomplete"] = "off"
            if position < len(points):
                value = points[position].value
                self.initial[name] = phone_text(value) if kind == "phone" else value
                self.add_trust(points[position], name)

    def add_trust(self, point, name):
        """Beside an address that did not reach the person: tick to try it again."""
        if not point.is_bad:
            return
        self.bad[f"trust_{name}"] = point
        is_phone = point.kind == ContactPoint.Kind.PHONE
        label = _("This number is right: try again") if is_phone else _("This address is right: try again")
        self.fields[f"trust_{name}"] = forms.BooleanField(
            label=label, required=False, help_text=bad_words(point)
        )

    def consent_field(self, channel):
        stored = self.stored.get(channel)
        choices = [("yes", _("Yes")), ("no", _("No"))]
        if stored is None:
            choices = [("", pgettext_lazy("consent", "Not asked yet")), *choices]
        return forms.ChoiceField(
            label=channel.label.capitalize(),
            help_text=consent.text_in(channel, self.instance.language),
            choices=choices,
            required=stored is not None,
            initial={True: "yes", False: "no"}.get(stored, ""),
            widget=forms.RadioSelect,
            error_messages={
                "required": _("%(channel)s: choose yes or no.") % {"channel": channel.label.capitalize()}
            },
        )

    def clean(self):
        cleaned = super().clean()
        if "clinic" in cleaned:
            self.instance.clinic = next(each for each in self.clinics if str(each.ref) == cleaned["clinic"])
        if not cleaned.get("given_name") and not cleaned.get("family_name"):
            for name in ("given_name", "family_name"):
                if name not in self.errors:
                    self.add_error(name, _("Enter a given name or a family name."))
                    break
        return cleaned

    def points(self, kind) -> list[str]:
        """Return the numbers or addresses that were typed, in their order."""
        names = [name for name in self.fields if name.startswith(f"{kind}_")]
        values = (self.cleaned_data.get(name) for name in names)
        return [value.as_e164 if kind == ContactPoint.Kind.PHONE else value for value in values if value]

    def trusted(self) -> list[ContactPoint]:
        """Return the addresses on record that are to be tried again."""
        return [point for name, point in self.bad.items() if self.cleaned_data.get(name)]

    def changed_consents(self) -> dict[str, bool]:
        """Return the answers that differ from those on record."""
        answers = {channel: self.cleaned_data.get(f"consent_{channel}") for channel in ChannelConsent.Channel}
        given = {channel: answer == "yes" for channel, answer in answers.items() if answer}
        return {channel: yes for channel, yes in given.items() if self.stored.get(channel) != yes}

    def add_refusal(self, refusal):
        """Put what an action says of phones and e-mails beside the first box of each."""
        told = {"phones": "phone_0", "emails": "email_0"}
        for name, errors in getattr(refusal, "error_dict", {None: [refusal]}).items():
            field = told.get(name, name)
            self.add_error(field if field in self.fields else None, errors)


def bad_words(point: ContactPoint) -> str:
    """Say since when an address is known not to reach the person."""
    if point.bad_at is None:
        return _("Marked as not reaching the person.")
    day = short(point.bad_at.astimezone(point.patient.clinic.zone).date())
    return _("Marked as not reaching the person on %(day)s.") % {"day": day}


def name_errors(form):
    """Let Django's message about length name the field it is about."""
    for field in form.fields.values():
        if not isinstance(field, forms.CharField):
            continue
        for validator in field.validators:
            if isinstance(validator, MaxLengthValidator):
                validator.message = _("%(label)s: write at most %(most)s characters.") % {
                    "label": field.label,
                    "most": validator.limit_value,
                }


class DeathForm(PortalForm):
    """The day a person died."""

    died_on = DateTripleField(label=gettext_lazy("Date of death"))

    def __init__(self, *args, patient, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["died_on"].earliest = patient.birth_date
        self.fields["died_on"].latest = patient.clinic.today()


class ContactForm(PortalForm):
    """One attempt to reach a person."""

    channel = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=Contact.Channel,
        initial=Contact.Channel.CALL,
        widget=forms.RadioSelect,
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it"),
        choices=Contact.Outcome,
        widget=forms.RadioSelect,
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    note = PlainTextField(
        label=gettext_lazy("Note"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Such as: try after 2 p.m."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, initial={"key": uuid.uuid4(), **kwargs.pop("initial", {})}, **kwargs)
        name_errors(self)


class RemindersForm(PortalForm):
    """A patient's own answer: reminders by e-mail, or none."""

    by_email = forms.ChoiceField(
        label=consent.OWN_QUESTION,
        help_text=consent.TEXTS[ChannelConsent.Channel.EMAIL],
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, stored: bool | None, **kwargs):
        initial = {"by_email": {True: "yes", False: "no"}.get(stored, "")}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["by_email"].error_messages["required"] = _("Reminders by e-mail: choose yes or no.")

    @property
    def is_granted(self) -> bool:
        return self.cleaned_data["by_email"] == "yes"
