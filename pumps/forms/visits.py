"""Choose a free place for a visit, and say why one is cancelled."""

import datetime
from typing import NamedTuple

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.fields import PlainTextField
from portal.forms import PortalForm
from pumps import slots

CHOOSE = gettext_lazy("Choose a time from the list.")


class Place(NamedTuple):
    """A nurse and a room from one moment to another."""

    nurse: object
    room: object
    starts_at: datetime.datetime
    ends_at: datetime.datetime

    @property
    def value(self) -> str:
        """Return what the radio button posts."""
        return f"{self.starts_at:%Y-%m-%dT%H:%MZ}/{self.nurse.ref}/{self.room.ref}"


class BookForm(PortalForm):
    """One radio button out of the free places of the clinic."""

    place = forms.CharField(
        label=gettext_lazy("Free times"),
        max_length=120,
        widget=forms.RadioSelect,
        error_messages={"max_length": CHOOSE},
    )

    def __init__(self, *args, hours: slots.Hours, nurses, rooms, **kwargs):
        super().__init__(*args, **kwargs)
        self.hours, self.nurses, self.rooms = hours, nurses, rooms
        self.fields["place"].error_messages["required"] = CHOOSE

    def clean_place(self) -> Place:
        """Read a place back; whether it is still free is asked of the database when it is booked."""
        start, _slash, staff = self.cleaned_data["place"].partition("/")
        nurse_ref, _slash, room_ref = staff.partition("/")
        nurse = next((one for one in self.nurses if str(one.ref) == nurse_ref), None)
        room = next((one for one in self.rooms if str(one.ref) == room_ref), None)
        span = self._span(start)
        if not (nurse and room and span):
            raise forms.ValidationError(CHOOSE)
        return Place(nurse, room, *span)

    def _span(self, text: str):
        try:
            begins = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=datetime.UTC)
            day = begins.astimezone(self.hours.zone).date()
        except (ValueError, OverflowError):
            return None
        return next((span for span in slots.spans(day, self.hours) if span[0] == begins), None)

    def add_refusal(self, refusal) -> None:
        """Say beside the list why the chosen place cannot be had, and that the list is fresh."""
        taken = {"nurse", "room"} & set(getattr(refusal, "error_dict", {}))
        for sentence in refusal.messages:
            self.add_error("place", sentence)
        if taken:
            self.add_error(
                "place", _("Somebody has just taken that place. Choose another from the fresh list.")
            )


class CancelForm(PortalForm):
    """Why a visit is cancelled."""

    reason = PlainTextField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Such as patient asked, nurse ill, or clinic closed."),
    )
