"""Move a visit: the old one stands until the new one is confirmed."""

import datetime

import time_machine
from django.urls import reverse

from pumps import actions
from pumps.models import Visit
from tests.base import ClinicTestCase, at
from tests.pumps.fill_case import complaints, words

TODAY = datetime.date(2026, 11, 23)


@time_machine.travel(at(TODAY, 7), tick=False)
class MoveTests(ClinicTestCase):
    def setUp(self):
        self.visit = self.book(starts_at=at(TODAY, 9))
        self.url = reverse("pumps:move", args=[self.visit.ref])
        self.sign_in(self.nora)

    def place(self, hour=11, nurse=None, room=None):
        start = at(TODAY, hour).astimezone(datetime.UTC)
        return f"{start:%Y-%m-%dT%H:%MZ}/{(nurse or self.nora).ref}/{(room or self.room1).ref}"

    def post(self, place=None):
        return self.client.post(self.url, {"place": place or self.place()}, follow=True)

    def test_it_shows_what_is_booked_and_what_the_patient_asked(self):
        actions.ask_change(actor=self.rosa_user, visit=self.visit, note="later please")
        text = words(self.client.get(self.url))
        self.assertIn("Now booked: 23-Nov-2026 (Mon), 9:00 a.m.", text)
        self.assertIn("It stays booked until you confirm a new time.", text)
        self.assertIn("later please", text)
        self.visit.refresh_from_db()
        self.assertEqual(self.visit.state, "booked")

    def test_moving_keeps_the_old_row(self):
        response = self.post()
        new = Visit.objects.booked().get()
        self.visit.refresh_from_db()
        self.assertEqual(
            (self.visit.state, new.moved_from, new.starts_at), ("moved", self.visit, at(TODAY, 11))
        )
        self.assertIn("Visit moved: 23-Nov-2026 (Mon), 11:00 a.m., Nora Lind, RN, Room 1.", words(response))

    def test_its_own_time_counts_as_free(self):
        self.assertContains(self.client.get(self.url), self.place(9))

    def test_a_taken_place_leaves_the_old_visit(self):
        self.book(self.dales_pump, at(TODAY, 11))
        response = self.post()
        self.assertEqual(response.status_code, 422)
        self.assertIn("Somebody has just taken that place", complaints(response))
        self.visit.refresh_from_db()
        self.assertEqual(self.visit.state, "booked")

    def test_a_visit_no_longer_booked_leads_back(self):
        actions.cancel_visit(actor=self.nora, visit=self.visit, reason="Ill")
        for response in (self.client.get(self.url, follow=True), self.post()):
            self.assertIn("is no longer booked: it is cancelled.", words(response))
        self.assertEqual(Visit.objects.count(), 1)

    def test_another_clinic_gets_404_and_other_roles_403(self):
        for user, status in ((self.otto, 404), (self.adam, 403), (self.rosa_user, 403)):
            self.sign_in(user)
            self.assertEqual(self.post().status_code, status)

    def test_the_anonymous_are_sent_to_sign_in(self):
        self.client.logout()
        self.assertEqual(self.client.get(self.url).status_code, 302)
