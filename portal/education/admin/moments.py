"""Moments as editors type and read them: on the clock of a clinic, whose zone is always named."""

import datetime
import zoneinfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal import shown
from portal.accounts.models import Clinic
from portal.templatetags.clinical import city


def zones() -> list[str]:
    """Return the zones of the clinics, each once."""
    found = Clinic.objects.order_by("name").values_list("time_zone", flat=True)
    return list(dict.fromkeys(found)) or [settings.TIME_ZONE]


def own_zone(user) -> zoneinfo.ZoneInfo:
    """Return the zone in which a person reads moments: their clinic's, else the first clinic's."""
    own = [membership.clinic.time_zone for membership in user.current_memberships if membership.clinic]
    return zoneinfo.ZoneInfo((own or zones())[0])


def in_words(moment: datetime.datetime, zone: zoneinfo.ZoneInfo) -> str:
    """Return 03-May-2026, 9:00 a.m. (Chicago time)."""
    here = moment.astimezone(zone)
    told = {"day": shown.short(here.date()), "time": shown.clock(here), "city": city(zone.key)}
    return _("%(day)s, %(time)s (%(city)s time)") % told


def moment_at(day: datetime.date, time: datetime.time, zone: zoneinfo.ZoneInfo) -> datetime.datetime:
    """Return the moment a clinic's clock shows this; refuse what the clocks skip or show twice."""
    wall = datetime.datetime.combine(day, time)
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.astimezone(datetime.UTC).astimezone(zone).replace(tzinfo=None) != wall:
        raise ValidationError(
            _("The clocks go forward that night: this time does not exist. Choose one after 3 a.m.")
        )
    if first.utcoffset() != second.utcoffset():
        raise ValidationError(
            _("The clocks go back that night: this time comes twice. Choose one after 2 a.m.")
        )
    return first.astimezone(datetime.UTC)
