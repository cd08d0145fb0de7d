"""What readers fill in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.education.models import Story
from portal.education.voices import consent_text
from portal.fields import AddressField, PlainTextField
from portal.forms import PortalForm

STORY_CHARACTERS = 2000


class MoreForm(PortalForm):
    """A sentence about what was missing."""

    comment = PlainTextField(
        label=_("What was missing, or hard to follow?"),
        help_text=_(
            "Up to 500 characters. Please leave out names, dates and anything about your own health."
        ),
        max_length=500,
        multiline=True,
    )


def part(label, help_text="", **options):
    return PlainTextField(
        label=label, help_text=help_text, max_length=STORY_CHARACTERS, multiline=True, rows=5, **options
    )


class StoryForm(PortalForm):
    """A person's own account, with what did not go well and their consent."""

    name = PlainTextField(
        label=_("First name, or another name"),
        help_text=_("Shown with the story. It does not have to be your real name."),
        max_length=40,
    )
    before = part(_("Life before the pump"), _("What did pain or spasms keep you from?"))
    tried = part(_("What you tried before"))
    trial = part(_("The trial"), _("How the test before the pump went, if you had one."), required=False)
    now = part(_("Life now"))
    not_well = part(
        _("What did not go well"),
        _("Every story here says this too. Problems, side effects, what you would want to have known."),
    )
    paid_by = forms.ChoiceField(
        label=_("Did anyone pay or invite you to tell it?"),
        choices=Story.Paid,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who paid or invited you, or “nobody”.")},
    )
    reply_to = AddressField(
        label=_("Your e-mail"),
        help_text=_("Only to ask you back. We delete it once we have decided."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    consent = forms.BooleanField(
        label=_("I agree to this"),
        error_messages={
            "required": _("We can only take a story when you agree. Tick the box, or leave the page.")
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["consent"].help_text = consent_text()
