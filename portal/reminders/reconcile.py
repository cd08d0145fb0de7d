"""Bring the ledger in line with what is owed: insert what is missing, drop what no longer holds."""

import datetime
from collections import defaultdict
from collections.abc import Iterator

from django.db import transaction

from portal.reminders import planning, state
from portal.reminders.models import Reminder, ReminderEvent

BATCH = 500
# Said by the planner, which may take them back; a cap reached at sending is final.
PLANNED_REASONS = {
    "",
    "booked_late",
    "confirmed",
    "before_fill",
    "visit_that_day",
    "one_a_day",
    "newer",
    "no_email",
    "no_consent",
    "not_owed",
}
SEVERITY = {
    planning.Kind.ALARM_CRITICAL: 3,
    planning.Kind.ALARM: 2,
    planning.Kind.MISSED: 1,
    planning.Kind.OVERDUE: 1,
}


def reconcile(now: datetime.datetime) -> int:
    """Plan for every pump, in batches; return how many rows changed. A second run changes none."""
    changed = 0
    for ids in chunks(state.pumps_to_plan(now), BATCH):
        changed += reconcile_pumps(ids, now)
    return changed


def chunks(ids: list[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def reconcile_pumps(ids, now: datetime.datetime) -> int:
    """Reconcile one batch, in a fixed number of queries."""
    known = state.load(ids, now)
    plans = [(one, made) for one in known.values() if (made := state.plan(one, now)) is not None]
    owed = {each.key: (each, one) for one, made in plans for each in made}
    rows = {row.key: row for row in Reminder.objects.filter(key__in=list(owed))}
    planned = [one.pump.pk for one, _ in plans]
    stale = [row for row in Reminder.objects.waiting().filter(pump__in=planned) if row.key not in owed]
    new = [row_for(made, one, now) for key, (made, one) in owed.items() if key not in rows]
    moves = [*moves_of(owed, rows), *((row, Reminder.State.SUPERSEDED, "not_owed", {}) for row in stale)]
    if not new and not moves:
        return 0
    with transaction.atomic():
        return insert(new, now) + sum(apply(moves, now))


def row_for(made: planning.Obligation, one: state.Known, now: datetime.datetime) -> Reminder:
    return Reminder(
        clinic_id=one.pump.clinic_id,
        patient_id=one.pump.patient_id,
        pump_id=one.pump.pk,
        cycle_id=one.cycle_id,
        visit_id=made.visit_id,
        alarm_id=made.alarm_id,
        user_id=made.user_id,
        kind=made.kind.value,
        audience=made.audience.value,
        channel=made.channel,
        rung=made.rung,
        severity=SEVERITY.get(made.kind, 0),
        key=made.key,
        due_at=made.due_at,
        valid_until=made.valid_until,
        state=Reminder.State.SKIPPED if made.skip else Reminder.State.PLANNED,
        reason=made.skip,
        next_attempt_at=None if made.skip else made.due_at,
        created_at=now,
    )


def moves_of(owed, rows):
    """Yield (row, new state, reason, other fields) for rows that no longer say what the plan says."""
    for key, row in rows.items():
        made, _ = owed[key]
        if row.state in Reminder.WAITING:
            if made.skip:
                yield row, Reminder.State.SUPERSEDED, made.skip, {}
            elif (row.due_at, row.valid_until) != (made.due_at, made.valid_until):
                yield row, row.state, "moved", moment_fields(made)
        elif row.state in Reminder.DROPPED and not made.skip and row.reason in PLANNED_REASONS:
            yield row, Reminder.State.PLANNED, "owed_again", moment_fields(made)


def moment_fields(made: planning.Obligation) -> dict:
    return {"due_at": made.due_at, "valid_until": made.valid_until, "next_attempt_at": made.due_at}


def insert(new: list[Reminder], now: datetime.datetime) -> int:
    """Insert planned rows; whatever another sweep inserted first stays as it is."""
    if not new:
        return 0
    Reminder.objects.bulk_create(new, ignore_conflicts=True, batch_size=BATCH)
    by_ref = {row.ref: row for row in new}
    stored = Reminder.objects.filter(ref__in=list(by_ref)).values_list("pk", "ref")
    events = [
        ReminderEvent(reminder_id=pk, at=now, to_state=by_ref[ref].state, reason=by_ref[ref].reason)
        for pk, ref in stored
    ]
    ReminderEvent.objects.bulk_create(events, batch_size=BATCH)
    return len(events)


def apply(moves, now: datetime.datetime) -> Iterator[int]:
    """Make the moves, one statement for each kind of move; a row that changed meanwhile stays."""
    groups = defaultdict(list)
    for row, to_state, reason, fields in moves:
        groups[row.state, to_state, reason, tuple(sorted(fields.items(), key=lambda item: item[0]))].append(
            row
        )
    for (from_state, to_state, reason, fields), rows in groups.items():
        same = Reminder.objects.filter(pk__in=[row.pk for row in rows], state=from_state)
        kept = "" if to_state in Reminder.WAITING else reason
        done = list(same.select_for_update().values_list("pk", "generation"))
        Reminder.objects.filter(pk__in=[pk for pk, _ in done]).update(
            state=to_state, reason=kept, **({"next_attempt_at": None} | dict(fields))
        )
        ReminderEvent.objects.bulk_create(
            ReminderEvent(
                reminder_id=pk,
                at=now,
                from_state=from_state,
                to_state=to_state,
                generation=generation,
                reason=reason,
            )
            for pk, generation in done
        )
        yield len(done)
