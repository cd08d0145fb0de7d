from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Closure
from portal.audit.models import Event
from pumps import actions, derive
from pumps.models import Cycle, Drug, DrugLine, Program, Pump, PumpModel, StabilityLimit
from tests.base import make_pump
from tests.pumps.test_record_fill import FillTestCase


class RecomputeTests(FillTestCase):
    def setUp(self):
        super().setUp()
        self.cycle = self.fill()
        actions.recompute()

    def after(self, **which):
        """Recompute; return how many changed, and the cycle as stored."""
        changed = actions.recompute(**which)
        self.cycle.refresh_from_db()
        return changed

    def test_nothing_changed_nothing_written(self):
        events = Event.objects.count()
        self.assertEqual(self.after(), 0)
        self.assertEqual(Event.objects.count(), events)

    def test_everything_that_moves_a_date_is_noticed(self):
        cycles, lines = (
            Cycle.objects.filter(pk=self.cycle.pk),
            DrugLine.objects.filter(program=self.cycle.program),
        )
        pumps, programs = (
            Pump.objects.filter(pk=self.pump.pk),
            Program.objects.filter(pk=self.cycle.program_id),
        )
        models, limits = (
            PumpModel.objects.filter(code="8637-20"),
            StabilityLimit.objects.filter(drug__name="morphine"),
        )
        clinics = type(self.oak).objects.filter(pk=self.oak.pk)
        changes = [
            (clinics, {"lead_days": 14}, date(2026, 6, 23)),
            (pumps, {"lead_days": 10}, date(2026, 6, 26)),
            (models, {"accuracy": Decimal("0.9")}, date(2026, 6, 19)),
            (limits, {"days": 14}, date(2026, 6, 15)),
            (cycles, {"filled_on": date(2026, 5, 1)}, date(2026, 5, 29)),
            (cycles, {"filled_ml": 10}, date(2026, 6, 10)),
            (cycles, {"filled_ml": 15, "left_ml": 1}, date(2026, 6, 22)),
            (cycles, {"alarm_ml": 4}, date(2026, 6, 26)),
            (cycles, {"beyond_use_on": date(2026, 6, 10)}, date(2026, 6, 10)),
            (cycles, {"printed_alarm_on": date(2026, 6, 20)}, date(2026, 6, 12)),
            (cycles, {"file_stability_days": 8}, date(2026, 6, 9)),
            (lines, {"daily_dose_mcg": 10000}, date(2026, 6, 12)),
            (lines, {"concentration_mcg_per_ml": 5000}, date(2026, 6, 12)),
            (
                programs,
                {"bolus_dose_mcg": 1250, "max_activations": 4, "lockout_minutes": 60},
                date(2026, 6, 12),
            ),
        ]
        for rows, values, expected in changes:
            with self.subTest(values=values):
                before = rows.values(*values).get()
                rows.update(**values)
                self.assertEqual(self.after(), 1)
                self.assertEqual(self.cycle.refill_by, expected)
                rows.update(**before)
                self.assertEqual(self.after(), 1)
                self.assertEqual(self.cycle.refill_by, date(2026, 6, 30))

    def test_closures_come_and_go(self):
        closure = Closure.objects.create(clinic=self.oak, on=date(2026, 6, 30), name="stocktaking")
        self.assertEqual((self.after(clinic=self.oak), self.cycle.refill_by), (1, date(2026, 6, 29)))
        closure.delete()
        self.assertEqual((self.after(clinic=self.oak), self.cycle.refill_by), (1, date(2026, 6, 30)))

    def test_first_fill_and_dilution_choose_the_limit(self):
        DrugLine.objects.filter(program=self.cycle.program).update(drug=Drug.objects.get(name="ziconotide"))
        self.after()
        self.assertEqual(self.cycle.stability_days, 40)
        for values, days in [
            ({"is_diluted": False}, 84),
            ({"is_diluted": True}, 40),
            ({"is_first_fill": True}, 14),
        ]:
            with self.subTest(values=values):
                Cycle.objects.filter(pk=self.cycle.pk).update(**values)
                self.after()
                self.assertEqual(self.cycle.stability_days, days)

    def test_a_second_drug_caps_too(self):
        ziconotide = Drug.objects.get(name="ziconotide")
        DrugLine.objects.create(
            program=self.cycle.program,
            position=1,
            drug=ziconotide,
            concentration_mcg_per_ml=1,
            daily_dose_mcg=1,
            unit="mcg",
        )
        self.after()
        self.assertEqual(self.cycle.stability_days, 40)

    def test_a_hand_in_the_stored_dates_is_put_right(self):
        for name in derive.DATES:
            with self.subTest(name=name):
                was = getattr(self.cycle, name)
                step = timedelta(days=-1 if name in ("alarm_on", "refill_by") else 1)
                Cycle.objects.filter(pk=self.cycle.pk).update(**{name: was + step})
                self.assertEqual(self.after(), 1)
                self.assertEqual(getattr(self.cycle, name), was)

    def test_what_cannot_be_has_a_reason_and_never_an_old_date(self):
        rows = PumpModel.objects.filter(code="8637-20")
        rows.update(capacity_ml=15)
        self.assertEqual(self.after(), 1)
        self.assertEqual(self.cycle.cannot_compute, "filled_ml")
        self.assertEqual([getattr(self.cycle, name) for name in derive.DATES], [None] * len(derive.DATES))
        self.assertEqual((self.cycle.binding, self.cycle.is_stopped), ("", False))
        rows.update(capacity_ml=20)
        self.assertEqual((self.after(), self.cycle.refill_by), (1, date(2026, 6, 30)))

    def test_a_program_without_a_drug_cannot_be_computed(self):
        DrugLine.objects.filter(program=self.cycle.program).delete()
        self.after()
        self.assertEqual((self.cycle.cannot_compute, self.cycle.refill_by), ("program", None))

    def test_a_dose_of_0_stops_the_pump(self):
        DrugLine.objects.filter(program=self.cycle.program).update(daily_dose_mcg=0)
        self.after()
        self.assertEqual((self.cycle.is_stopped, self.cycle.refill_by), (True, None))

    def test_only_what_was_asked_for(self):
        other = self.fill(self.dales_pump, filled_ml=Decimal(40))
        actions.recompute()
        PumpModel.objects.update(accuracy=Decimal("0.9"))
        self.assertEqual(actions.recompute(clinic=self.cedar), 0)
        self.assertEqual(actions.recompute(pumps=[self.dales_pump]), 1)
        self.assertEqual(actions.recompute(pumps=[]), 0)
        other.refresh_from_db()
        self.assertEqual(other.accuracy, Decimal("0.9"))
        self.assertEqual(actions.recompute(clinic=self.oak), 1)

    def test_closed_and_replaced_fills_stay_as_they_were(self):
        self.fill()
        PumpModel.objects.update(accuracy=Decimal("0.9"))
        self.assertEqual(actions.recompute(), 1)
        self.cycle.refresh_from_db()
        self.assertEqual(self.cycle.accuracy, Decimal("0.145"))

    def test_a_new_version_of_the_arithmetic_looks_again(self):
        hashes = set(Cycle.objects.values_list("inputs_hash", flat=True))
        self.addCleanup(setattr, derive, "CALC_VERSION", derive.CALC_VERSION)
        derive.CALC_VERSION += 1
        self.assertEqual(self.after(), 0)
        self.assertNotIn(self.cycle.inputs_hash, hashes)

    def test_reading_takes_the_same_few_queries_for_many(self):
        with CaptureQueriesContext(connection) as one:
            actions.recompute()
        for number in range(5):
            self.fill(make_pump(self.dale, f"NGP8{number}"))
        actions.recompute()
        with self.assertNumQueries(len(one)):
            actions.recompute()
