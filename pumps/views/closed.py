"""Lead away from a form that a pump or a person no longer has a use for."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from pumps import wording
from pumps.models import Pump


def closed_page(request, pump: Pump):
    """Return the way back for a pump that is out or a record that is closed; None when it is in care."""
    if pump.explanted_on is None and pump.patient.is_active:
        return None
    if pump.explanted_on:
        told = {"day": wording.day(pump.explanted_on)}
        messages.error(request, _("This pump was explanted on %(day)s.") % told)
    else:
        messages.error(request, _("This record is closed: nothing more is booked or recorded on it."))
    return redirect(pump)
