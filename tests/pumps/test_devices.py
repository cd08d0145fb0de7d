"""Add, edit and explant a pump; mark its ERI."""

from datetime import date
from decimal import Decimal

from portal.audit.models import Event
from pumps import actions
from pumps.models import Pump, PumpModel, Visit
from tests.base import at
from tests.pumps.test_record_fill import TODAY, FillTestCase


class DeviceTestCase(FillTestCase):
    def refused_by(self, field, words, action, **values):
        events = Event.objects.count()
        with self.assertRaises(actions.Refused) as caught:
            action(actor=self.nora, **values)
        self.assertIn(words, caught.exception.message_dict[field][0])
        self.assertEqual(Event.objects.count(), events)


class AddPumpTests(DeviceTestCase):
    def new(self, **values):
        model = PumpModel.objects.get(code="8667-40")
        return Pump(
            **{"patient": self.rosa, "model": model, "serial": "NGP7", "implanted_on": TODAY, **values}
        )

    def test_it_belongs_to_the_patients_clinic(self):
        pump = actions.add_pump(actor=self.nora, pump=self.new(serial=" NGP7 "))
        self.assertEqual((pump.clinic, pump.serial), (self.oak, "NGP7"))
        self.assertEqual(Event.objects.get().action, "pump.added")

    def test_what_cannot_be(self):
        cases = [
            ("implanted_on", "future", {"implanted_on": date(2026, 6, 2)}),
            ("implanted_on", "birth", {"implanted_on": date(1950, 1, 1)}),
            ("serial", "", {"serial": " "}),
            ("serial", "40", {"serial": "x" * 41}),
            ("__all__", "already recorded", {"serial": self.pump.serial}),
        ]
        for field, words, values in cases:
            with self.subTest(values=values):
                self.refused_by(field, words, actions.add_pump, pump=self.new(**values))

    def test_not_after_death(self):
        self.rosa.died_on = date(2026, 5, 1)
        self.refused_by("implanted_on", "died", actions.add_pump, pump=self.new())


class EditPumpTests(DeviceTestCase):
    def test_the_dates_follow_the_lead(self):
        cycle = self.fill()
        self.pump.lead_days = 14
        actions.edit_pump(actor=self.nora, pump=self.pump)
        cycle.refresh_from_db()
        self.assertEqual(cycle.refill_by, date(2026, 6, 23))
        event = Event.objects.latest("id")
        self.assertEqual((event.action, event.detail), ("pump.edited", {"fields": ["lead_days"]}))

    def test_nothing_changed_leaves_no_event(self):
        actions.edit_pump(actor=self.nora, pump=self.pump)
        self.assertFalse(Event.objects.exists())

    def test_not_implanted_after_its_first_fill(self):
        self.fill(filled_on=date(2026, 5, 4))
        self.pump.implanted_on = date(2026, 5, 5)
        self.refused_by("implanted_on", "04-May-2026", actions.edit_pump, pump=self.pump)

    def test_not_a_model_smaller_than_its_fill(self):
        self.fill(self.dales_pump, filled_ml=Decimal(40))
        self.dales_pump.model = PumpModel.objects.get(code="8637-20")
        self.refused_by("model", "more than the reservoir", actions.edit_pump, pump=self.dales_pump)


class ExplantTests(DeviceTestCase):
    def explant(self, day=TODAY):
        return actions.explant(actor=self.nora, pump=self.pump, explanted_on=day, reason="infection")

    def test_everything_that_runs_ends_with_it(self):
        cycle, visit = self.fill(filled_on=date(2026, 5, 4)), self.book(starts_at=at("2026-06-02"))
        self.explant()
        cycle.refresh_from_db()
        cycle.program.refresh_from_db()
        visit.refresh_from_db()
        self.assertEqual((cycle.ended_on, cycle.program.ended_on), (TODAY, TODAY))
        self.assertEqual((visit.state, visit.reason), (Visit.State.CANCELLED, "The pump was explanted."))
        self.assertFalse(Pump.objects.in_care().filter(pk=self.pump.pk).exists())

    def test_the_serial_number_may_come_again(self):
        self.explant()
        again = Pump(patient=self.rosa, model=self.pump.model, serial=self.pump.serial)
        actions.add_pump(actor=self.nora, pump=again)

    def test_its_last_fill_can_still_be_amended(self):
        cycle = self.fill(filled_on=date(2026, 5, 4))
        self.explant()
        record = self.fill_record(filled_on=date(2026, 5, 4), filled_ml=Decimal(19))
        new = actions.amend_fill(actor=self.nora, cycle=cycle, record=record, reason="misread").cycle
        self.assertEqual(new.ended_on, TODAY)

    def test_what_cannot_be(self):
        self.fill(filled_on=date(2026, 5, 4))
        values = {"pump": self.pump, "reason": "infection"}
        cases = [
            (date(2026, 6, 2), "future"),
            (date(2024, 2, 8), "before the implant"),
            (date(2026, 5, 3), "04-May"),
        ]
        for day, words in cases:
            with self.subTest(words=words):
                self.refused_by("explanted_on", words, actions.explant, explanted_on=day, **values)
        self.refused_by(
            "explant_reason", "200", actions.explant, explanted_on=TODAY, pump=self.pump, reason="x" * 201
        )
        self.explant()
        self.refused_by("__all__", "already explanted", actions.explant, explanted_on=TODAY, **values)


class EriTests(DeviceTestCase):
    def test_it_is_recorded_and_taken_back(self):
        pump = actions.mark_eri(actor=self.nora, pump=self.pump, eri_on=TODAY)
        self.assertEqual(pump.eri_on, TODAY)
        self.assertIsNone(actions.mark_eri(actor=self.nora, pump=self.pump, eri_on=None).eri_on)

    def test_not_in_the_future_nor_before_the_implant(self):
        for day, words in [(date(2026, 6, 2), "future"), (date(2024, 2, 8), "before the implant")]:
            with self.subTest(words=words):
                self.refused_by("eri_on", words, actions.mark_eri, pump=self.pump, eri_on=day)
