"""Confirm a visit, or ask for another time."""

import time_machine

from portal.audit.models import Event
from pumps import actions
from tests.base import at
from tests.pumps.test_book_visit import VisitTestCase


class ConfirmVisitTests(VisitTestCase):
    def confirm(self, visit):
        return actions.confirm_visit(actor=self.rosa_user, visit=visit)

    def test_it_says_who_and_when(self):
        visit = self.confirm(self.book(starts_at=at("2026-06-08")))
        self.assertEqual((visit.confirmed_by, visit.state), (self.rosa_user, "booked"))
        self.assertIsNotNone(visit.confirmed_at)

    def test_a_second_press_changes_nothing(self):
        visit = self.book(starts_at=at("2026-06-08"))
        first = self.confirm(visit)
        with time_machine.travel(at("2026-06-02"), tick=False):
            self.assertEqual(self.confirm(visit).confirmed_at, first.confirmed_at)
        self.assertEqual(Event.objects.filter(action="visit.confirmed").count(), 1)

    def test_it_takes_back_the_wish_for_another_time(self):
        visit = self.book(starts_at=at("2026-06-08"))
        actions.ask_change(actor=self.rosa_user, visit=visit, note="afternoons")
        visit = self.confirm(visit)
        self.assertEqual((visit.change_asked_at, visit.change_note), (None, ""))

    def test_a_visit_that_is_over_or_gone(self):
        visit = self.book(starts_at=at("2026-06-08"))
        with time_machine.travel(at("2026-06-08", 11), tick=False):
            self.refused("__all__", "over", self.confirm, visit=visit)
        actions.cancel_visit(actor=self.nora, visit=visit, reason="closed")
        self.refused("__all__", "no longer booked", self.confirm, visit=visit)


class AskChangeTests(VisitTestCase):
    def ask(self, visit, note="afternoons"):
        return actions.ask_change(actor=self.rosa_user, visit=visit, note=note)

    def test_the_visit_stays_booked_and_unconfirmed(self):
        visit = actions.confirm_visit(actor=self.rosa_user, visit=self.book(starts_at=at("2026-06-08")))
        visit = self.ask(visit)
        self.assertEqual((visit.state, visit.change_note, visit.confirmed_at), ("booked", "afternoons", None))

    def test_what_is_too_long_is_refused(self):
        self.refused(
            "change_note", "300", self.ask, visit=self.book(starts_at=at("2026-06-08")), note="x" * 301
        )
