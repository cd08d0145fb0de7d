"""Add and edit a pump."""

import datetime
from decimal import Decimal

import time_machine
from django.urls import reverse

from pumps.models import Catheter, Pump, PumpModel
from tests.base import ClinicTestCase, at, make_pump
from tests.pumps.fill_case import complaints, shown, words
from tests.triples import triple

TODAY = datetime.date(2026, 11, 23)


class PumpFormCase(ClinicTestCase):
    def sent(self, **overrides):
        values = {
            "model": str(PumpModel.objects.get(code="8637-40").pk),
            "serial": " ngp 480217h ",
            "site": "left lower abdomen",
            "lead_days": "",
            "catheter_model": "8780",
            "tip_level": "T10",
            "length_cm": "88.5",
            **triple("implanted_on", datetime.date(2024, 3, 14)),
            **triple("eri_on", None),
        }
        return {**values, **overrides}

    def post(self, **overrides):
        return self.client.post(self.url, self.sent(**overrides))

    def refused(self):
        """Whoever may not: another clinic, another role, nobody."""
        for user, status in ((self.otto, 404), (self.adam, 403), (self.edie, 404)):
            self.sign_in(user)
            self.assertIn(self.post().status_code, (status, 403))
        self.client.logout()
        self.assertEqual(self.client.get(self.url).status_code, 302)


@time_machine.travel(at(TODAY, 7), tick=False)
class AddPumpTests(PumpFormCase):
    def setUp(self):
        self.url = reverse("pumps:add", args=[self.dale.ref])
        self.sign_in(self.nora)

    def test_it_opens(self):
        self.assertIn("Leave empty for the clinic’s 7 days.", words(self.client.get(self.url)))

    def test_a_serial_number_is_written_in_one_way(self):
        response = self.post()
        pump = Pump.objects.get(serial="NGP480217H")
        self.assertRedirects(response, reverse("pumps:pump", args=[pump.ref]))
        self.assertEqual((pump.patient, pump.clinic, pump.lead_days), (self.dale, self.oak, None))

    def test_the_catheter_is_kept_with_it(self):
        self.post(lead_days="10")
        pump = Pump.objects.get(serial="NGP480217H")
        catheter = Catheter.objects.get(pump=pump)
        self.assertEqual(
            (catheter.model, catheter.tip_level, catheter.length_cm), ("8780", "T10", Decimal("88.5"))
        )
        self.assertEqual(pump.lead_days, 10)

    def test_nothing_known_of_a_catheter_makes_none(self):
        self.post(catheter_model="", tip_level="", length_cm="")
        self.assertEqual(Catheter.objects.count(), 0)

    def test_a_serial_number_in_use_names_nobody(self):
        response = self.post(serial="ngp000001h")
        self.assertEqual(response.status_code, 422)
        self.assertIn("already recorded for another implanted pump", complaints(response))
        self.assertNotIn("Rosa", words(response))

    def test_another_clinic_may_have_the_same_serial_number(self):
        make_pump(self.carla, "NGP480217H")
        self.assertEqual(self.post().status_code, 302)

    def test_bad_input_is_named(self):
        cases = (
            ({"serial": ""}, "Serial number"),
            ({"serial": "   "}, "Serial number"),
            ({"serial": "a\u202eb"}, "U+202E"),
            ({"serial": "x" * 41}, "40"),
            ({"model": ""}, "Model"),
            ({"model": "999"}, "choose one"),
            ({"lead_days": "61"}, "60 or less"),
            ({"lead_days": "7.5"}, "Lead days"),
            ({"length_cm": "0"}, "0.1 or more"),
            ({"length_cm": "88,5"}, "Catheter length"),
            (triple("implanted_on", TODAY + datetime.timedelta(days=1)), "future"),
            (triple("implanted_on", datetime.date(1950, 1, 1)), "birth date"),
            (
                {"implanted_on_month": "2", "implanted_on_day": "30", "implanted_on_year": "2024"},
                "does not exist",
            ),
        )
        for change, said in cases:
            with self.subTest(change=change):
                response = self.post(**change)
                self.assertEqual(response.status_code, 422)
                self.assertIn(said.lower(), complaints(response).lower())
        self.assertEqual(Pump.objects.filter(patient=self.dale).count(), 1)

    def test_who_may_not(self):
        self.refused()


@time_machine.travel(at(TODAY, 7), tick=False)
class EditPumpTests(PumpFormCase):
    def setUp(self):
        self.url = reverse("pumps:edit", args=[self.dales_pump.ref])
        self.sign_in(self.nora)

    def test_it_opens_with_what_is_recorded(self):
        Catheter.objects.create(pump=self.dales_pump, model="8780", tip_level="T9")
        response = self.client.get(self.url)
        self.assertEqual((shown(response, "serial"), shown(response, "tip_level")), ("NGP000002H", "T9"))

    def test_lead_days_move_the_dates(self):
        cycle = self.fill(self.dales_pump, filled_on=TODAY, daily_dose_mcg=Decimal(2000))
        before = cycle.refill_by
        self.post(serial="NGP000002H", lead_days="40")
        cycle.refresh_from_db()
        self.assertLess(cycle.refill_by, before)

    def test_the_eri_is_recorded(self):
        response = self.client.post(
            self.url, self.sent(serial="NGP000002H", **triple("eri_on", TODAY)), follow=True
        )
        self.dales_pump.refresh_from_db()
        self.assertEqual(self.dales_pump.eri_on, TODAY)
        self.assertIn("Pump details saved.", words(response))

    def test_an_eri_in_the_future_is_refused_and_nothing_is_saved(self):
        response = self.post(serial="OTHER", **triple("eri_on", TODAY + datetime.timedelta(days=1)))
        self.dales_pump.refresh_from_db()
        self.assertEqual((response.status_code, self.dales_pump.serial), (422, "NGP000002H"))

    def test_a_model_too_small_for_the_fill_is_refused(self):
        self.fill(self.dales_pump, filled_on=TODAY, filled_ml=Decimal(30))
        response = self.post(serial="NGP000002H", model=str(PumpModel.objects.get(code="8637-20").pk))
        self.assertIn("more than the reservoir", complaints(response))

    def test_the_same_catheter_is_not_stored_twice(self):
        for _press in range(2):
            self.post(serial="NGP000002H")
        self.assertEqual(Catheter.objects.filter(pump=self.dales_pump).count(), 1)

    def test_who_may_not(self):
        self.refused()
