"""The alarms of the demo: open ones on both sides of their target time, and closed ones."""

import datetime

from portal.demo.desk import Desk, days
from pumps import actions
from pumps.alarm_target import one_tone_target
from pumps.models import Alarm, Cycle, Pump

HOUR = datetime.timedelta(hours=1)
FURTHEST_HOURS = 24 * 14


def add(kind: str, pump: Pump, desk: Desk) -> Alarm:
    """Record the open alarm that a case asks for."""
    tone = {"two": Alarm.Tone.TWO, "unsure": Alarm.Tone.UNSURE}.get(kind, Alarm.Tone.ONE)
    told_at = desk.now - datetime.timedelta(minutes=25)
    if tone == Alarm.Tone.ONE:
        told_at = told_before_target(desk) if kind == "one_before" else told_past_target(desk)
    return actions.record_alarm(
        actor=desk.nurse,
        pump=pump,
        tone=tone,
        kind=Alarm.Kind.UNKNOWN,
        heard_by=Alarm.HeardBy.PATIENT,
        heard_at=told_at - HOUR,
        note="Heard it in the kitchen, then again.",
        now=told_at,
    )


def target(moment: datetime.datetime, desk: Desk) -> datetime.datetime:
    return one_tone_target(moment, desk.clinic.zone, desk.closures)


def told_past_target(desk: Desk) -> datetime.datetime:
    """Return the last full hour back at which an alarm told then is late by now."""
    moments = (desk.now - hours * HOUR for hours in range(1, FURTHEST_HOURS))
    return next(moment for moment in moments if target(moment, desk) < desk.now)


def told_before_target(desk: Desk) -> datetime.datetime:
    """Return a moment shortly ago at which an alarm told then is not late yet, nor within the next hour."""
    moments = (desk.now - datetime.timedelta(minutes=minutes) for minutes in (45, 15, 5, 0))
    open_ones = [moment for moment in moments if target(moment, desk) > desk.now + HOUR]
    return open_ones[0] if open_ones else desk.now


def add_closed(pump: Pump, cycle: Cycle, desk: Desk) -> None:
    """Give some pumps a one-tone alarm of the past that ended with a fill."""
    if desk.chance.random() > 0.15:
        return
    told_at = desk.at(cycle.filled_on - days(1), 11)
    alarm = actions.record_alarm(
        actor=desk.nurse,
        pump=pump,
        tone=Alarm.Tone.ONE,
        kind=Alarm.Kind.LOW_RESERVOIR,
        heard_by=Alarm.HeardBy.CAREGIVER,
        heard_at=told_at - 3 * HOUR,
        now=told_at,
    )
    actions.close_alarm(
        actor=desk.nurse,
        alarm=alarm,
        cause="Low reservoir, as forecast",
        outcome=Alarm.Outcome.REFILLED,
        told="Patient and Dr. Osei" if desk.clinic.name.startswith("Oak") else "Patient and Dr. Haddad",
        now=desk.at(cycle.filled_on, 16),
    )
