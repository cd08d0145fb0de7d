"""Claim, fence and finish: whoever no longer holds a row cannot change it; rows that make no sense are refused."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.reminders import ledger, reconcile
from portal.reminders.ledger import State
from portal.reminders.models import Reminder, ReminderEvent
from portal.reminders.outcome import Outcome
from tests.base import ClinicTestCase
from tests.reminders.many import make_due_pumps


class LedgerTestCase(ClinicTestCase):
    def setUp(self):
        make_due_pumps(self.oak, 4)
        self.now = timezone.now()
        reconcile.reconcile(self.now)
        Reminder.objects.waiting().update(
            due_at=self.now - datetime.timedelta(days=1), next_attempt_at=self.now
        )


class ClaimTests(LedgerTestCase):
    def test_a_claimed_row_is_not_claimed_again_until_its_lease_ends(self):
        owner, rows = ledger.claim(50, self.now)
        self.assertEqual(ledger.claim(50, self.now)[1], [])
        self.assertEqual({row.owner for row in Reminder.objects.filter(state="sending")}, {owner})
        later = self.now + ledger.lease() + datetime.timedelta(seconds=1)
        other, again = ledger.claim(50, later)
        self.assertNotEqual(owner, other)
        self.assertEqual({row.pk for row in rows}, {row.pk for row in again})
        self.assertEqual({row.generation for row in again}, {2})

    def test_a_lease_is_a_minute(self):
        self.assertGreaterEqual(ledger.lease(), datetime.timedelta(seconds=60))

    def test_no_more_than_asked_and_the_most_urgent_first(self):
        urgent = Reminder.objects.waiting().last()
        Reminder.objects.filter(pk=urgent.pk).update(severity=3)
        _, rows = ledger.claim(1, self.now)
        self.assertEqual(rows, [urgent])

    def test_nothing_before_its_time(self):
        Reminder.objects.waiting().update(next_attempt_at=self.now + datetime.timedelta(seconds=1))
        self.assertEqual(ledger.claim(50, self.now)[1], [])


class FenceTests(LedgerTestCase):
    def test_only_rows_that_are_still_ours(self):
        owner, rows = ledger.claim(50, self.now)
        Reminder.objects.filter(pk=rows[0].pk).update(owner="other")
        self.assertEqual(ledger.fence(owner, rows, self.now), rows[1:])

    def test_it_renews_the_lease(self):
        owner, rows = ledger.claim(50, self.now)
        later = self.now + datetime.timedelta(seconds=40)
        ledger.fence(owner, rows, later)
        self.assertEqual(Reminder.objects.get(pk=rows[0].pk).lease_until, later + ledger.lease())


class FinishTests(LedgerTestCase):
    outcomes = [
        Outcome(State.ACCEPTED, tried=True, message_id="<1@x>"),
        Outcome(State.REJECTED, "recipient 550", tried=True),
        Outcome(State.SUPERSEDED, "not_owed"),
    ]

    def test_the_holder_changes_the_row_and_leaves_an_event(self):
        _, rows = ledger.claim(3, self.now)
        for row, outcome in zip(rows, self.outcomes, strict=True):
            with self.subTest(outcome.state):
                self.assertTrue(ledger.finish(row, outcome, self.now))
                stored = Reminder.objects.get(pk=row.pk)
                self.assertEqual((stored.state, stored.lease_until), (outcome.state, None))
                event = row.events.last()
                self.assertEqual((event.from_state, event.to_state), ("sending", outcome.state))
        accepted = Reminder.objects.get(pk=rows[0].pk)
        self.assertEqual(
            (accepted.accepted_at, accepted.message_id, accepted.attempts), (self.now, "<1@x>", 1)
        )

    def test_a_late_result_changes_nothing_and_is_kept_as_an_event(self):
        _, rows = ledger.claim(3, self.now)
        Reminder.objects.update(generation=9)
        for row, outcome in zip(rows, self.outcomes, strict=True):
            with self.subTest(outcome.state):
                self.assertFalse(ledger.finish(row, outcome, self.now))
                self.assertEqual(Reminder.objects.get(pk=row.pk).state, "sending")
                self.assertTrue(row.events.last().reason.startswith("late result"))

    def test_an_orderly_end_gives_rows_back(self):
        owner, rows = ledger.claim(50, self.now)
        self.assertEqual(ledger.release(owner, self.now), len(rows))
        self.assertEqual(Reminder.objects.filter(state="sending").count(), 0)


class ConstraintTests(LedgerTestCase):
    broken = [
        {"key": ""},
        {"state": "accepted", "accepted_at": None},
        {"state": "sending", "lease_until": None, "owner": "x"},
        {"next_attempt_at": None},
        {"audience": "staff"},
        {"valid_until": datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)},
    ]

    def test_each_rule_is_held_by_the_database(self):
        row = Reminder.objects.waiting().first()
        for fields in self.broken:
            with self.subTest(fields), self.assertRaises(IntegrityError), transaction.atomic():
                Reminder.objects.filter(pk=row.pk).update(**fields)

    def test_one_row_for_one_key(self):
        first, second = Reminder.objects.waiting()[:2]
        with self.assertRaises(IntegrityError), transaction.atomic():
            Reminder.objects.filter(pk=second.pk).update(key=first.key)

    def test_events_are_only_appended(self):
        event = ReminderEvent.objects.first()
        with self.assertRaises(TypeError):
            event.save()
        with self.assertRaises(TypeError):
            event.delete()
