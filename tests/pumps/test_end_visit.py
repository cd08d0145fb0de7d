"""Cancel a visit, or say that nobody came."""

import time_machine

from portal.audit.models import Event
from pumps import actions
from pumps.models import Visit
from tests.base import at
from tests.pumps.test_book_visit import VisitTestCase


class CancelVisitTests(VisitTestCase):
    def cancel(self, visit, reason="patient ill"):
        return actions.cancel_visit(actor=self.nora, visit=visit, reason=reason)

    def test_it_keeps_the_reason(self):
        visit = self.cancel(self.book(starts_at=at("2026-06-08")))
        self.assertEqual((visit.state, visit.reason), (Visit.State.CANCELLED, "patient ill"))
        self.assertEqual(Event.objects.latest("id").action, "visit.cancelled")

    def test_it_needs_a_reason_that_fits(self):
        visit = self.book(starts_at=at("2026-06-08"))
        self.refused("reason", "why", self.cancel, visit=visit, reason=" ")
        self.refused("reason", "200", self.cancel, visit=visit, reason="x" * 201)

    def test_not_twice(self):
        visit = self.cancel(self.book(starts_at=at("2026-06-08")))
        self.refused("__all__", "cancelled", self.cancel, visit=visit)


class MissedVisitTests(VisitTestCase):
    def miss(self, visit):
        return actions.mark_missed(actor=self.nora, visit=visit)

    def test_from_its_start_on(self):
        visit = self.book(starts_at=at("2026-06-08"))
        self.refused("__all__", "not started", self.miss, visit=visit)
        with time_machine.travel(at("2026-06-08", 10, 20), tick=False):
            self.assertEqual(self.miss(visit).state, Visit.State.MISSED)

    def test_a_done_visit_was_not_missed(self):
        visit = self.book(starts_at=at("2026-06-01", 10))
        self.fill()
        self.refused("__all__", "done", self.miss, visit=visit)
