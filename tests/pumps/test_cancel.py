"""Cancel a visit, with a reason."""

import time_machine
from django.urls import reverse

from tests.base import ClinicTestCase, at
from tests.pumps.fill_case import complaints, words


@time_machine.travel(at("2026-11-23", 7), tick=False)
class CancelTests(ClinicTestCase):
    def setUp(self):
        self.visit = self.book(starts_at=at("2026-11-24", 9))
        self.url = reverse("pumps:cancel", args=[self.visit.ref])
        self.sign_in(self.nora)

    def post(self, reason="Patient asked"):
        return self.client.post(self.url, {"reason": reason}, follow=True)

    def state(self):
        self.visit.refresh_from_db()
        return self.visit.state, self.visit.reason

    def test_it_names_the_visit_and_offers_to_move_it(self):
        text = words(self.client.get(self.url))
        self.assertIn("24-Nov-2026 (Tue), 9:00 a.m.", text)
        self.assertIn("Move the visit", text)

    def test_it_cancels_with_the_reason(self):
        response = self.post()
        self.assertEqual(self.state(), ("cancelled", "Patient asked"))
        self.assertIn("Visit cancelled: 24-Nov-2026 (Tue), 9:00 a.m.", words(response))

    def test_a_reason_is_needed_and_must_be_readable(self):
        for typed in ("", "   ", "a\u202eb", "x" * 201):
            with self.subTest(typed=typed[:5]):
                response = self.post(typed)
                self.assertEqual(response.status_code, 422)
                self.assertTrue(complaints(response))
        self.assertEqual(self.state(), ("booked", ""))

    def test_a_second_press_says_it_is_done(self):
        self.post()
        self.assertIn("is no longer booked: it is cancelled.", words(self.post()))

    def test_another_clinic_gets_404_and_other_roles_403(self):
        for user, status in ((self.otto, 404), (self.adam, 403), (self.rosa_user, 403)):
            self.sign_in(user)
            self.assertEqual(self.post().status_code, status)
        self.assertEqual(self.state()[0], "booked")

    def test_the_anonymous_are_sent_to_sign_in(self):
        self.client.logout()
        self.assertEqual(self.client.get(self.url).status_code, 302)
