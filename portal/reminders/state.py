"""Read, in a fixed number of queries, what the planner and the messages need to know of some pumps."""

import datetime
import logging
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q

from patients.models import ChannelConsent, ContactPoint
from portal.accounts.models import CLINICAL, Clinic, Membership
from portal.reminders import planning
from portal.reminders.models import Reminder
from pumps.models import Alarm, Cycle, Pump, Visit

# Long enough for the first rung before refill_by, and a day's difference of zones.
LOOK_AHEAD = datetime.timedelta(days=planning.RUNGS[0] + 3)
# How long a missed visit, or its booking, may still matter.
LOOK_BACK = datetime.timedelta(days=14)


logger = logging.getLogger(__name__)


@lru_cache(maxsize=1000)
def zone_of(name: str, otherwise: str = "UTC") -> zoneinfo.ZoneInfo:
    """Return a zone; one bad name in one record must not stop everybody's messages."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return zoneinfo.ZoneInfo(otherwise)


@dataclass(slots=True)
class Known:
    """One pump as the planner sees it, and the rows its messages are written from."""

    pump: Pump
    state: planning.PumpState
    cycle_id: int | None = None
    email: ContactPoint | None = None
    phone: ContactPoint | None = None
    visits: dict[int, Visit] = field(default_factory=dict)
    alarms: dict[int, Alarm] = field(default_factory=dict)

    @property
    def patient(self):
        return self.pump.patient

    @property
    def clinic(self) -> Clinic:
        return self.pump.clinic


def plan(one: Known, now: datetime.datetime) -> list[planning.Obligation] | None:
    """Return what is owed about a pump, or None, loudly, when its record cannot be planned for."""
    try:
        return planning.plan(one.state, now)
    except Exception:
        logger.exception("The reminders of pump %s cannot be planned.", one.pump.ref)
        return None


def pumps_to_plan(now: datetime.datetime) -> list[int]:
    """Return the pumps about which something may have to be said, or unsaid."""
    horizon = (now + LOOK_AHEAD).date()
    ids = set(Cycle.objects.open().filter(refill_by__lte=horizon).values_list("pump", flat=True))
    ids.update(Visit.objects.filter(relevant_visits(now)).values_list("pump", flat=True))
    ids.update(Alarm.objects.open().values_list("pump", flat=True))
    in_care = set(Pump.objects.in_care().values_list("pk", flat=True))
    waiting = Reminder.objects.waiting().exclude(pump=None).values_list("pump", flat=True)
    return sorted(ids & in_care | set(waiting))


def relevant_visits(now: datetime.datetime) -> Q:
    return Q(state=Visit.State.BOOKED) | Q(state=Visit.State.MISSED, starts_at__gt=now - LOOK_BACK)


def load(pump_ids: Iterable[int], now: datetime.datetime) -> dict[int, Known]:
    """Return these pumps by key. The number of queries does not depend on how many there are."""
    ids = list(pump_ids)
    pumps = list(Pump.objects.filter(pk__in=ids).select_related("patient"))
    clinics = Clinic.objects.in_bulk({pump.clinic_id for pump in pumps})
    for pump in pumps:
        pump.clinic = pump.patient.clinic = clinics[pump.clinic_id]
    people = [pump.patient_id for pump in pumps]
    rows = Rows(
        cycles=cycles_of(ids),
        visits=grouped(Visit.objects.filter(relevant_visits(now), pump__in=ids), "pump_id"),
        alarms=grouped(Alarm.objects.open().filter(pump__in=ids), "pump_id"),
        points=grouped(points_of(people), "patient_id"),
        consents=consents_of(people),
        staff=staff_of(clinics, now),
    )
    return {pump.pk: known(pump, rows, now) for pump in pumps}


@dataclass(slots=True)
class Rows:
    """The rows of one batch, by pump, patient or clinic."""

    cycles: dict
    visits: dict
    alarms: dict
    points: dict
    consents: dict
    staff: dict


class Dates(NamedTuple):
    """What the planner asks of a cycle."""

    pump_id: int
    pk: int
    filled_on: datetime.date
    refill_by: datetime.date | None


def cycles_of(ids) -> dict[int, Dates]:
    rows = Cycle.objects.open().filter(pump__in=ids).values_list("pump", "pk", "filled_on", "refill_by")
    return {row[0]: Dates(*row) for row in rows}


def points_of(people):
    """Return the addresses that messages may go to; phones only while texts are on."""
    kinds = [ContactPoint.Kind.EMAIL, *([ContactPoint.Kind.PHONE] if settings.SMS_BACKEND else [])]
    return ContactPoint.objects.filter(patient__in=people, ended_at=None, kind__in=kinds)


def grouped(queryset, name: str) -> dict[int, list]:
    found = defaultdict(list)
    for row in queryset:
        found[getattr(row, name)].append(row)
    return found


def consents_of(people) -> dict[tuple[int, str], bool]:
    rows = ChannelConsent.objects.filter(patient__in=people).values_list("patient", "channel", "is_granted")
    return {(patient, channel): granted for patient, channel, granted in rows}


def staff_of(clinics, now) -> dict[int, set[int]]:
    """Return the clinical staff in force today, by clinic."""
    found = defaultdict(set)
    rows = Membership.objects.in_force(now.date()).filter(clinic__in=list(clinics), role__in=CLINICAL)
    for clinic, user in rows.values_list("clinic", "user"):
        found[clinic].add(user)
    return found


def known(pump: Pump, rows: Rows, now: datetime.datetime) -> Known:
    patient, clinic = pump.patient, pump.clinic
    cycle = rows.cycles.get(pump.pk)
    points = rows.points.get(patient.pk, [])
    email = reachable(points, ContactPoint.Kind.EMAIL)
    phone = reachable(points, ContactPoint.Kind.PHONE)
    state = planning.PumpState(
        pump_id=pump.pk,
        zone=zone_of(patient.time_zone or clinic.time_zone, clinic.time_zone),
        clinic_zone=zone_of(clinic.time_zone),
        is_active=patient.is_active and pump.explanted_on is None,
        filled_on=cycle.filled_on if cycle else None,
        refill_by=cycle.refill_by if cycle else None,
        visits=tuple(visit_state(visit) for visit in rows.visits.get(pump.pk, [])),
        alarms=tuple(
            planning.AlarmState(alarm.pk, alarm.is_critical, alarm.recorded_at)
            for alarm in rows.alarms.get(pump.pk, [])
        ),
        channels=channels_of(patient, email, phone, rows.consents),
        unreachable="no_email" if email is None else "no_consent",
        staff=tuple(rows.staff.get(clinic.pk, ())),
        has_on_call=bool(clinic.on_call_email),
        at_any_hour=settings.DEMO and clinic.sends_at_any_hour,
    )
    return Known(
        pump=pump,
        state=state,
        cycle_id=cycle.pk if cycle else None,
        email=email,
        phone=phone,
        visits={visit.pk: visit for visit in rows.visits.get(pump.pk, [])},
        alarms={alarm.pk: alarm for alarm in rows.alarms.get(pump.pk, [])},
    )


def visit_state(visit: Visit) -> planning.VisitState:
    return planning.VisitState(
        id=visit.pk,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        booked_at=visit.booked_at,
        is_confirmed=visit.confirmed_at is not None,
        missed_at=visit.state_at if visit.state == Visit.State.MISSED else None,
    )


def reachable(points: list[ContactPoint], kind: str) -> ContactPoint | None:
    """Return the first address of a kind that is not known to be bad."""
    fit = [point for point in points if point.kind == kind and not point.is_bad]
    return min(fit, key=lambda point: (point.position, point.pk), default=None)


def channels_of(patient, email, phone, consents) -> tuple[str, ...]:
    """Return the channels a patient agreed to and has an address for."""
    found = []
    if email is not None and consents.get((patient.pk, "email")):
        found.append("email")
    if settings.SMS_BACKEND and phone is not None and consents.get((patient.pk, "sms")):
        found.append("sms")
    return tuple(found)
