"""What a fill, written down late or amended, means for visits that were missed meanwhile."""

import datetime
from datetime import date

import time_machine
from django.utils import timezone

from portal.reminders import planning, state
from pumps import actions
from pumps import worklist as lists
from pumps.bands import Band, Reason
from pumps.models import Visit
from pumps.work_row import Row
from tests.base import at
from tests.pumps.test_record_fill import FillTestCase

State = Visit.State


class OutcomeCase(FillTestCase):
    """The clock stands on Monday, 1 June 2026; a fill of that day must be followed by 30 June."""

    def setUp(self):
        super().setUp()
        self.first = self.fill(filled_on=date(2026, 5, 18))
        self.visit = self.book(starts_at=at("2026-06-03"))

    def on(self, day, hour=15):
        clock = time_machine.travel(at(day, hour), tick=False)
        clock.start()
        self.addCleanup(clock.stop)

    def miss(self, visit=None):
        return actions.mark_missed(actor=self.nora, visit=visit or self.visit)

    def amend(self, cycle, filled_on):
        record = self.fill_record(filled_on=filled_on)
        return actions.amend_fill(actor=self.nora, cycle=cycle, record=record, reason="wrong day").cycle

    def stored(self, visit=None):
        return Visit.objects.get(pk=(visit or self.visit).pk)

    def is_missed(self):
        """Ask the list's query, the plain rules and the planner; they must agree."""
        now = timezone.now()
        scope = lists.Scope([self.oak], now)
        band = dict(lists.entries(scope))[self.pump.pk]
        row = Row(lists.rows(scope, [self.pump.pk])[0], Band(band), now)
        known = state.load([self.pump.pk], now)[self.pump.pk]
        planned = any(made.kind == planning.Kind.MISSED for made in planning.missed(known.state, now))
        self.assertEqual(Reason.MISSED in row.reasons, planned)
        if planned:
            self.assertLessEqual(band, Band.OVERDUE)
        return planned


class LateFillTests(OutcomeCase):
    def test_missed_until_a_fill_says_otherwise(self):
        self.on("2026-06-03")
        self.miss()
        self.assertTrue(self.is_missed())

    def test_a_fill_of_the_same_day_makes_it_done(self):
        self.on("2026-06-03")
        self.miss()
        cycle = self.fill(filled_on=date(2026, 6, 3))
        self.assertEqual((self.stored().state, self.stored().cycle), (State.DONE, cycle))
        self.assertFalse(self.is_missed())

    def test_a_fill_before_the_day_written_down_after_it(self):
        self.on("2026-06-04")
        self.miss()
        self.fill(filled_on=date(2026, 6, 2))
        self.assertEqual(
            (self.stored().state, self.stored().reason), (State.CANCELLED, Visit.OwnReason.FILLED)
        )
        self.assertFalse(self.is_missed())

    def test_the_same_when_nobody_had_marked_it(self):
        self.on("2026-06-04")
        self.assertTrue(self.is_missed())
        self.fill(filled_on=date(2026, 6, 2))
        self.assertEqual(self.stored().state, State.CANCELLED)
        self.assertFalse(self.is_missed())

    def test_the_same_while_the_visit_is_under_way(self):
        self.on("2026-06-03", 10)
        self.fill(filled_on=date(2026, 6, 2))
        self.on("2026-06-03", 20)
        self.assertFalse(self.is_missed())

    def test_a_fill_after_a_missed_visit_leaves_it_missed_in_the_past(self):
        self.on("2026-06-05")
        self.miss()
        self.fill(filled_on=date(2026, 6, 5))
        self.assertEqual(self.stored().state, State.MISSED)
        self.assertFalse(self.is_missed())

    def test_a_visit_that_is_still_ahead_stays_booked(self):
        self.on("2026-06-02")
        self.fill(filled_on=date(2026, 6, 1))
        self.assertEqual(self.stored().state, State.BOOKED)

    def test_the_visit_booked_after_a_missed_one_is_the_one_that_is_done(self):
        self.on("2026-06-03", 11)
        self.miss()
        again = self.book(starts_at=at("2026-06-03", 14))
        self.on("2026-06-03", 15)
        self.fill(filled_on=date(2026, 6, 3))
        self.assertEqual((self.stored().state, self.stored(again).state), (State.MISSED, State.DONE))
        self.assertFalse(self.is_missed())

    def test_another_pump_is_left_alone(self):
        theirs = self.book(self.dales_pump, at("2026-06-03", 13))
        self.on("2026-06-04")
        self.fill(filled_on=date(2026, 6, 2))
        self.assertEqual(self.stored(theirs).state, State.BOOKED)


class AmendedFillTests(OutcomeCase):
    def test_amended_to_before_a_missed_visit(self):
        self.on("2026-06-04")
        self.miss()
        cycle = self.fill(filled_on=date(2026, 6, 4))
        self.amend(cycle, date(2026, 6, 2))
        self.assertEqual(self.stored().state, State.CANCELLED)
        self.assertFalse(self.is_missed())

    def test_amended_to_the_day_of_a_missed_visit(self):
        self.on("2026-06-04")
        self.miss()
        new = self.amend(self.fill(filled_on=date(2026, 6, 4)), date(2026, 6, 3))
        self.assertEqual((self.stored().state, self.stored().cycle), (State.DONE, new))

    def test_a_visit_missed_in_the_new_cycle_stays_missed(self):
        self.on("2026-06-03")
        cycle = self.fill(filled_on=date(2026, 6, 3))
        later = self.book(starts_at=at("2026-06-24"))
        self.on("2026-06-25")
        self.miss(later)
        self.amend(cycle, date(2026, 6, 2))
        self.assertEqual(self.stored(later).state, State.MISSED)
        self.assertTrue(self.is_missed())

    def test_the_visit_of_the_fill_stays_with_it(self):
        self.on("2026-06-03")
        new = self.amend(self.fill(filled_on=date(2026, 6, 3)), date(2026, 6, 2))
        self.assertEqual((self.stored().state, self.stored().cycle), (State.DONE, new))
        self.assertFalse(self.is_missed())

    def test_a_visit_later_on_the_day_of_the_old_record_stays_booked(self):
        self.on("2026-06-03", 15)
        cycle = self.fill(filled_on=date(2026, 6, 3))
        later = self.book(starts_at=at("2026-06-03", 16))
        self.amend(cycle, date(2026, 6, 2))
        self.assertEqual(self.stored(later).state, State.BOOKED)

    def test_amending_an_older_fill_touches_no_visit(self):
        self.on("2026-06-03")
        second = self.fill(filled_on=date(2026, 5, 28))
        before = dict(Visit.objects.values_list("pk", "state"))
        self.amend(self.first, date(2026, 5, 19))
        self.assertEqual(dict(Visit.objects.values_list("pk", "state")), before)
        self.assertIsNone(second.ended_on)


class TooEarlyTests(OutcomeCase):
    def test_nobody_missed_a_visit_that_has_not_begun(self):
        start = at("2026-06-03")
        self.on("2026-06-03", 9)
        with self.assertRaises(actions.Refused):
            self.miss()
        self.assertFalse(self.is_missed())
        with time_machine.travel(start + datetime.timedelta(seconds=1), tick=False):
            self.miss()
            self.assertTrue(self.is_missed())
