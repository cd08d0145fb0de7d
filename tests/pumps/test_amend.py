"""Amend a fill: the original stays, and what moved is said."""

import datetime
from decimal import Decimal

import time_machine
from django.urls import reverse

from pumps import actions
from pumps.models import Cycle
from tests.base import ClinicTestCase, at
from tests.pumps.fill_case import TODAY, complaints, payload, shown, words
from tests.triples import triple

BEFORE = datetime.date(2026, 11, 16)


@time_machine.travel(at(TODAY), tick=False)
class AmendTests(ClinicTestCase):
    def setUp(self):
        self.cycle = self.fill(
            filled_on=BEFORE, is_diluted=False, printed_alarm_on=datetime.date(2026, 12, 22)
        )
        self.url = reverse("pumps:amend", args=[self.cycle.ref])
        self.sign_in(self.nora)

    def sent(self, step="save", **overrides):
        values = payload(
            **{**triple("filled_on", BEFORE), "filled_ml": "18", "reason": "Read the syringe wrong"}
        )
        return {**values, **overrides, "step": step}

    def post(self, step="save", **overrides):
        return self.client.post(self.url, self.sent(step, **overrides))

    def test_it_opens_with_what_was_recorded(self):
        response = self.client.get(self.url)
        expected = {
            "filled_ml": "20",
            "concentration": "10",
            "filled_on_day": "16",
            "printed_alarm_on_day": "22",
        }
        self.assertEqual({name: shown(response, name) for name in expected}, expected)
        self.assertIn("Reason for the amendment", words(response))

    def test_the_check_page_says_what_will_move(self):
        text = words(self.post("check"))
        self.assertIn("What will move", text)
        self.assertIn("Read back", text)
        self.assertEqual(Cycle.objects.count(), 1)

    def test_the_check_page_marks_every_change_and_the_reason(self):
        text = words(self.post("check", **triple("printed_alarm_on", datetime.date(2026, 12, 20))))
        self.assertIn("before: 20 mL", text)
        self.assertIn("before: 22-Dec-2026", text)
        self.assertNotIn("last time", text)
        self.assertIn("Read the syringe wrong", text)
        self.assertIn("Save the amendment", text)

    def test_hints_speak_of_this_record(self):
        text = words(self.client.get(self.url))
        self.assertIn("Recorded: 20 mL.", text)
        self.assertNotIn("Last time", text)

    def test_saving_keeps_the_original_and_says_what_moved(self):
        response = self.client.post(self.url, self.sent(), follow=True)
        self.cycle.refresh_from_db()
        new = Cycle.objects.get(amends=self.cycle)
        self.assertIsNotNone(self.cycle.superseded_at)
        self.assertEqual((self.cycle.filled_ml, new.filled_ml), (Decimal(20), Decimal(18)))
        self.assertEqual(new.amend_reason, "Read the syringe wrong")
        # (20 - 2) ÷ 0.5 = 36 days, (18 - 2) ÷ 0.5 = 32 days; 7 days before: 15-Dec and 11-Dec.
        self.assertIn(
            "Fill amended. What moved: Refill by: 15-Dec-2026 (Tue) → 11-Dec-2026 (Fri)", words(response)
        )

    def test_an_amendment_that_moves_nothing_says_so(self):
        sent = self.sent(filled_ml="20", note="Now with a note")
        response = self.client.post(
            self.url, {**sent, **triple("printed_alarm_on", datetime.date(2026, 12, 22))}, follow=True
        )
        self.assertIn("Fill amended. No date moved.", words(response))

    def test_it_needs_a_reason(self):
        for typed in ("", "   "):
            response = self.post(reason=typed)
            self.assertEqual(response.status_code, 422)
            self.assertIn("Reason for the amendment is missing", complaints(response))
        self.assertEqual(Cycle.objects.count(), 1)

    def test_impossible_figures_are_refused(self):
        for name, typed in (
            ("filled_ml", "21"),
            ("filled_ml", "18,5"),
            ("alarm_ml", "19"),
            ("concentration", "0"),
        ):
            with self.subTest(name=name, typed=typed):
                self.assertEqual(self.post(**{name: typed}).status_code, 422)
        self.assertEqual(Cycle.objects.count(), 1)

    def test_a_double_press_makes_one_amendment(self):
        sent = self.sent()
        self.client.post(self.url, sent)
        response = self.client.post(self.url, sent, follow=True)
        self.assertEqual(Cycle.objects.count(), 2)
        self.assertIn("Fill amended.", words(response))

    def test_an_amended_fill_is_not_amended_again(self):
        self.post()
        response = self.client.get(self.url, follow=True)
        self.assertIn("already amended", words(response))
        self.assertEqual(self.post().status_code, 422)
        self.assertEqual(Cycle.objects.count(), 2)

    def test_an_older_fill_may_be_amended(self):
        self.fill(filled_on=TODAY)
        self.assertRedirects(self.post(), reverse("pumps:pump", args=[self.pump.ref]))
        self.assertEqual(Cycle.objects.open().get().expected_residual_ml, Decimal("14.5"))

    def test_a_limit_from_the_clinics_file_stays(self):
        Cycle.objects.update(file_stability_days=60)
        self.post()
        self.assertEqual(Cycle.objects.get(amends=self.cycle).file_stability_days, 60)

    def test_another_clinic_gets_404_and_other_roles_403(self):
        for user, status in ((self.otto, 404), (self.adam, 403), (self.rosa_user, 403)):
            self.sign_in(user)
            self.assertEqual(self.post().status_code, status)
        self.assertEqual(Cycle.objects.count(), 1)

    def test_the_anonymous_are_sent_to_sign_in(self):
        self.client.logout()
        self.assertEqual(self.client.get(self.url).status_code, 302)

    def test_a_fill_of_an_explanted_pump_may_still_be_read(self):
        actions.explant(actor=self.nora, pump=self.pump, explanted_on=TODAY, reason="Replaced")
        self.assertEqual(self.client.get(self.url).status_code, 200)
