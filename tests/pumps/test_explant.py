"""Record that a pump was taken out: asked, checked, then done."""

import datetime

import time_machine
from django.urls import reverse

from tests.base import ClinicTestCase, at
from tests.pumps.fill_case import complaints, shown, words
from tests.triples import triple

TODAY = datetime.date(2026, 11, 23)


@time_machine.travel(at(TODAY, 7), tick=False)
class ExplantTests(ClinicTestCase):
    def setUp(self):
        self.url = reverse("pumps:explant", args=[self.pump.ref])
        self.sign_in(self.nora)

    def post(self, step="save", day=TODAY, reason="Replaced", **more):
        return self.client.post(
            self.url, {**triple("explanted_on", day), "reason": reason, "step": step}, **more
        )

    def explanted_on(self):
        self.pump.refresh_from_db()
        return self.pump.explanted_on

    def test_it_asks_when_and_why(self):
        response = self.client.get(self.url)
        self.assertEqual((response.status_code, shown(response, "explanted_on_day")), (200, "23"))

    def test_the_check_page_says_what_ends(self):
        self.book(starts_at=at(TODAY, 9))
        text = words(self.post("check"))
        self.assertIn("Check the explant before you save it", text)
        self.assertIn("The visit on 23-Nov-2026 (Mon), 9:00 a.m., is cancelled.", text)
        self.assertIsNone(self.explanted_on())

    def test_going_back_keeps_the_entries(self):
        self.assertEqual(shown(self.post("back", reason="Infection"), "reason"), "Infection")

    def test_saving_ends_the_cycle_and_the_visit(self):
        cycle = self.fill(filled_on=TODAY)
        visit = self.book(starts_at=at(TODAY, 9))
        response = self.post(follow=True)
        cycle.refresh_from_db()
        visit.refresh_from_db()
        self.assertEqual((self.explanted_on(), cycle.ended_on, visit.state), (TODAY, TODAY, "cancelled"))
        self.assertIn("Pump NGP000001H recorded as explanted.", words(response))

    def test_the_pump_page_says_that_the_program_ended(self):
        page = words(self.post(follow=True))
        self.assertIn("None: the program ended when the pump was taken out.", page)

    def test_bad_input_is_named(self):
        self.fill(filled_on=TODAY - datetime.timedelta(days=3))
        cases = (
            ({"reason": ""}, "Reason"),
            ({"reason": "x" * 201}, "200"),
            ({"day": None}, "Explanted on"),
            ({"day": TODAY + datetime.timedelta(days=1)}, "future"),
            ({"day": datetime.date(2024, 2, 8)}, "before the implant"),
            ({"day": TODAY - datetime.timedelta(days=4)}, "A fill on"),
        )
        for change, said in cases:
            with self.subTest(change=change):
                response = self.post(**change)
                self.assertEqual(response.status_code, 422)
                self.assertIn(said, complaints(response))
        self.assertIsNone(self.explanted_on())

    def test_a_second_press_is_told(self):
        self.post()
        self.assertIn("already explanted", complaints(self.post()))

    def test_another_clinic_gets_404_and_other_roles_403(self):
        for user, status in ((self.otto, 404), (self.adam, 403), (self.rosa_user, 403)):
            self.sign_in(user)
            self.assertEqual(self.post().status_code, status)
        self.assertIsNone(self.explanted_on())

    def test_the_anonymous_are_sent_to_sign_in(self):
        self.client.logout()
        self.assertEqual(self.client.get(self.url).status_code, 302)
