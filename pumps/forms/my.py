"""What a patient writes about their visit."""

from django.utils.translation import gettext_lazy as _

from portal.fields import PlainTextField
from portal.forms import PortalForm


class ChangeForm(PortalForm):
    """Why the visit does not suit, in the person's own words."""

    note = PlainTextField(
        label=_("What would suit you?"),
        help_text=_("For example: any afternoon, or not before 10 a.m."),
        required=False,
        max_length=300,
        multiline=True,
    )
