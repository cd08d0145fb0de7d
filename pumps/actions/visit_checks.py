"""Which visits can be booked: the nurse, the room, the hours and the refill-by date."""

import datetime

from django.utils.translation import gettext as _

from portal.accounts.models import Clinic, Membership, Role, Room, User
from portal.dates import day_in
from portal.refusal import refuse
from portal.shown import clock, short
from pumps import slots
from pumps.models import Pump, Visit
from pumps.working_days import is_working_day

LONGEST = datetime.timedelta(hours=8)


def clinic_moment(clinic: Clinic, day: datetime.date, time: datetime.time) -> datetime.datetime:
    """Return a moment at the clinic; refuse a time that the change of the clocks skips."""
    local = datetime.datetime.combine(day, time, clinic.zone)
    moment = local.astimezone(datetime.UTC)
    if moment.astimezone(clinic.zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        refuse(
            "starts_at",
            _("This time does not exist on that day: the clocks go forward. Choose another time."),
        )
    return moment


def check_staff(pump: Pump, nurse: User, room: Room, day: datetime.date) -> None:
    """Refuse a nurse who is no nurse of this clinic on that day, and a room of another one."""
    memberships = Membership.objects.in_force(day).filter(user=nurse, clinic=pump.clinic_id, role=Role.NURSE)
    if not memberships.exists():
        refuse("nurse", _("Choose a nurse who works at this clinic on that day."))
    if room.clinic_id != pump.clinic_id or not room.is_active:
        refuse("room", _("Choose a room of this clinic that is in use."))


def check_span(clinic: Clinic, starts_at: datetime.datetime, ends_at: datetime.datetime, now) -> None:
    """Refuse a visit that is over, has no length, or lies outside the clinic's days and hours."""
    start, end = starts_at.astimezone(clinic.zone), ends_at.astimezone(clinic.zone)
    if ends_at <= starts_at:
        refuse("ends_at", _("The visit must end after it starts."))
    if ends_at - starts_at > LONGEST:
        refuse("ends_at", _("A visit lasts 8 hours at most."))
    if start.date() < day_in(clinic.zone, now) or ends_at <= now:
        refuse("starts_at", _("This time is past. Choose a time from now on."))
    if not is_working_day(start.date(), clinic.closure_days()):
        refuse("starts_at", _("The clinic is closed on %(day)s.") % {"day": short(start.date())})
    if end.date() != start.date() or start.time() < clinic.opens_at or end.time() > clinic.closes_at:
        refuse(
            "starts_at",
            _("The clinic is open from %(opens)s to %(closes)s. The whole visit must lie within these hours.")
            % {"opens": clock(clinic.opens_at), "closes": clock(clinic.closes_at)},
        )


def check_refill_by(pump: Pump, day: datetime.date, today: datetime.date) -> None:
    """Refuse a day outside the window that the booking page offers."""
    refill_by = pump.cycles.open().values_list("refill_by", flat=True).first()
    window = slots.window(today, refill_by, pump.clinic.closure_days())
    last = window.days[-1]
    if day <= last:
        return
    if refill_by and not window.is_late:
        sentence = _("After the refill-by date (%(day)s). Choose that day or a day before it.")
        refuse("starts_at", sentence % {"day": short(refill_by)})
    sentence = _("Too far ahead. The pump waits for a refill: choose %(day)s or a day before it.")
    refuse("starts_at", sentence % {"day": short(last)})


def check_in_care(pump: Pump) -> None:
    """Refuse a visit for a pump that is out, or for a person who died or left."""
    if pump.explanted_on:
        refuse(None, _("This pump was explanted on %(day)s.") % {"day": short(pump.explanted_on)})
    if pump.patient.died_on:
        refuse(None, _("The patient died on %(day)s.") % {"day": short(pump.patient.died_on)})
    if pump.patient.closed_on:
        refuse(None, _("This record was closed on %(day)s.") % {"day": short(pump.patient.closed_on)})


def check_free(visit: Visit) -> None:
    """Refuse a second visit of one nurse, or in one room, at the same time."""
    others = (
        Visit.objects.booked().overlapping(visit.starts_at, visit.ends_at).exclude(pk=visit.moved_from_id)
    )
    if others.filter(nurse=visit.nurse_id).exists():
        refuse("nurse", _("This nurse already has a visit then."))
    if others.filter(room=visit.room_id).exists():
        refuse("room", _("This room is already taken then."))
