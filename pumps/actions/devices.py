"""Add, change and end a pump."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit import log
from portal.refusal import refuse, refusing
from portal.shown import short
from portal.wakeups import wake_engine
from pumps.actions.locks import lock_clinics, lock_pump
from pumps.actions.recompute import recompute
from pumps.models import Pump, Visit

EDITABLE = ("model", "serial", "implanted_on", "site", "lead_days")


def _check_pump(pump: Pump, today: datetime.date) -> None:
    """Refuse an implant outside the person's life, and whatever the table itself refuses."""
    day, patient = pump.implanted_on, pump.patient
    pump.serial = pump.serial.strip()
    if day and day > today:
        refuse(
            "implanted_on",
            _("The implant date is in the future. Enter %(day)s or earlier.") % {"day": short(today)},
        )
    if day and day < patient.birth_date:
        refuse("implanted_on", _("The implant date is before the patient's birth date."))
    if day and patient.died_on and day > patient.died_on:
        refuse("implanted_on", _("The patient died on %(day)s.") % {"day": short(patient.died_on)})
    with refusing():
        pump.full_clean()


@transaction.atomic
def add_pump(*, actor, pump, now=None):
    """Put a pump on a patient's record."""
    pump.clinic = pump.patient.clinic
    lock_clinics(pk=pump.clinic_id)
    _check_pump(pump, pump.clinic.today(now))
    pump.save()
    log.record(actor=actor, action="pump.added", subject=pump)
    return pump


def _check_fills(pump: Pump) -> None:
    """Refuse an implant after the first fill, and a model too small for the fill that runs now."""
    first = pump.cycles.standing().order_by("filled_on").first()
    if first and pump.implanted_on and pump.implanted_on > first.filled_on:
        refuse(
            "implanted_on",
            _("A fill on %(day)s is recorded. Enter that day or earlier.") % {"day": short(first.filled_on)},
        )
    running = pump.cycles.open().first()
    if running and running.volume_ml > pump.model.capacity_ml:
        refuse("model", _("The fill on record is more than the reservoir of this model holds."))


@transaction.atomic
def edit_pump(*, actor, pump, now=None):
    """Correct a pump's details; the dates follow its model and its lead days."""
    stored = lock_pump(pump)
    changed = [name for name in EDITABLE if getattr(stored, name) != getattr(pump, name)]
    _check_pump(pump, stored.clinic.today(now))
    _check_fills(pump)
    pump.save(update_fields=EDITABLE)
    if changed:
        recompute(pumps=[pump])
        log.record(actor=actor, action="pump.edited", subject=pump, detail={"fields": changed})
        wake_engine()
    return pump


def _check_explant(pump: Pump, day: datetime.date, today: datetime.date) -> None:
    if pump.explanted_on:
        refuse(None, _("This pump was already explanted on %(day)s.") % {"day": short(pump.explanted_on)})
    if day > today:
        refuse(
            "explanted_on",
            _("The explant date is in the future. Enter %(day)s or earlier.") % {"day": short(today)},
        )
    if pump.implanted_on and day < pump.implanted_on:
        refuse("explanted_on", _("The explant date is before the implant date."))
    newest = pump.cycles.standing().first()
    if newest and day < newest.filled_on:
        refuse(
            "explanted_on",
            _("A fill on %(day)s is recorded. Enter that day or later.") % {"day": short(newest.filled_on)},
        )


@transaction.atomic
def explant(*, actor, pump, explanted_on, reason, now=None):
    """End a pump: its cycle and program end with it, and its booked visit is cancelled."""
    now = now or timezone.now()
    pump = lock_pump(pump)
    _check_explant(pump, explanted_on, pump.clinic.today(now))
    pump.explanted_on, pump.explant_reason = explanted_on, reason.strip()
    with refusing():
        pump.full_clean()
    pump.save(update_fields=["explanted_on", "explant_reason"])
    pump.cycles.open().update(ended_on=explanted_on)
    for program in pump.programs.filter(ended_on=None):
        program.ended_on = max(explanted_on, program.starts_on)
        program.save(update_fields=["ended_on"])
    cancel_booked(Visit.objects.filter(pump=pump), reason=Visit.OwnReason.EXPLANTED, now=now)
    log.record(actor=actor, action="pump.explanted", subject=pump)
    wake_engine()
    return pump


def cancel_booked(visits, *, reason: Visit.OwnReason, now: datetime.datetime) -> int:
    """Cancel whatever is booked among some visits; part of an action that says why."""
    return visits.booked().update(state=Visit.State.CANCELLED, state_at=now, reason=reason)


def end_care(patient) -> None:
    """Cancel what is booked for a person whose care ended; part of the action that says so."""
    reason = Visit.OwnReason.DIED if patient.died_on else Visit.OwnReason.CLOSED
    cancel_booked(Visit.objects.filter(pump__patient=patient), reason=reason, now=timezone.now())


@transaction.atomic
def mark_eri(*, actor, pump, eri_on, now=None):
    """Record the day the pump showed its elective replacement indicator; None takes it back."""
    pump = lock_pump(pump)
    if eri_on and eri_on > pump.clinic.today(now):
        refuse("eri_on", _("This date is in the future. Enter today or earlier."))
    if eri_on and pump.implanted_on and eri_on < pump.implanted_on:
        refuse("eri_on", _("This date is before the implant."))
    pump.eri_on = eri_on
    pump.save(update_fields=["eri_on"])
    log.record(actor=actor, action="pump.eri_marked", subject=pump)
    return pump
