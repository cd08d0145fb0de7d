"""One row of the work-list: what a pump's state means today, in words, and the one thing to do next."""

import datetime
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from patients.models import Contact, ContactPoint
from portal.dates import day_in
from pumps import bands
from pumps.bands import Band, Reason
from pumps.models import Alarm, Pump, Visit
from pumps.wording import cannot_compute
from pumps.worklist import BandCount


@dataclass(frozen=True)
class Action:
    """The one thing to do next. Filled (primary) only while someone must act."""

    label: str
    url: str
    is_primary: bool = True


@dataclass
class Row:
    """A pump of the page, with the values `pumps.worklist.rows` read for it."""

    pump: Pump
    band: Band
    now: datetime.datetime
    page: int = 1
    reasons: list[Reason] = field(init=False)

    def __post_init__(self):
        self.patient, self.clinic = self.pump.patient, self.pump.clinic
        # Django sets what it joined only where there was a row.
        self.cycle, booking = getattr(self.pump, "cycle", None), getattr(self.pump, "booking", None)
        self.zone = self.clinic.zone
        self.today = day_in(self.zone, self.now)
        has_lapsed = booking is not None and booking.counts_as_missed(self.now)
        self.visit: Visit | None = None if has_lapsed else booking
        self.visit_on = self.day(self.visit.starts_at) if self.visit else None
        passed = [booking.starts_at if has_lapsed else None, self.pump.marked_missed_at]
        self.missed_on = self.day(max(filter(None, passed), default=None))
        self.standing = self.read_standing()
        self.reasons = bands.reasons(self.standing, self.today, self.now)

    def day(self, moment: datetime.datetime | None) -> datetime.date | None:
        return day_in(self.zone, moment) if moment else None

    def read_standing(self) -> bands.Standing:
        cycle = self.cycle
        return bands.Standing(
            has_fill=cycle is not None,
            is_stopped=bool(cycle and cycle.is_stopped),
            filled_on=cycle and cycle.filled_on,
            refill_by=cycle and cycle.refill_by,
            earliest_empty_on=cycle and cycle.earliest_empty_on,
            eri_on=self.pump.eri_on,
            visit_on=self.visit_on,
            missed_on=self.missed_on,
            has_critical_alarm=self.pump.critical_ref is not None,
            one_tone_target_at=self.pump.one_tone_target_at,
        )

    @property
    def key(self) -> str:
        return f"row-{self.pump.ref}"

    # Refill by and earliest empty.

    @property
    def no_date(self) -> str:
        """Return why there is no refill-by date, or nothing."""
        if self.cycle is None:
            return _("No fill recorded")
        if self.cycle.is_stopped:
            return _("Pump stopped")
        if self.cycle.refill_by is None:
            return _("Cannot be computed: %(why)s") % {"why": cannot_compute(self.cycle.cannot_compute)}
        return ""

    @property
    def is_unreadable(self) -> bool:
        """Return whether a fill is recorded from which no date can be worked out: then the record is wrong."""
        return bool(self.cycle and not self.cycle.is_stopped and self.cycle.refill_by is None)

    @property
    def is_overdue(self) -> bool:
        return Reason.OVERDUE in self.reasons

    @property
    def is_due_since_fill(self) -> bool:
        """Return whether the refill was due by the very day of the fill: then “due now”, not a count of days."""
        return bool(self.cycle and self.cycle.refill_by and self.cycle.refill_by <= self.cycle.filled_on)

    @property
    def may_be_empty(self) -> bool:
        return Reason.MAY_BE_EMPTY in self.reasons

    # Next visit.

    @property
    def is_visit_today(self) -> bool:
        return self.visit_on == self.today

    @property
    def is_visit_late(self) -> bool:
        """Return whether the awaited visit is after the refill-by date, which leaves the pump unbooked."""
        return self.visit_on is not None and not self.standing.is_booked_in_time and not self.no_date

    @property
    def wants_change(self) -> bool:
        """Return whether the patient asked for another time, until the visit itself begins."""
        return bool(self.visit and self.visit.change_asked_at and self.now < self.visit.starts_at)

    @property
    def is_missed(self) -> bool:
        return Reason.MISSED in self.reasons

    @property
    def is_done(self) -> bool:
        return Reason.DONE in self.reasons

    # Contact.

    @property
    def phones(self) -> list[ContactPoint]:
        return [point for point in self.points("phone") if not point.is_bad]

    @property
    def bad_phones(self) -> list[ContactPoint]:
        return [point for point in self.points("phone") if point.is_bad]

    def points(self, kind: str) -> list[ContactPoint]:
        return [point for point in self.patient.current_points if point.kind == kind]

    @property
    def contact_method(self) -> str:
        """Return how the portal may write to this person, or that somebody must call."""
        emails = self.points("email")
        if not emails:
            return _("No e-mail, phone only")
        if all(point.is_bad for point in emails):
            return _("E-mail does not arrive, phone only")
        return _("E-mail") if self.pump.may_mail else _("No e-mail consent, phone only")

    @property
    def contact_on(self) -> datetime.date | None:
        return self.day(self.pump.contact_at)

    @property
    def contact_words(self) -> str:
        return str(Contact.Outcome(self.pump.contact_outcome).label)

    @property
    def can_undo_contact(self) -> bool:
        return self.pump.contact_at is not None and self.now - self.pump.contact_at <= Contact.UNDO

    # Alarms.

    @property
    def critical_words(self) -> str:
        if self.pump.critical_tone == Alarm.Tone.UNSURE:
            return _("Alarm, tone not sure")
        return _("Two-tone alarm")

    @property
    def critical_on(self) -> datetime.date | None:
        return self.day(self.pump.critical_at)

    @property
    def one_tone_on(self) -> datetime.date | None:
        return self.day(self.pump.one_tone_at)

    @property
    def one_tone_target_on(self) -> datetime.date | None:
        return self.day(self.pump.one_tone_target_at)

    @property
    def is_one_tone_late(self) -> bool:
        return Reason.ONE_TONE_LATE in self.reasons

    # What to do.

    @property
    def contact_url(self) -> str:
        path = reverse("patients:contact", args=[self.patient.ref])
        return f"{path}?row={self.pump.ref}&page={self.page}"

    @property
    def action(self) -> Action:
        """Return the gravest thing that is still to do; an alarm before anything else."""
        alarm = self.pump.critical_ref or self.pump.one_tone_ref
        if alarm:
            return Action(_("Open the alarm"), reverse("pumps:close_alarm", args=[alarm]))
        if self.is_visit_today and not self.wants_change:
            return Action(_("Start refill"), self.pump_url("fill"))
        if self.is_unreadable:
            return Action(_("Amend the fill"), reverse("pumps:amend", args=[self.cycle.ref]))
        if self.no_date and not self.visit:
            return Action(_("Record a fill"), self.pump_url("fill"))
        if self.may_be_empty:
            return Action(_("Call now"), self.contact_url)
        if self.wants_change or self.is_visit_late:
            must_act = self.wants_change or self.band <= Band.NOT_BOOKED
            return Action(_("Move the visit"), reverse("pumps:move", args=[self.visit.ref]), must_act)
        if not self.visit and self.band in (Band.OVERDUE, Band.NOT_BOOKED):
            return Action(_("Book visit"), self.pump_url("book"))
        if not self.visit and self.band == Band.LATER:
            return Action(_("Book visit"), self.pump_url("book"), is_primary=False)
        return Action(_("Open"), self.pump_url("pump"), is_primary=False)

    def pump_url(self, name: str) -> str:
        return reverse(f"pumps:{name}", args=[self.pump.ref])


@dataclass(frozen=True)
class Group:
    """The rows of one band that stand on this page."""

    whole: BandCount
    rows: list[Row]
    is_continued: bool

    @property
    def band(self) -> Band:
        return self.whole.band
