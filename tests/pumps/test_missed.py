"""Say that nobody came, once the visit has begun."""

import time_machine
from django.urls import reverse

from tests.base import ClinicTestCase, at
from tests.pumps.fill_case import words


class MissedTests(ClinicTestCase):
    def setUp(self):
        with time_machine.travel(at("2026-11-23", 7), tick=False):
            self.visit = self.book(starts_at=at("2026-11-24", 9))
        self.url = reverse("pumps:missed", args=[self.visit.ref])

    def ask(self, moment, user=None, method="post"):
        with time_machine.travel(moment, tick=False):
            self.sign_in(user or self.nora)
            return getattr(self.client, method)(self.url, follow=True)

    def state(self):
        self.visit.refresh_from_db()
        return self.visit.state

    def test_before_its_start_there_is_nothing_to_say(self):
        early = at("2026-11-24", 8, 59)
        self.assertIn("has not started yet", words(self.ask(early, method="get")))
        self.assertIn("has not started yet", words(self.ask(early)))
        self.assertEqual(self.state(), "booked")

    def test_from_its_start_it_can_be_marked(self):
        start = at("2026-11-24", 9)
        self.assertContains(self.ask(start, method="get"), "Mark as missed")
        self.assertEqual(self.state(), "booked")
        self.assertIn("Visit marked as missed: 24-Nov-2026 (Tue)", words(self.ask(start)))
        self.assertEqual(self.state(), "missed")

    def test_a_second_press_changes_nothing(self):
        later = at("2026-11-24", 12)
        self.ask(later)
        self.assertIn("is no longer booked: it is missed.", words(self.ask(later)))

    def test_another_clinic_gets_404_and_other_roles_403(self):
        for user, status in ((self.otto, 404), (self.adam, 403), (self.rosa_user, 403)):
            self.assertEqual(self.ask(at("2026-11-24", 12), user).status_code, status)
        self.assertEqual(self.state(), "booked")

    def test_the_anonymous_are_sent_to_sign_in(self):
        self.assertEqual(self.client.post(self.url).status_code, 302)
