"""What has to be said to whom and when: a pure function of one pump's state. Standard library only.

The engine asks this twice: to plan the ledger, and once more just before each message leaves.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

# Routine messages leave in these hours of the patient's own day.
OPENS, CLOSES = time(9), time(19)
RUNGS = (14, 7, 3, 1)
# Only if the visit is not confirmed yet.
UNCONFIRMED_ONLY = 3
# Days after refill_by: every third day for four weeks, then weekly for half a year. With the rungs at 3 days and
# 1 day before, no seven days hold more than three messages.
OVERDUE_RUNGS = (*range(1, 29, 3), *range(35, 183, 7))
PLAN_AHEAD = timedelta(days=2)
MISSED_AFTER = timedelta(hours=2)
MISSED_VALID = timedelta(days=3)
LAST_OVERDUE_VALID = timedelta(days=7)


class Kind(StrEnum):
    VISIT = "visit"
    UNBOOKED = "unbooked"
    OVERDUE = "overdue"
    MISSED = "missed"
    ALARM = "alarm"
    ALARM_CRITICAL = "alarm_critical"


class Audience(StrEnum):
    PATIENT = "patient"
    STAFF = "staff"
    ON_CALL = "on_call"


ALARMS = (Kind.ALARM, Kind.ALARM_CRITICAL)
# On one day, the first of these is said.
PRIORITY = (Kind.MISSED, Kind.VISIT, Kind.OVERDUE, Kind.UNBOOKED)


@dataclass(frozen=True, slots=True)
class VisitState:
    """A visit that is booked or was missed."""

    id: int
    starts_at: datetime
    ends_at: datetime
    booked_at: datetime
    is_confirmed: bool = False
    missed_at: datetime | None = None

    def counts_as_missed(self, now: datetime) -> bool:
        return self.missed_at is not None or now >= self.ends_at + MISSED_AFTER

    def missed_from(self) -> datetime:
        """Return the moment from which this visit counts as missed."""
        by_itself = self.ends_at + MISSED_AFTER
        return by_itself if self.missed_at is None else min(by_itself, self.missed_at)


@dataclass(frozen=True, slots=True)
class AlarmState:
    """An open alarm."""

    id: int
    is_critical: bool
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class PumpState:
    """What is true of one pump now, as far as messages go."""

    pump_id: int
    zone: ZoneInfo
    clinic_zone: ZoneInfo
    is_active: bool = True
    filled_on: date | None = None
    refill_by: date | None = None
    visits: tuple[VisitState, ...] = ()
    alarms: tuple[AlarmState, ...] = ()
    # How the patient may be reached; when empty, why not.
    channels: tuple[str, ...] = ("email",)
    unreachable: str = "no_email"
    staff: tuple[int, ...] = ()
    has_on_call: bool = False
    # The demo: quiet hours do not hold.
    at_any_hour: bool = False


@dataclass(frozen=True, slots=True)
class Obligation:
    """One message that somebody is owed; `skip` says why it is not to be sent after all."""

    key: str
    kind: Kind
    audience: Audience
    due_at: datetime
    valid_until: datetime | None = None
    rung: int = 0
    channel: str = "email"
    user_id: int | None = None
    visit_id: int | None = None
    alarm_id: int | None = None
    skip: str = ""


def at_nine(day: date, zone: ZoneInfo) -> datetime:
    """Return nine o'clock of a civil day in a zone, in UTC: an hour by the wall, whatever the season."""
    return datetime.combine(day, OPENS, zone).astimezone(UTC)


def is_quiet(now: datetime, zone: ZoneInfo) -> bool:
    return not OPENS <= now.astimezone(zone).time() < CLOSES


def next_allowed(moment: datetime, state: PumpState) -> datetime:
    """Return the moment itself, or the end of the quiet hours it falls into."""
    if state.at_any_hour or not is_quiet(moment, state.zone):
        return moment
    local = moment.astimezone(state.zone)
    return at_nine(local.date() + timedelta(days=local.time() >= CLOSES), state.zone)


def plan(state: PumpState, now: datetime) -> list[Obligation]:
    """Return every message owed about this pump: what is due, what comes, and what is skipped and why."""
    if not state.is_active:
        return []
    routine = newest_only(one_a_day(list(routine_for(state, now)), state), now)
    return [found for made in (*alarms_for(state), *routine) for found in by_channel(made, state)]


def routine_for(state: PumpState, now: datetime) -> Iterator[Obligation]:
    yield from visit_rungs(state, now)
    yield from missed(state, now)
    if state.refill_by and not booked_in_time(state, now):
        yield from unbooked_rungs(state, state.refill_by, now)
        yield from overdue_rungs(state, state.refill_by, now)


def visit_day(visit: VisitState, state: PumpState) -> date:
    return visit.starts_at.astimezone(state.clinic_zone).date()


def booked_in_time(state: PumpState, now: datetime) -> bool:
    """Return whether a visit is awaited on or before refill_by; a later one counts as none."""
    return state.refill_by is not None and any(
        not visit.counts_as_missed(now) and visit_day(visit, state) <= state.refill_by
        for visit in state.visits
    )


def has_late_visit(state: PumpState, now: datetime) -> bool:
    """Return whether a visit is awaited that does not count: it is after refill_by."""
    awaited = any(not visit.counts_as_missed(now) for visit in state.visits)
    return awaited and not booked_in_time(state, now)


def visit_rungs(state: PumpState, now: datetime) -> Iterator[Obligation]:
    for visit in state.visits:
        if visit.missed_at is None and visit.starts_at > now:
            yield from rungs_of_visit(visit, state)


def rungs_of_visit(visit: VisitState, state: PumpState) -> Iterator[Obligation]:
    # The patient's own day, which far from the clinic may be another one.
    day = visit.starts_at.astimezone(state.zone).date()
    dues = [at_nine(day - timedelta(days=rung), state.zone) for rung in RUNGS]
    for rung, due_at, until in zip(RUNGS, dues, [*dues[1:], visit.starts_at], strict=True):
        yield Obligation(
            key=f"visit:{visit.id}:{rung}",
            kind=Kind.VISIT,
            audience=Audience.PATIENT,
            due_at=due_at,
            valid_until=until,
            rung=rung,
            visit_id=visit.id,
            skip=skipped_rung(visit, rung, due_at, state),
        )


def skipped_rung(visit: VisitState, rung: int, due_at: datetime, state: PumpState) -> str:
    """Return why a rung of a booked visit is not said, or an empty text."""
    if is_past_when_booked(visit, due_at, state):
        return "booked_late"
    return "confirmed" if rung == UNCONFIRMED_ONLY and visit.is_confirmed else ""


def is_past_when_booked(visit: VisitState, due_at: datetime, state: PumpState) -> bool:
    if state.at_any_hour:  # The demo shows a rung of the very day a visit is booked on.
        return due_at.astimezone(state.zone).date() < visit.booked_at.astimezone(state.zone).date()
    return due_at <= visit.booked_at


def unbooked_rungs(state: PumpState, refill_by: date, now: datetime) -> Iterator[Obligation]:
    """Yield “please call this week to book”, at the same days before refill_by."""
    days = [refill_by - timedelta(days=rung) for rung in RUNGS]
    dues = [at_nine(day, state.zone) for day in (*days, refill_by + timedelta(days=1))]
    if dues[0] > now + PLAN_AHEAD:
        return
    for rung, day, due_at, until in zip(RUNGS, days, dues[:-1], dues[1:], strict=True):
        yield Obligation(
            key=refill_key(state, rung),
            kind=Kind.UNBOOKED,
            audience=Audience.PATIENT,
            due_at=due_at,
            valid_until=until,
            rung=rung,
            skip="before_fill" if state.filled_on and day <= state.filled_on else "",
        )


def overdue_rungs(state: PumpState, refill_by: date, now: datetime) -> Iterator[Obligation]:
    """Yield “please call today, do not wait”: the newest that is due and the next one, never the whole ladder."""
    dues = [at_nine(refill_by + timedelta(days=rung), state.zone) for rung in OVERDUE_RUNGS]
    untils = [*dues[1:], dues[-1] + LAST_OVERDUE_VALID]
    for rung, due_at, until in zip(OVERDUE_RUNGS, dues, untils, strict=True):
        if due_at <= now + PLAN_AHEAD and now < until:
            yield Obligation(
                key=refill_key(state, -rung),
                kind=Kind.OVERDUE,
                audience=Audience.PATIENT,
                due_at=due_at,
                valid_until=until,
                rung=-rung,
            )


def refill_key(state: PumpState, rung: int) -> str:
    """Return a key that a new refill_by changes, so that its ladder starts anew."""
    return f"refill:{state.pump_id}:{state.refill_by}:{rung}"


def missed(state: PumpState, now: datetime) -> Iterator[Obligation]:
    """Yield “we did not see you” for the last visit missed in this cycle, until another one is awaited."""
    gone = [visit for visit in state.visits if visit.counts_as_missed(now) and is_of_cycle(visit, state)]
    if not gone or any(not visit.counts_as_missed(now) for visit in state.visits):
        return
    visit = max(gone, key=lambda visit: (visit.starts_at, visit.id))
    due_at = next_allowed(visit.missed_from(), state)
    yield Obligation(
        key=f"missed:{visit.id}",
        kind=Kind.MISSED,
        audience=Audience.PATIENT,
        due_at=due_at,
        valid_until=due_at + MISSED_VALID,
        visit_id=visit.id,
    )


def is_of_cycle(visit: VisitState, state: PumpState) -> bool:
    return state.filled_on is None or visit_day(visit, state) > state.filled_on


def one_a_day(made: list[Obligation], state: PumpState) -> list[Obligation]:
    """Leave one message for each of the patient's days, and no “call to book” on the day of a visit."""
    visit_days = {visit_day(visit, state) for visit in state.visits}
    best: dict[date, Obligation] = {}
    for found in made:
        if not found.skip:
            day = found.due_at.astimezone(state.zone).date()
            best[day] = min(best.get(day, found), found, key=rank)
    return [keep_or_skip(found, best, visit_days, state.zone) for found in made]


def keep_or_skip(
    found: Obligation, best: dict[date, Obligation], visit_days: set[date], zone: ZoneInfo
) -> Obligation:
    day = found.due_at.astimezone(zone).date()
    if found.skip:
        return found
    if found.kind in (Kind.UNBOOKED, Kind.OVERDUE) and day in visit_days:
        return replace(found, skip="visit_that_day")
    return found if best[day] == found else replace(found, skip="one_a_day")


def rank(found: Obligation) -> tuple[int, datetime, str]:
    return PRIORITY.index(found.kind), found.due_at, found.key


def newest_only(made: list[Obligation], now: datetime) -> list[Obligation]:
    """After an outage only the newest message that still holds is said; the older ones say why not."""
    due = [found for found in made if not found.skip and found.due_at <= now]
    valid = [found for found in due if found.valid_until is None or now < found.valid_until]
    newest = max(valid, key=lambda found: (found.due_at, found.key), default=None)
    reasons = {found.key: "newer" if found in valid else "expired" for found in due if found != newest}
    return [replace(found, skip=reasons[found.key]) if found.key in reasons else found for found in made]


def alarms_for(state: PumpState) -> Iterator[Obligation]:
    """Yield, for each open alarm, a message to all clinical staff, the on-call contact and the patient."""
    for alarm in state.alarms:
        kind = Kind.ALARM_CRITICAL if alarm.is_critical else Kind.ALARM
        base = Obligation(f"alarm:{alarm.id}", kind, Audience.STAFF, alarm.recorded_at, alarm_id=alarm.id)
        for user_id in sorted(state.staff):
            yield replace(base, key=f"{base.key}:staff:{user_id}", user_id=user_id)
        if alarm.is_critical and state.has_on_call:
            yield replace(base, key=f"{base.key}:on_call", audience=Audience.ON_CALL)
        yield replace(base, key=f"{base.key}:patient", audience=Audience.PATIENT)


def by_channel(made: Obligation, state: PumpState) -> Iterable[Obligation]:
    """Return one obligation for each channel; to a patient whom none reaches, one that says so."""
    if made.audience != Audience.PATIENT:
        return [replace(made, key=f"{made.key}:email")]
    if not state.channels:
        return [replace(made, key=f"{made.key}:email", skip=made.skip or state.unreachable)]
    return [replace(made, key=f"{made.key}:{channel}", channel=channel) for channel in state.channels]
