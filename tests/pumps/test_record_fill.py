import datetime
import uuid
from datetime import date
from decimal import Decimal

import time_machine
from django.test import TestCase

from portal.accounts.models import Closure
from portal.audit.models import Event
from pumps import actions
from pumps.actions.fill_record import FillRecord
from pumps.models import Cycle, Drug, Program, Pump, PumpModel, StabilityLimit, Visit
from tests.base import ClinicTestCase, at

# A Monday, 9:00 in Chicago.
NOW = "2026-06-01T14:00:00Z"
TODAY = date(2026, 6, 1)


class FillTestCase(ClinicTestCase):
    def setUp(self):
        clock = time_machine.travel(NOW, tick=False)
        clock.start()
        self.addCleanup(clock.stop)

    def refused(self, field, words="", *, pump=None, **overrides):
        """Expect a refusal that names the field; nothing may be stored."""
        before = (Cycle.objects.count(), Program.objects.count(), Event.objects.count())
        with self.assertRaises(actions.Refused) as caught:
            self.fill(pump, **overrides)
        self.assertIn(field, caught.exception.message_dict)
        self.assertIn(words, caught.exception.message_dict[field][0])
        self.assertEqual((Cycle.objects.count(), Program.objects.count(), Event.objects.count()), before)


class RecordFillTests(FillTestCase):
    def test_it_derives_and_stores_the_dates(self):
        cycle = Cycle.objects.get(pk=self.fill().pk)
        # 20 mL at 0.5 mL a day: 18 mL above the alarm last 36 days; 20 / 0.5725 = 34.9.
        self.assertEqual(cycle.low_reservoir_alarm_on, date(2026, 7, 7))
        self.assertEqual(cycle.alarm_on, date(2026, 7, 7))
        self.assertEqual(cycle.empty_on, date(2026, 7, 11))
        self.assertEqual(cycle.earliest_empty_on, date(2026, 7, 5))
        self.assertEqual((cycle.refill_by, cycle.binding), (date(2026, 6, 30), "alarm"))
        self.assertEqual((cycle.stability_days, cycle.stable_until), (90, date(2026, 8, 30)))
        self.assertIn("90 days", cycle.stability_source)
        self.assertEqual((cycle.lead_days, cycle.accuracy), (7, Decimal("0.145")))
        self.assertEqual((cycle.clinic, cycle.recorded_by), (self.oak, self.nora))

    def test_it_writes_one_audit_event_without_a_dose(self):
        cycle = self.fill()
        event = Event.objects.get()
        self.assertEqual(
            (event.action, event.subject_ref, event.actor), ("fill.recorded", cycle.ref, self.nora)
        )
        self.assertEqual((event.patient_ref, event.clinic_ref), (self.rosa.ref, self.oak.ref))
        self.assertEqual(event.detail, {})

    def test_the_next_fill_ends_this_one_and_keeps_the_program(self):
        first = self.fill(filled_on=date(2026, 5, 11))
        second = self.fill(residual_ml=Decimal("9.1"))
        first.refresh_from_db()
        self.assertEqual(first.ended_on, TODAY)
        self.assertEqual(second.program, first.program)
        self.assertEqual(Cycle.objects.open().get(), second)
        # 20 mL less 21 days of 0.5 mL.
        self.assertEqual(second.expected_residual_ml, Decimal("9.5"))

    def test_other_settings_start_a_new_program(self):
        first = self.fill(filled_on=date(2026, 5, 11))
        second = self.fill(daily_dose_mcg=Decimal(6000))
        first.program.refresh_from_db()
        self.assertEqual(first.program.ended_on, TODAY)
        self.assertEqual((second.program.starts_on, second.program.ended_on), (TODAY, None))
        self.assertEqual(second.program.main_line.daily_dose_mcg, 6000)

    def test_each_setting_makes_a_program_of_its_own(self):
        self.fill(filled_on=date(2026, 5, 11))
        bolus = {"bolus_dose_mcg": Decimal(100), "max_activations": 4}
        changes = [
            {"concentration_mcg_per_ml": Decimal(20000)},
            {"drug": Drug.objects.get(name="baclofen")},
            {"unit": "mcg"},
            bolus,
            {**bolus, "lockout_minutes": 120},
        ]
        for number, change in enumerate(changes, start=2):
            with self.subTest(change=change):
                self.fill(filled_on=date(2026, 5, 11), **change)
                self.assertEqual(Program.objects.filter(pump=self.pump).count(), number)

    def test_a_second_fill_of_the_same_day_is_allowed(self):
        first, second = self.fill(), self.fill(filled_ml=Decimal(10))
        first.refresh_from_db()
        self.assertEqual((first.ended_on, second.ended_on), (TODAY, None))
        self.assertEqual(second.expected_residual_ml, 20)

    def test_extra_doses_count_in_full(self):
        # 4 boluses of 250 mcg: 6,000 mcg a day, 0.6 mL; 18 / 0.6 = 30 days.
        cycle = self.fill(bolus_dose_mcg=Decimal(250), max_activations=4)
        self.assertEqual(cycle.low_reservoir_alarm_on, date(2026, 7, 1))
        self.assertEqual(cycle.latest_alarm_on, date(2026, 7, 7))

    def test_a_maximum_of_0_is_no_extra_dose(self):
        cycle = self.fill(bolus_dose_mcg=Decimal(250), max_activations=0, lockout_minutes=0)
        self.assertIsNone(cycle.program.bolus_dose_mcg)

    def test_what_was_left_in_counts(self):
        cycle = self.fill(left_ml=Decimal(2), filled_ml=Decimal(18))
        self.assertEqual(cycle.low_reservoir_alarm_on, date(2026, 7, 7))

    def test_a_stopped_pump_has_no_dates(self):
        cycle = self.fill(daily_dose_mcg=Decimal(0))
        self.assertTrue(cycle.is_stopped)
        self.assertEqual((cycle.refill_by, cycle.stable_until, cycle.cannot_compute), (None, None, ""))
        self.assertEqual(cycle.program.mode, Program.Mode.STOPPED)

    def test_the_pumps_own_lead_wins_over_the_clinics(self):
        Pump.objects.filter(pk=self.pump.pk).update(lead_days=14)
        self.assertEqual(self.fill().refill_by, date(2026, 6, 23))

    def test_closures_move_the_date_back(self):
        Closure.objects.create(clinic=self.oak, on=date(2026, 6, 30), name="stocktaking")
        self.assertEqual(self.fill().refill_by, date(2026, 6, 29))

    def test_an_earlier_printed_date_replaces_ours_and_is_flagged(self):
        cycle = self.fill(printed_alarm_on=date(2026, 6, 22))
        self.assertEqual((cycle.alarm_on, cycle.refill_by), (date(2026, 6, 22), date(2026, 6, 15)))
        self.assertIs(cycle.printed_alarm_agrees, False)

    def test_a_later_printed_date_moves_nothing(self):
        cycle = self.fill(printed_alarm_on=date(2026, 8, 1))
        self.assertEqual((cycle.alarm_on, cycle.refill_by), (date(2026, 7, 7), date(2026, 6, 30)))

    def test_no_limit_on_record_has_no_source(self):
        StabilityLimit.objects.all().delete()
        cycle = self.fill()
        self.assertEqual((cycle.stability_days, cycle.stability_source, cycle.stable_until), (None, "", None))

    def test_the_earlier_of_the_files_limit_and_the_tables_counts(self):
        self.assertEqual(self.fill(file_stability_days=20).stable_until, date(2026, 6, 21))
        self.assertEqual(self.fill(file_stability_days=400).stability_days, 90)

    def test_queries_do_not_grow_with_history(self):
        self.fill(filled_on=date(2026, 3, 2))
        with self.assertNumQueries(self.count_queries()):
            self.fill()

    def count_queries(self):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self.fill(filled_on=date(2026, 3, 30))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            self.fill(filled_on=date(2026, 4, 27))
        return len(queries)


class RefusedFillTests(FillTestCase):
    def test_days_that_cannot_be(self):
        cases = [
            ({"filled_on": date(2026, 6, 2)}, "future"),
            ({"filled_on": date(1950, 1, 1)}, "birth"),
            ({"filled_on": date(2024, 2, 8)}, "implant"),
        ]
        for overrides, words in cases:
            with self.subTest(words=words):
                self.refused("filled_on", words, **overrides)

    def test_today_is_the_clinics_today(self):
        # 23:30 on 31 May in Chicago is already 1 June in UTC.
        with time_machine.travel("2026-06-01T04:30:00Z", tick=False):
            self.refused("filled_on", "31-May-2026", filled_on=date(2026, 6, 1))

    def test_before_the_fill_on_record_says_to_amend(self):
        self.fill(filled_on=date(2026, 5, 11))
        self.refused("filled_on", "amend", filled_on=date(2026, 5, 10))

    def test_after_death(self):
        self.rosa.died_on = date(2026, 5, 1)
        self.rosa.save()
        self.refused("filled_on", "died", filled_on=date(2026, 5, 2))
        self.fill(filled_on=date(2026, 5, 1))

    def test_after_explant(self):
        Pump.objects.filter(pk=self.pump.pk).update(explanted_on=date(2026, 5, 1))
        self.refused("filled_on", "explanted")

    def test_more_than_the_reservoir_holds_names_both(self):
        self.refused(
            "filled_ml", "2 mL left in and 18.5 mL put in", left_ml=Decimal(2), filled_ml=Decimal("18.5")
        )

    def test_impossible_figures_name_their_field(self):
        cases = [
            ("filled_ml", {"filled_ml": Decimal(0)}),
            ("filled_ml", {"filled_ml": Decimal(-1)}),
            ("left_ml", {"left_ml": Decimal(-1)}),
            ("alarm_ml", {"alarm_ml": Decimal(20)}),
            ("alarm_ml", {"alarm_ml": Decimal(-1)}),
            ("concentration_mcg_per_ml", {"concentration_mcg_per_ml": Decimal(0)}),
            ("daily_dose_mcg", {"daily_dose_mcg": Decimal(-1)}),
            ("daily_dose_mcg", {"daily_dose_mcg": Decimal(479)}),
            ("daily_dose_mcg", {"daily_dose_mcg": Decimal(240001)}),
            ("daily_dose_mcg", {"daily_dose_mcg": 0, "bolus_dose_mcg": Decimal(10), "max_activations": 2}),
            ("bolus_dose_mcg", {"bolus_dose_mcg": Decimal(-10), "max_activations": 2}),
            ("bolus_dose_mcg", {"max_activations": 2}),
            ("max_activations", {"bolus_dose_mcg": Decimal(10)}),
            ("lockout_minutes", {"lockout_minutes": -1}),
            ("beyond_use_on", {"beyond_use_on": date(2026, 5, 31)}),
            ("printed_alarm_on", {"printed_alarm_on": date(2026, 5, 31)}),
        ]
        for field, overrides in cases:
            with self.subTest(overrides=overrides):
                self.refused(field, **overrides)

    def test_what_a_column_would_round_is_refused(self):
        cases = [
            ("filled_ml", {"filled_ml": Decimal("18.555")}),
            ("residual_ml", {"residual_ml": Decimal(10000)}),
            ("concentration_mcg_per_ml", {"concentration_mcg_per_ml": Decimal("10000.00001")}),
            ("note", {"note": "x" * 301}),
            ("unit", {"unit": "ug"}),
        ]
        for field, overrides in cases:
            with self.subTest(field=field):
                self.refused(field, **overrides)

    def test_closures_without_end_are_told(self):
        days = [date(2026, 6, 30) - datetime.timedelta(days=back) for back in range(3700)]
        Closure.objects.bulk_create(Closure(clinic=self.oak, on=day, name="closed") for day in days)
        self.refused("__all__", "closures")


class SameKeyTests(FillTestCase):
    def test_a_second_press_returns_the_first_record(self):
        record = self.fill_record()
        first = actions.record_fill(actor=self.nora, pump=self.pump, record=record)
        second = actions.record_fill(actor=self.nora, pump=self.pump, record=record)
        self.assertEqual(first, second)
        self.assertEqual(Cycle.objects.count(), 1)
        self.assertEqual(Event.objects.count(), 1)

    def test_another_pump_or_other_values_are_refused(self):
        key = uuid.uuid4()
        self.fill(key=key)
        self.refused("__all__", "already used", pump=self.dales_pump, key=key)
        self.refused("__all__", "already used", filled_ml=Decimal(19), key=key)


class VisitDoneTests(FillTestCase):
    def test_the_visit_of_the_day_is_done(self):
        visit = self.book(starts_at=at(TODAY, 15))
        cycle = self.fill()
        visit.refresh_from_db()
        self.assertEqual((visit.state, visit.cycle), (Visit.State.DONE, cycle))

    def test_a_visit_before_the_fill_is_done(self):
        visit = self.book(starts_at=at(TODAY, 15))
        with time_machine.travel("2026-06-03T14:00:00Z", tick=False):
            self.fill(filled_on=date(2026, 6, 3))
        visit.refresh_from_db()
        self.assertEqual(visit.state, Visit.State.DONE)

    def test_a_later_visit_stays_booked(self):
        visit = self.book(starts_at=at("2026-06-10"))
        self.fill()
        visit.refresh_from_db()
        self.assertEqual((visit.state, visit.cycle), (Visit.State.BOOKED, None))


class FillRecordTests(TestCase):
    def test_no_two_records_share_a_key(self):
        values = dict.fromkeys(
            [
                "filled_on",
                "filled_ml",
                "alarm_ml",
                "drug",
                "concentration_mcg_per_ml",
                "daily_dose_mcg",
                "unit",
            ]
        )
        self.assertNotEqual(FillRecord(**values).key, FillRecord(**values).key)


class ConfirmedFigureTests(FillTestCase):
    def test_a_confirmed_accuracy_is_used(self):
        PumpModel.objects.filter(code="8637-20").update(accuracy=Decimal("0.1"))
        # 20 / 0.55 = 36.36.
        self.assertEqual(self.fill().earliest_empty_on, date(2026, 7, 7))
