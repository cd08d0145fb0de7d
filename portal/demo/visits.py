"""The visits of the demo: awaited, just ended, missed, and what became of older ones."""

import datetime

from portal.demo.cases import Case
from portal.demo.desk import Desk, days
from pumps import actions
from pumps.models import Cycle, Pump, Visit

# Of all visits ahead, the one just before its two hours are over, and the one just after.
ENDED_AGO = {"ended_119": 119, "ended_121": 121}
LENGTH = datetime.timedelta(minutes=60)


def add(case: Case, pump: Pump, cycle: Cycle, desk: Desk) -> Visit | None:
    """Add the visit that the case asks for."""
    if not case.visit:
        return None
    if case.visit in ENDED_AGO:
        return just_ended(case, pump, desk)
    if case.visit == "missed":
        return marked_missed(pump, desk)
    visit = awaited(case, pump, cycle, desk)
    if case.is_confirmed:
        actions.confirm_visit(actor=pump.patient.user or desk.nurse, visit=visit)
    return visit


def day_of(case: Case, cycle: Cycle, desk: Desk) -> datetime.date:
    """Return the day of an awaited visit."""
    if case.visit == "after":
        return desk.next_working_day(cycle.refill_by)
    if case.visit == "early":
        return desk.rolled_back(cycle.refill_by - days(5))
    if case.visit == "soon":
        day = desk.working_day(case.visit_days, "last")
        return min(max(day, desk.next_working_day(desk.today)), cycle.refill_by)
    return desk.rolled_back(cycle.refill_by + days(case.visit_days))


def awaited(case: Case, pump: Pump, cycle: Cycle, desk: Desk) -> Visit:
    """Book a visit some weeks ago, as the clinic does after a fill."""
    day = day_of(case, cycle, desk)
    booked_at = max(desk.at(cycle.filled_on, 16), desk.now - days(desk.chance.randrange(16, 30)))
    place = desk.place(day)
    if case.visit == "after":
        visit = desk.visit(pump, booked_at=booked_at, **place)
        visit.save()
        return visit
    return actions.book_visit(actor=desk.nurse, pump=pump, now=booked_at, **place)


def just_ended(case: Case, pump: Pump, desk: Desk) -> Visit:
    """Let a visit have ended by the clock, also at night and on a Sunday."""
    at = list(ENDED_AGO).index(case.visit)
    ends_at = desk.now - datetime.timedelta(minutes=ENDED_AGO[case.visit])
    visit = desk.visit(
        pump,
        nurse=desk.nurses[at % len(desk.nurses)],
        room=desk.rooms[at % len(desk.nurses)],
        starts_at=ends_at - LENGTH,
        ends_at=ends_at,
        booked_at=desk.now - days(20),
    )
    visit.save()
    return visit


def marked_missed(pump: Pump, desk: Desk) -> Visit:
    """Let a nurse have marked yesterday's visit as missed."""
    day = desk.working_day(-1, "last")
    visit = desk.visit(pump, booked_at=desk.now - days(20), **desk.place(day))
    visit.state, visit.state_at = Visit.State.MISSED, desk.at(day, 17, 30)
    visit.save()
    return visit


def add_old(pump: Pump, cycle: Cycle, desk: Desk) -> None:
    """Give some pumps a visit of the past that was cancelled, missed or moved before its fill."""
    drawn = desk.chance.random()
    if drawn > 0.3:
        return
    planned = desk.rolled_back(cycle.filled_on - days(desk.chance.randrange(2, 6)))
    visit = desk.visit(pump, booked_at=desk.at(planned, 9) - days(14), **desk.place(planned))
    visit.state_at = desk.at(planned, 12)
    if drawn < 0.1:
        visit.state, visit.reason = Visit.State.CANCELLED, "Patient had a cold."
    elif drawn < 0.2:
        visit.state = Visit.State.MISSED
    else:
        visit.state = Visit.State.MOVED
    visit.save()
    if visit.state == Visit.State.MOVED:
        Visit.objects.filter(pump=pump, cycle=cycle).update(moved_from=visit)
