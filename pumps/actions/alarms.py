"""Record an alarm that somebody heard, and close it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit import log
from portal.refusal import refuse, refusing
from portal.shown import short
from portal.wakeups import wake_engine
from pumps.actions.locks import lock_pump
from pumps.alarm_target import one_tone_target
from pumps.models import Alarm, Pump


def _same_press(pump: Pump, key) -> Alarm | None:
    first = Alarm.objects.filter(key=key).first() if key else None
    if first and first.pump_id != pump.pk:
        refuse(None, _("This form was already used for another alarm. Open it again and enter the alarm."))
    return first


def _check_alarm(alarm: Alarm, now) -> None:
    if alarm.heard_at > now:
        refuse("heard_at", _("The alarm cannot have been heard in the future. Enter a time up to now."))
    if alarm.pump.explanted_on:
        refuse(None, _("This pump was explanted on %(day)s.") % {"day": short(alarm.pump.explanted_on)})
    heard_on = alarm.heard_at.astimezone(alarm.clinic.zone).date()
    if alarm.pump.implanted_on and heard_on < alarm.pump.implanted_on:
        refuse("heard_at", _("The alarm cannot have been heard before the implant."))
    with refusing():
        alarm.clean_fields(exclude=["clinic", "pump", "recorded_by", "target_at", "closed_by"])


@transaction.atomic
def record_alarm(
    *, actor, pump, tone, heard_by, heard_at, kind=Alarm.Kind.UNKNOWN, note="", key=None, now=None
):
    """Record an alarm as told, with the time by which the clinic answers it."""
    now = now or timezone.now()
    pump = lock_pump(pump)
    if first := _same_press(pump, key):
        return first
    alarm = Alarm(
        clinic=pump.clinic,
        pump=pump,
        tone=tone,
        kind=kind or Alarm.Kind.UNKNOWN,
        heard_by=heard_by,
        heard_at=heard_at,
        note=note.strip(),
        recorded_by=actor,
        recorded_at=now,
        key=key,
        target_at=now,
    )
    _check_alarm(alarm, now)
    if not alarm.is_critical:
        alarm.target_at = one_tone_target(now, pump.clinic.zone, pump.clinic.closure_days())
    alarm.save()
    log.record(actor=actor, action="alarm.recorded", subject=alarm, detail={"tone": str(tone)})
    wake_engine()
    return alarm


def _check_closing(alarm: Alarm) -> None:
    missing = {
        "cause": _("Enter the cause."),
        "outcome": _("Choose the outcome."),
        "told": _("Enter who was told."),
    }
    for name, sentence in missing.items():
        if not getattr(alarm, name):
            refuse(name, sentence)
    with refusing():
        alarm.clean_fields(exclude={field.name for field in alarm._meta.fields} - set(missing))


@transaction.atomic
def close_alarm(*, actor, alarm, cause, outcome, told, now=None):
    """Close an alarm with its cause, what was done and who was told."""
    alarm = (
        Alarm.objects.select_for_update(of=("self",)).select_related("pump__patient__clinic").get(pk=alarm.pk)
    )
    if alarm.closed_at:
        refuse(None, _("This alarm is already closed."))
    alarm.cause, alarm.outcome, alarm.told = cause.strip(), outcome, told.strip()
    _check_closing(alarm)
    alarm.closed_at, alarm.closed_by = now or timezone.now(), actor
    alarm.save(update_fields=["cause", "outcome", "told", "closed_at", "closed_by"])
    log.record(actor=actor, action="alarm.closed", subject=alarm, detail={"outcome": str(outcome)})
    wake_engine()
    return alarm
