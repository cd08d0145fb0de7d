"""What a fill means for the pump's visits: the one it was made at is done, and none after it was missed.

Nothing else decides this: the work-list, the bands and the reminders read the states that are stored here.
"""

import datetime

from django.db.models import Q

from pumps.models import Cycle, Visit

State = Visit.State


def start_of(day: datetime.date, cycle: Cycle) -> datetime.datetime:
    """Return when a civil day begins at the clinic."""
    return datetime.datetime.combine(day, datetime.time(), cycle.clinic.zone)


def settle(cycle: Cycle, *, until: datetime.datetime, now: datetime.datetime) -> None:
    """Settle the visits a fill answers: on its day, and those after it that began by `until`.

    A fill is often written down later. Whoever was filled on Monday did not miss Wednesday's visit, even if
    somebody had said so meanwhile.
    """
    ends = start_of(cycle.filled_on + datetime.timedelta(days=1), cycle)
    finish(cycle, ends, now)
    cycle.pump.visits.filter(
        state__in=[State.BOOKED, State.MISSED], starts_at__gte=ends, starts_at__lte=until
    ).update(state=State.CANCELLED, state_at=now, reason=Visit.OwnReason.FILLED)


def finish(cycle: Cycle, ends: datetime.datetime, now: datetime.datetime) -> None:
    """Mark one visit done: the one still booked by the end of that day, else the last missed on that very day."""
    if Visit.objects.filter(cycle=cycle).exists():
        return
    that_day = Q(state=State.MISSED, starts_at__gte=start_of(cycle.filled_on, cycle))
    visits = cycle.pump.visits.filter(Q(state=State.BOOKED) | that_day, starts_at__lt=ends)
    visit = visits.order_by("-starts_at").first()
    if visit:
        visit.state, visit.state_at, visit.cycle = State.DONE, now, cycle
        visit.save(update_fields=["state", "state_at", "cycle"])
