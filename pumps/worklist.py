"""The work-list: every implanted pump of a living patient once, by band, earliest empty date and name.

One query gives the order and the bands of a clinic's pumps; a second reads the rows of one page. Both read open
cycles, booked visits and open alarms through partial indexes, so the past costs nothing.
"""

import datetime
import zoneinfo
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import TruncDate
from django.db.models.lookups import GreaterThan

from patients.models import ChannelConsent, Contact, ContactPoint
from portal.accounts.models import Clinic
from pumps.band_words import BAND_NAMES, BAND_RULES
from pumps.bands import DUE_WITHIN, Band
from pumps.models import Alarm, Pump, Visit

PAGE_SIZE = 50


@dataclass(frozen=True)
class Scope:
    """The clinics of one person's list, at one moment. Each clinic has its own today."""

    clinics: list[Clinic]
    now: datetime.datetime

    @property
    def missed_before(self) -> datetime.datetime:
        """Return the end of the latest visit that counts as missed by now."""
        return self.now - Visit.MISSED_AFTER

    def today(self, days: int = 0):
        """Return an expression: the civil day at the pump's clinic, some days on."""
        return self.by_clinic(
            lambda clinic: clinic.today(self.now) + datetime.timedelta(days=days),
            lambda day: Value(day, output_field=DateField()),
        )

    def day_of(self, moment):
        """Return an expression: the civil day of a moment at the pump's clinic."""
        return self.by_clinic(
            lambda clinic: clinic.time_zone,
            lambda name: TruncDate(moment, tzinfo=zoneinfo.ZoneInfo(name)),
        )

    def by_clinic(self, key, expression):
        """Return one expression, or a choice by clinic where the clinics differ."""
        keys: dict = {}
        for clinic in self.clinics:
            keys.setdefault(key(clinic), []).append(clinic.pk)
        if len(keys) == 1:
            return expression(next(iter(keys)))
        whens = [When(clinic__in=pks, then=expression(value)) for value, pks in keys.items()]
        return Case(*whens, output_field=DateField())


def pumps_of(scope: Scope) -> QuerySet:
    """Return the pumps in care, each joined with its open cycle and its booked visit."""
    places = [clinic.pk for clinic in scope.clinics]
    return (
        Pump.objects.in_care()
        .filter(clinic__in=places, patient__clinic__in=places)
        .annotate(
            # Each joins one row at most; naming the clinic lets the clinic-first indexes serve.
            cycle=FilteredRelation(
                "cycles",
                condition=Q(cycles__ended_on=None, cycles__superseded_at=None, cycles__clinic__in=places),
            ),
            booking=FilteredRelation(
                "visits", condition=Q(visits__state=Visit.State.BOOKED, visits__clinic__in=places)
            ),
        )
    )


def open_alarms(scope: Scope) -> QuerySet:
    return Alarm.objects.open().filter(
        clinic__in=[clinic.pk for clinic in scope.clinics], pump=OuterRef("pk")
    )


def last_missed() -> Subquery:
    """Return when the pump's last visit was if somebody marked it missed, else null."""
    visits = Visit.objects.filter(
        pump=OuterRef("pk"), state__in=[Visit.State.BOOKED, Visit.State.DONE, Visit.State.MISSED]
    ).order_by("-starts_at")
    return Subquery(
        visits.values_list(Case(When(state=Visit.State.MISSED, then=F("starts_at"))))[:1],
        output_field=DateTimeField(),
    )


def band_expression(scope: Scope) -> Case:
    """Return the rules of pumps/bands.py for the database, in the same order."""
    awaited = Q(booking__ends_at__gt=scope.missed_before)
    not_awaited = Q(booking__ends_at__isnull=True) | Q(booking__ends_at__lte=scope.missed_before)
    visit_on = scope.day_of("booking__starts_at")
    one_tone = open_alarms(scope).filter(tone=Alarm.Tone.ONE)
    later = Q(GreaterThan(visit_on, F("cycle__refill_by")))
    return Case(
        When(cycle__earliest_empty_on__lte=scope.today(), then=Band.ACT_NOW),
        When(Exists(open_alarms(scope).critical()), then=Band.ACT_NOW),
        # No open fill, stopped, or cannot be computed: there is no date.
        When(cycle__refill_by__isnull=True, then=Band.OVERDUE),
        When(cycle__refill_by__lt=scope.today(), then=Band.OVERDUE),
        When(
            Q(booking__ends_at__lte=scope.missed_before) & Q(GreaterThan(visit_on, F("cycle__filled_on"))),
            then=Band.OVERDUE,
        ),
        When(
            not_awaited & Q(GreaterThan(scope.day_of(last_missed()), F("cycle__filled_on"))),
            then=Band.OVERDUE,
        ),
        When(Exists(one_tone.filter(target_at__lt=scope.now)), then=Band.OVERDUE),
        When(
            Q(cycle__refill_by__lte=scope.today(DUE_WITHIN.days)) & (not_awaited | later),
            then=Band.NOT_BOOKED,
        ),
        When(eri_on__isnull=False, then=Band.FOLLOW_UP),
        When(Exists(one_tone), then=Band.FOLLOW_UP),
        When(cycle__filled_on=scope.today(), then=Band.DONE),
        When(awaited & ~later, then=Band.BOOKED),
        default=Value(Band.LATER),
        output_field=IntegerField(),
    )


def entries(scope: Scope) -> list[tuple[int, int]]:
    """Return (pump, band) of every pump in care, in the order of the list."""
    if not scope.clinics:
        return []
    return list(
        pumps_of(scope)
        .annotate(band=band_expression(scope))
        .order_by("band", F("cycle__earliest_empty_on").asc(nulls_last=True), "patient__sort_name", "pk")
        .values_list("pk", "band")
    )


def rows(scope: Scope, keys: Sequence[int]) -> list[Pump]:
    """Return the pumps of one page in the order of the keys, with all that a row shows."""
    alarms = open_alarms(scope)
    critical = alarms.critical().order_by("recorded_at")
    one_tone = alarms.filter(tone=Alarm.Tone.ONE).order_by("target_at")
    contacts = Contact.objects.standing().filter(patient=OuterRef("patient")).order_by("-at", "-pk")
    mail = ChannelConsent.objects.filter(
        patient=OuterRef("patient"), channel=ChannelConsent.Channel.EMAIL, is_granted=True
    )
    found = (
        pumps_of(scope)
        .filter(pk__in=keys)
        .select_related("patient", "cycle", "booking__nurse", "booking__room")
        .annotate(
            marked_missed_at=last_missed(),
            critical_ref=first(critical, "ref"),
            critical_tone=first(critical, "tone"),
            critical_at=first(critical, "recorded_at"),
            one_tone_ref=first(one_tone, "ref"),
            one_tone_at=first(one_tone, "recorded_at"),
            one_tone_target_at=first(one_tone, "target_at"),
            contact_ref=first(contacts, "ref"),
            contact_at=first(contacts, "at"),
            contact_outcome=first(contacts, "outcome"),
            contact_note=first(contacts, "note"),
            may_mail=Exists(mail),
        )
        .prefetch_related(current_points())
    )
    clinics = {clinic.pk: clinic for clinic in scope.clinics}
    by_key = {}
    for pump in found:
        pump.clinic = pump.patient.clinic = clinics[pump.clinic_id]
        by_key[pump.pk] = pump
    return [by_key[key] for key in keys if key in by_key]


def first(queryset: QuerySet, name: str) -> Subquery:
    return Subquery(queryset.values(name)[:1])


def current_points() -> Prefetch:
    points = ContactPoint.objects.filter(ended_at=None)
    return Prefetch("patient__contact_points", queryset=points, to_attr="current_points")


@dataclass(frozen=True)
class BandCount:
    """How many pumps stand in a band, and the page on which the band begins."""

    band: Band
    count: int
    page: int

    @property
    def icon(self) -> str:
        return f"band{self.band.value}"

    @property
    def name(self):
        return BAND_NAMES[self.band]

    @property
    def rule(self):
        return BAND_RULES[self.band]


def counts(bands: Iterable[int]) -> list[BandCount]:
    """Return every band with its count, also when it is empty."""
    found = Counter(bands)
    result, before = [], 0
    for band in Band:
        result.append(BandCount(band, found[band], before // PAGE_SIZE + 1))
        before += found[band]
    return result
