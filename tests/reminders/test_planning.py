"""The planner, as tables worked by hand and as rules that hold for every state."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from unittest import TestCase
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from portal.reminders.planning import (
    OVERDUE_RUNGS,
    RUNGS,
    AlarmState,
    Audience,
    Kind,
    PumpState,
    VisitState,
    at_nine,
    has_late_visit,
    is_quiet,
    plan,
)

CHICAGO = ZoneInfo("America/Chicago")
ZONES = [
    ZoneInfo(name)
    for name in (
        "America/Chicago",
        "America/New_York",
        "America/Phoenix",
        "Pacific/Honolulu",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Asia/Kathmandu",
        "Europe/London",
    )
]


def local(text, zone=CHICAGO):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def visit(start="2026-06-16 09:30", booked="2026-04-01 12:00", **fields):
    starts_at = local(start)
    values = {
        "id": 1,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "booked_at": local(booked),
    }
    return VisitState(**{**values, **fields})


def pump(**fields):
    values = {"pump_id": 7, "zone": CHICAGO, "clinic_zone": CHICAGO, "filled_on": date(2026, 4, 1)}
    return PumpState(**{**values, "refill_by": date(2026, 6, 16), **fields})


def due(state, now):
    """Return what would leave now."""
    return [made for made in plan(state, now) if not made.skip and made.due_at <= now]


def said(state, text):
    return [(made.kind, made.rung) for made in due(state, local(text)) if made.audience == Audience.PATIENT]


class BookedTests(TestCase):
    def test_each_rung_is_due_at_nine_of_its_day(self):
        made = plan(pump(visits=(visit(),)), local("2026-05-01 12:00"))
        expected = [(rung, local(f"2026-06-{16 - rung:02d} 09:00")) for rung in RUNGS]
        self.assertEqual([(each.rung, each.due_at) for each in made], expected)
        self.assertTrue(all(each.kind == Kind.VISIT and not each.skip for each in made))

    def test_the_last_one_holds_until_the_visit_begins(self):
        made = plan(pump(visits=(visit(),)), local("2026-05-01 12:00"))
        self.assertEqual(made[-1].valid_until, visit().starts_at)
        self.assertEqual(plan(pump(visits=(visit(),)), visit().starts_at), [])

    def test_three_days_before_only_if_not_confirmed(self):
        made = plan(pump(visits=(visit(is_confirmed=True),)), local("2026-06-13 10:00"))
        self.assertEqual(
            {each.rung: each.skip for each in made if each.rung in (3, 1)}, {3: "confirmed", 1: ""}
        )

    def test_rungs_that_were_past_when_booked_are_skipped(self):
        late = pump(visits=(visit(booked="2026-06-09 09:00"),))
        skips = {each.rung: each.skip for each in plan(late, local("2026-06-09 09:01"))}
        self.assertEqual(skips, {14: "booked_late", 7: "booked_late", 3: "", 1: ""})

    def test_a_visit_for_tomorrow_gets_no_message_at_booking(self):
        self.assertEqual(said(pump(visits=(visit(booked="2026-06-15 10:00"),)), "2026-06-15 10:01"), [])

    def test_in_the_demo_a_rung_of_the_booking_day_is_sent(self):
        demo = pump(visits=(visit(booked="2026-06-15 21:00"),), at_any_hour=True)
        self.assertEqual(said(demo, "2026-06-15 21:01"), [(Kind.VISIT, 1)])

    def test_a_moved_visit_has_keys_of_its_own(self):
        now = local("2026-05-01 12:00")
        before = {each.key for each in plan(pump(visits=(visit(),)), now)}
        after = {each.key for each in plan(pump(visits=(visit(id=2, start="2026-06-12 09:30"),)), now)}
        self.assertFalse(before & after)


class UnbookedTests(TestCase):
    cases = [
        ("2026-06-02 08:59", []),
        ("2026-06-02 09:00", [(Kind.UNBOOKED, 14)]),
        ("2026-06-08 18:00", [(Kind.UNBOOKED, 14)]),
        ("2026-06-09 09:00", [(Kind.UNBOOKED, 7)]),
        ("2026-06-13 09:00", [(Kind.UNBOOKED, 3)]),
        ("2026-06-15 09:00", [(Kind.UNBOOKED, 1)]),
        ("2026-06-16 12:00", [(Kind.UNBOOKED, 1)]),
        ("2026-06-17 09:00", [(Kind.OVERDUE, -1)]),
        ("2026-06-20 09:00", [(Kind.OVERDUE, -4)]),
        ("2026-07-14 09:00", [(Kind.OVERDUE, -28)]),
        ("2026-07-21 09:00", [(Kind.OVERDUE, -35)]),
    ]

    def test_only_the_newest_is_said(self):
        for text, expected in self.cases:
            with self.subTest(text):
                self.assertEqual(said(pump(), text), expected)

    def test_a_visit_after_refill_by_counts_as_none(self):
        late = pump(visits=(visit("2026-06-22 09:30"),))
        self.assertEqual(said(late, "2026-06-13 09:00"), [(Kind.UNBOOKED, 3)])
        # On a day with a rung of each, the visit that is booked is said.
        self.assertEqual(said(late, "2026-06-17 12:00"), [(Kind.OVERDUE, -1)])
        self.assertEqual(said(late, "2026-06-21 12:00"), [(Kind.VISIT, 1)])

    def test_a_visit_that_is_too_late_is_known_as_such(self):
        late, in_time = visit("2026-06-22 09:30"), visit("2026-06-16 09:30", id=2)
        missed = visit("2026-06-22 09:30", missed_at=local("2026-06-22 11:00"))
        now = local("2026-06-13 09:00")
        for visits, expected in (((), False), ((late,), True), ((late, in_time), False), ((missed,), False)):
            with self.subTest(visits):
                self.assertEqual(has_late_visit(pump(visits=visits), now), expected)

    def test_a_visit_on_refill_by_is_in_time(self):
        self.assertEqual(said(pump(visits=(visit(),)), "2026-06-13 09:00"), [(Kind.VISIT, 3)])

    def test_rungs_before_the_fill_are_skipped(self):
        short = pump(filled_on=date(2026, 6, 10))
        self.assertEqual(said(short, "2026-06-10 15:00"), [])
        self.assertEqual(said(short, "2026-06-13 09:00"), [(Kind.UNBOOKED, 3)])

    def test_no_date_no_message_about_dates(self):
        self.assertEqual(plan(pump(refill_by=None), local("2026-06-13 09:00")), [])

    def test_the_inactive_hear_nothing(self):
        state = pump(
            is_active=False, visits=(visit(),), alarms=(AlarmState(1, True, local("2026-06-01 10:00")),)
        )
        self.assertEqual(plan(state, local("2026-06-13 09:00")), [])

    def test_an_unreachable_patient_is_on_record(self):
        made = plan(pump(channels=(), unreachable="no_consent"), local("2026-06-13 09:00"))
        self.assertEqual({each.skip for each in made if each.rung == 3}, {"no_consent"})

    def test_each_channel_is_a_message_of_its_own(self):
        made = due(pump(channels=("email", "sms")), local("2026-06-13 09:00"))
        self.assertEqual({each.channel for each in made}, {"email", "sms"})
        self.assertEqual(len({each.key for each in made}), 2)


class MissedTests(TestCase):
    def test_two_hours_after_its_end(self):
        state = pump(visits=(visit(),))
        self.assertEqual(said(state, "2026-06-16 12:29"), [])
        self.assertEqual(said(state, "2026-06-16 12:30"), [(Kind.MISSED, 0)])

    def test_after_hours_it_waits_for_the_morning(self):
        made = plan(pump(visits=(visit("2026-06-16 16:30"),)), local("2026-06-16 21:00"))
        missed = next(each for each in made if each.kind == Kind.MISSED)
        self.assertEqual(missed.due_at, local("2026-06-17 09:00"))

    def test_marked_by_a_nurse_it_is_said_at_once(self):
        state = pump(visits=(visit(missed_at=local("2026-06-16 10:35")),))
        self.assertEqual(said(state, "2026-06-16 10:35"), [(Kind.MISSED, 0)])

    def test_not_once_another_visit_is_booked(self):
        gone, new = visit(missed_at=local("2026-06-16 10:35")), visit("2026-06-18 09:30", id=2)
        self.assertNotIn((Kind.MISSED, 0), said(pump(visits=(gone, new)), "2026-06-16 11:00"))

    def test_not_when_it_belongs_to_the_cycle_before(self):
        state = pump(filled_on=date(2026, 6, 17), refill_by=date(2026, 9, 1), visits=(visit(),))
        self.assertEqual(said(state, "2026-06-17 12:00"), [])

    def test_the_day_after_the_overdue_text_gives_way(self):
        state = pump(visits=(visit("2026-06-16 16:30"),))
        self.assertEqual(said(state, "2026-06-17 09:00"), [(Kind.MISSED, 0)])


class AlarmTests(TestCase):
    def test_everybody_at_once_at_any_hour(self):
        state = pump(
            refill_by=None,
            alarms=(AlarmState(3, True, local("2026-06-01 02:00")),),
            staff=(5, 4),
            has_on_call=True,
        )
        made = due(state, local("2026-06-01 02:00"))
        self.assertEqual(
            [(each.audience, each.user_id) for each in made],
            [(Audience.STAFF, 4), (Audience.STAFF, 5), (Audience.ON_CALL, None), (Audience.PATIENT, None)],
        )
        self.assertEqual({each.kind for each in made}, {Kind.ALARM_CRITICAL})

    def test_one_tone_does_not_call_the_on_call_contact(self):
        state = pump(alarms=(AlarmState(3, False, local("2026-06-01 02:00")),), staff=(4,), has_on_call=True)
        made = [each for each in due(state, local("2026-06-01 02:00")) if each.alarm_id]
        self.assertEqual([each.audience for each in made], [Audience.STAFF, Audience.PATIENT])

    def test_staff_hear_of_a_patient_whom_no_mail_reaches(self):
        state = pump(alarms=(AlarmState(3, True, local("2026-06-01 02:00")),), staff=(4,), channels=())
        made = [each for each in plan(state, local("2026-06-01 03:00")) if each.alarm_id]
        self.assertEqual(
            [(each.audience, each.skip) for each in made], [("staff", ""), ("patient", "no_email")]
        )


class SeasonTests(TestCase):
    def test_nine_stays_nine(self):
        for day, hours in (("2026-03-07", 15), ("2026-03-08", 14), ("2026-10-31", 14), ("2026-11-01", 15)):
            with self.subTest(day):
                self.assertEqual(at_nine(date.fromisoformat(day), CHICAGO).hour, hours)

    def test_every_minute_over_both_changes_says_each_rung_once(self):
        for refill_by in (date(2026, 3, 11), date(2026, 11, 4)):
            with self.subTest(refill_by):
                state = pump(refill_by=refill_by, filled_on=date(2026, 1, 2))
                start = at_nine(refill_by - timedelta(days=15), CHICAGO)
                first = {}
                for minute in range(0, 18 * 24 * 60, 7):
                    now = start + timedelta(minutes=minute)
                    for made in due(state, now):
                        first.setdefault(made.key, now)
                hours = {moment.astimezone(CHICAGO).hour for moment in first.values()}
                self.assertEqual((len(first), hours), (5, {9}))

    def test_quiet_hours(self):
        for text, quiet in (
            ("08:59", True),
            ("09:00", False),
            ("18:59", False),
            ("19:00", True),
            ("00:00", True),
        ):
            with self.subTest(text):
                self.assertEqual(is_quiet(local(f"2026-06-01 {text}"), CHICAGO), quiet)


moments = st.datetimes(datetime(2026, 1, 10), datetime(2026, 12, 20)).map(lambda at: at.replace(tzinfo=UTC))


@st.composite
def states(draw):
    now = draw(moments)
    visits = []
    for number in range(draw(st.integers(0, 3))):
        starts_at = now + timedelta(hours=draw(st.integers(-24 * 20, 24 * 40)))
        missed = number > 0 or draw(st.booleans())
        fields = {
            "booked_at": min(starts_at, now) - timedelta(hours=draw(st.integers(1, 24 * 30))),
            "is_confirmed": draw(st.booleans()),
            "missed_at": starts_at if missed and starts_at < now else None,
        }
        if number == 0 or fields["missed_at"]:  # One booked visit at most, as in the database.
            visits.append(VisitState(number + 1, starts_at, starts_at + timedelta(hours=1), **fields))
    refill_by = draw(st.none() | st.integers(-200, 60).map(lambda days: now.date() + timedelta(days=days)))
    return now, PumpState(
        pump_id=1,
        zone=draw(st.sampled_from(ZONES)),
        clinic_zone=draw(st.sampled_from(ZONES)),
        filled_on=now.date() - timedelta(days=draw(st.integers(0, 90))),
        refill_by=refill_by,
        visits=tuple(visits),
        alarms=tuple(AlarmState(n, draw(st.booleans()), now) for n in range(draw(st.integers(0, 2)))),
        channels=draw(st.sampled_from([(), ("email",), ("email", "sms")])),
        staff=tuple(range(draw(st.integers(0, 3)))),
        has_on_call=draw(st.booleans()),
        at_any_hour=draw(st.booleans()),
    )


class RuleTests(TestCase):
    @given(states())
    def test_the_same_state_gives_the_same_plan_in_any_order(self, drawn):
        now, state = drawn
        turned = replace(state, visits=state.visits[::-1], alarms=state.alarms[::-1], staff=state.staff[::-1])
        self.assertEqual(sorted(map(repr, plan(state, now))), sorted(map(repr, plan(turned, now))))

    @given(states())
    def test_keys_are_unique_and_rows_are_bounded(self, drawn):
        now, state = drawn
        made = plan(state, now)
        self.assertEqual(len({each.key for each in made}), len(made))
        channels = max(1, len(state.channels))
        routine = (len(RUNGS) * len(state.visits) + 1 + len(RUNGS) + 2) * channels
        alarms = len(state.alarms) * (len(state.staff) + 1 + channels)
        self.assertLessEqual(len(made), routine + alarms)

    @given(states())
    def test_at_most_one_routine_message_a_day_and_one_due_now(self, drawn):
        now, state = drawn
        made = [
            each
            for each in plan(state, now)
            if not each.skip and each.kind not in (Kind.ALARM, Kind.ALARM_CRITICAL)
        ]
        for channel in state.channels:
            days = [each.due_at.astimezone(state.zone).date() for each in made if each.channel == channel]
            self.assertEqual(len(days), len(set(days)))
            self.assertLessEqual(sum(each.due_at <= now for each in made if each.channel == channel), 1)

    @given(states())
    def test_every_message_says_until_when_it_holds(self, drawn):
        now, state = drawn
        for made in plan(state, now):
            self.assertTrue(made.valid_until is None or made.due_at < made.valid_until)

    @given(states())
    def test_a_patient_past_refill_by_without_a_visit_is_always_owed_something(self, drawn):
        now, state = drawn
        if state.refill_by is None or state.visits or not state.channels:
            return
        days = (now.astimezone(state.zone).date() - state.refill_by).days
        if 1 < days <= OVERDUE_RUNGS[-1] and state.filled_on < state.refill_by - timedelta(days=14):
            self.assertTrue(any(not each.skip and each.due_at <= now for each in plan(state, now)))

    @given(states(), st.integers(0, 3))
    def test_walking_through_time_no_day_has_two_of_a_kind(self, drawn, step):
        now, state = drawn
        sent, days = set(), []
        for hour in range(0, 24 * 40, 5 + step):
            moment = now + timedelta(hours=hour)
            if is_quiet(moment, state.zone):
                continue
            for made in due(state, moment):
                if made.key not in sent and made.kind not in (Kind.ALARM, Kind.ALARM_CRITICAL):
                    sent.add(made.key)
                    days.append((moment.astimezone(state.zone).date(), made.kind, made.channel))
        self.assertEqual(len(days), len(set(days)))
