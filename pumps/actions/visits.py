"""Book, move, cancel and confirm a refill visit; two people never get one nurse or one room at once."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import Room, User
from portal.audit import log
from portal.refusal import refuse, refusing
from portal.wakeups import wake_engine
from pumps.actions import visit_checks
from pumps.actions.locks import lock_pump
from pumps.models import Pump, Visit

# What the database calls the rules that only it can hold when two people press at once.
TAKEN = {
    "pumps_visit_nurse_free": ("nurse", gettext_lazy("This nurse already has a visit then.")),
    "pumps_visit_room_free": ("room", gettext_lazy("This room is already taken then.")),
    "pumps_visit_one_booked": (
        None,
        gettext_lazy("A visit is already booked for this pump. Move it instead."),
    ),
}


def _set_state(visit: Visit, state: str, now: datetime.datetime, reason: str = "") -> None:
    visit.state, visit.state_at, visit.reason = state, now, reason
    visit.save(update_fields=["state", "state_at", "reason"])


def _lock_visit(visit: Visit) -> tuple[Pump, Visit]:
    """Hold a visit and its pump; return both as they are now."""
    pump = lock_pump(visit.pump)
    fresh = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    fresh.pump = pump
    return pump, fresh


def _must_be_booked(visit: Visit) -> None:
    if visit.state != Visit.State.BOOKED:
        refuse(
            None, _("This visit is no longer booked: it is %(state)s.") % {"state": visit.get_state_display()}
        )


def _hold_staff(nurse: User, room: Room) -> None:
    """Let bookings of one nurse or one room wait for each other, in one order."""
    list(User.objects.select_for_update(no_key=True).filter(pk=nurse.pk).values_list("pk"))
    list(Room.objects.select_for_update(no_key=True).filter(pk=room.pk).values_list("pk"))


def _check(visit: Visit, pump: Pump, now: datetime.datetime) -> None:
    day = visit.starts_at.astimezone(pump.clinic.zone).date()
    visit_checks.check_in_care(pump)
    visit_checks.check_span(pump.clinic, visit.starts_at, visit.ends_at, now)
    visit_checks.check_staff(pump, visit.nurse, visit.room, day)
    visit_checks.check_refill_by(pump, day, pump.clinic.today(now))
    visit_checks.check_free(visit)


def _save(visit: Visit) -> None:
    """Store a booked visit; what the database refuses gets the sentence of its rule."""
    try:
        with transaction.atomic():
            visit.save()
    except IntegrityError as error:
        for name, (field, sentence) in TAKEN.items():
            if name in str(error):
                refuse(field, sentence)
        raise


def _book(pump: Pump, visit: Visit, now: datetime.datetime) -> None:
    _hold_staff(visit.nurse, visit.room)
    _check(visit, pump, now)
    _save(visit)


def _clear_missed(pump: Pump, now: datetime.datetime) -> None:
    """Mark the pump's visit missed when it counts as missed; refuse when one is still awaited."""
    standing = pump.visits.booked().first()
    if standing is None:
        return
    if not standing.counts_as_missed(now):
        refuse(None, TAKEN["pumps_visit_one_booked"][1])
    _set_state(standing, Visit.State.MISSED, now)


@transaction.atomic
def book_visit(*, actor, pump, nurse, room, starts_at, ends_at, now=None):
    """Book the next visit of a pump: a nurse, a room and a span of time."""
    now = now or timezone.now()
    pump = lock_pump(pump)
    _clear_missed(pump, now)
    visit = Visit(clinic=pump.clinic, pump=pump, nurse=nurse, room=room, starts_at=starts_at, ends_at=ends_at)
    visit.booked_by, visit.booked_at, visit.state_at = actor, now, now
    _book(pump, visit, now)
    log.record(actor=actor, action="visit.booked", subject=visit)
    wake_engine()
    return visit


@transaction.atomic
def move_visit(*, actor, visit, nurse, room, starts_at, ends_at, now=None):
    """Move a booked visit: the old row stays as moved, a new one takes its place."""
    now = now or timezone.now()
    pump, old = _lock_visit(visit)
    _must_be_booked(old)
    new = Visit(clinic=pump.clinic, pump=pump, nurse=nurse, room=room, starts_at=starts_at, ends_at=ends_at)
    new.booked_by, new.booked_at, new.state_at, new.moved_from = actor, now, now, old
    _set_state(old, Visit.State.MOVED, now)
    _book(pump, new, now)
    log.record(actor=actor, action="visit.moved", subject=new, detail={"from": str(old.ref)})
    wake_engine()
    return new


@transaction.atomic
def cancel_visit(*, actor, visit, reason, now=None):
    """Cancel a booked visit, saying why."""
    _pump, visit = _lock_visit(visit)
    _must_be_booked(visit)
    visit.reason = reason.strip()
    if not visit.reason:
        refuse("reason", _("Enter why the visit is cancelled."))
    with refusing():
        visit.clean_fields(exclude={field.name for field in visit._meta.fields} - {"reason"})
    _set_state(visit, Visit.State.CANCELLED, now or timezone.now(), visit.reason)
    log.record(actor=actor, action="visit.cancelled", subject=visit)
    wake_engine()
    return visit


@transaction.atomic
def mark_missed(*, actor, visit, now=None):
    """Say that nobody came; before the visit starts there is nothing to say."""
    now = now or timezone.now()
    _pump, visit = _lock_visit(visit)
    _must_be_booked(visit)
    if now < visit.starts_at:
        refuse(None, _("This visit has not started yet. Cancel or move it instead."))
    _set_state(visit, Visit.State.MISSED, now)
    log.record(actor=actor, action="visit.missed", subject=visit)
    wake_engine()
    return visit


def _must_be_ahead(visit: Visit, now: datetime.datetime) -> None:
    _must_be_booked(visit)
    if now >= visit.ends_at:
        refuse(None, _("This visit is over."))


@transaction.atomic
def confirm_visit(*, actor, visit, now=None):
    """Confirm a visit, as the patient or for the patient; a second press changes nothing."""
    now = now or timezone.now()
    _pump, visit = _lock_visit(visit)
    _must_be_ahead(visit, now)
    if visit.confirmed_at:
        return visit
    visit.confirmed_at, visit.confirmed_by = now, actor
    visit.change_asked_at, visit.change_note = None, ""
    visit.save(update_fields=["confirmed_at", "confirmed_by", "change_asked_at", "change_note"])
    log.record(actor=actor, action="visit.confirmed", subject=visit)
    wake_engine()
    return visit


@transaction.atomic
def ask_change(*, actor, visit, note, now=None):
    """Ask the clinic for another time; the visit stays booked until the clinic moves it."""
    now = now or timezone.now()
    _pump, visit = _lock_visit(visit)
    _must_be_ahead(visit, now)
    visit.change_asked_at, visit.change_note = now, note.strip()
    visit.confirmed_at = visit.confirmed_by = None
    with refusing():
        visit.clean_fields(exclude={field.name for field in visit._meta.fields} - {"change_note"})
    visit.save(update_fields=["change_asked_at", "change_note", "confirmed_at", "confirmed_by"])
    log.record(actor=actor, action="visit.change_asked", subject=visit)
    return visit
