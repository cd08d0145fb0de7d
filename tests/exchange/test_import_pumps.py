import re
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from portal.audit.models import Event
from pumps.forecast import COLUMNS
from pumps.models import Cycle, Pump
from tests.exchange.test_import_fhir import ImportCase

NOW = "2026-06-01T14:00:00Z"
ROW = {
    "mrn": "330-951",
    "pump_serial": "NGP5",
    "model": "8637-20",
    "implanted_on": "2024-02-09",
    "filled_on": "2026-05-25",
    "fill_volume_ml": "20",
    "alarm_volume_ml": "2",
    "drug": "morphine",
    "concentration": "10",
    "concentration_unit": "mg/mL",
    "daily_dose": "5",
    "dose_unit": "mg/day",
    "lead_days": "10",
}


class PumpsCase(ImportCase):
    def setUp(self):
        super().setUp()
        clock = time_machine.travel(NOW, tick=False)
        clock.start()
        self.addCleanup(clock.stop)

    def file(self, *rows):
        lines = [",".join(COLUMNS), *(",".join(row.get(name, "") for name in COLUMNS) for row in rows)]
        return self.write("\n".join(lines).encode(), "pumps.csv")

    def bring(self, *rows, **options):
        return self.bring_file(self.file(*({**ROW, **row} for row in rows)), **options)

    def bring_file(self, path, **options):
        """Return what the command prints; with a refusal, its last sentence too."""
        out = StringIO()
        try:
            call_command("import_pumps", str(path), clinic=self.oak.name, stdout=out, **options)
        except CommandError as error:
            return out.getvalue() + str(error)
        return out.getvalue()

    def pump_row(self):
        return Pump.objects.get(serial="NGP5")

    def open_cycle(self):
        return Cycle.objects.open().get(pump__serial="NGP5")


class ImportPumpsTests(PumpsCase):
    def test_a_pump_with_its_fill(self):
        text = self.bring(
            {"device_alarm_on": "2026-06-20", "stability_days": "60", "beyond_use_on": "2026-12-01"}
        )
        self.assertIn(
            "row 1: created (fill of 2026-05-25)\n1 created, 0 changed, 0 unchanged, 0 refused.", text
        )
        pump, cycle = self.pump_row(), self.open_cycle()
        self.assertEqual((pump.patient, pump.clinic, pump.lead_days), (self.rosa, self.oak, 10))
        self.assertEqual((cycle.printed_alarm_on, cycle.alarm_on), (date(2026, 6, 20), date(2026, 6, 20)))
        self.assertEqual((cycle.stability_days, cycle.beyond_use_on), (60, date(2026, 12, 1)))
        self.assertEqual((cycle.lead_days, cycle.refill_by), (10, date(2026, 6, 10)))
        line = cycle.program.main_line
        self.assertEqual((line.concentration_mcg_per_ml, line.daily_dose_mcg, line.unit), (10000, 5000, "mg"))

    def test_of_the_files_and_the_tables_stability_the_earlier_counts(self):
        self.bring({"stability_days": "400"})
        self.assertEqual((self.open_cycle().stability_days, self.open_cycle().file_stability_days), (90, 400))

    def test_no_figure_has_no_limit(self):
        self.bring({"drug": "fentanyl", "concentration_unit": "mcg/mL", "dose_unit": "mcg/day"})
        self.assertEqual((self.open_cycle().stability_days, self.open_cycle().stability_source), (None, ""))

    def test_unknown_dilution_takes_the_shorter_and_the_implant_day_is_a_first_fill(self):
        ziconotide = {"drug": "ziconotide", "concentration_unit": "mcg/mL", "dose_unit": "mcg/day"}
        self.bring({**ziconotide, "stability_days": "84"})
        self.assertEqual((self.open_cycle().stability_days, self.open_cycle().is_diluted), (40, None))
        self.bring({**ziconotide, "pump_serial": "NGP6", "implanted_on": "2026-05-25"})
        first = Cycle.objects.get(pump__serial="NGP6")
        self.assertEqual((first.stability_days, first.is_first_fill), (14, True))

    def test_extra_doses(self):
        self.bring(
            {"bolus_dose": "0.25", "bolus_unit": "mg", "max_activations_per_day": "4", "lockout_minutes": "0"}
        )
        program = self.open_cycle().program
        self.assertEqual(
            (program.bolus_dose_mcg, program.max_activations, program.lockout_minutes), (250, 4, None)
        )

    def test_twice_changes_nothing(self):
        self.bring({})
        events = Event.objects.count()
        self.assertIn("row 1: unchanged\n0 created, 0 changed, 1 unchanged, 0 refused.", self.bring({}))
        self.assertEqual(Event.objects.count(), events)

    def test_other_values_amend_the_fill_and_keep_what_staff_wrote(self):
        self.bring({})
        Cycle.objects.update(residual_ml=Decimal("3.2"), is_diluted=False, note="easy access")
        self.assertIn("changed (fill of 2026-05-25 amended)", self.bring({"daily_dose": "6"}))
        cycle = self.open_cycle()
        self.assertEqual((cycle.amend_reason, cycle.program.main_line.daily_dose_mcg), ("import", 6000))
        self.assertEqual(
            (cycle.residual_ml, cycle.is_diluted, cycle.note), (Decimal("3.2"), False, "easy access")
        )
        self.assertIn("unchanged", self.bring({"daily_dose": "6"}))

    def test_a_later_fill_is_a_new_fill(self):
        self.bring({})
        self.assertIn("changed (fill of 2026-06-01)", self.bring({"filled_on": "2026-06-01"}))
        self.assertEqual(Cycle.objects.filter(pump__serial="NGP5").count(), 2)
        self.assertIn("unchanged", self.bring({"filled_on": "2026-06-01"}))
        self.assertIn("unchanged", self.bring({}))
        self.assertIn("filled_on: A later fill", self.bring({"filled_on": "2026-05-20"}))
        self.assertIn("filled_on: A later fill", self.bring({"daily_dose": "6"}))

    def test_the_lead_and_the_model_follow_the_file(self):
        self.bring({})
        self.assertIn(
            "changed (lead_days, model)",
            self.bring({"lead_days": "5", "model": "8637-40"}).replace("; ", ", "),
        )
        self.assertEqual(self.open_cycle().lead_days, 5)

    def test_a_stopped_pump(self):
        self.bring({"daily_dose": "0"})
        self.assertTrue(self.open_cycle().is_stopped)

    def test_a_dead_persons_pump_is_recorded(self):
        self.rosa.died_on = date(2026, 5, 30)
        self.rosa.save()
        text = self.bring({})
        self.assertIn("created (fill of 2026-05-25; the person died or left: recorded, no reminders)", text)
        self.assertIn("unchanged (the person died or left: recorded, no reminders)", self.bring({}))
        self.assertFalse(Pump.objects.in_care().filter(serial="NGP5").exists())


class DryRunTests(PumpsCase):
    def test_it_says_what_would_be_done_and_saves_nothing(self):
        events = Event.objects.count()
        text = self.bring({}, {"pump_serial": "NGP6", "daily_dose": "x"}, dry_run=True)
        self.assertIn("row 1: created", text)
        self.assertIn("row 2: refused (daily_dose:", text)
        self.assertIn("Dry run: nothing was saved.", text)
        self.assertEqual((Pump.objects.filter(serial="NGP5").count(), Event.objects.count()), (0, events))


class RefusedRowTests(PumpsCase):
    def test_all_or_nothing_unless_good_rows(self):
        rows = [{}, {"pump_serial": "NGP6", "daily_dose": "x"}]
        text = self.bring(*rows)
        self.assertIn("1 of 2 rows are refused. Nothing was saved; --good-rows saves the others.", text)
        self.assertFalse(Pump.objects.filter(serial="NGP5").exists())
        self.assertIn("1 created, 0 changed, 0 unchanged, 1 refused.", self.bring(*rows, good_rows=True))
        self.assertTrue(Pump.objects.filter(serial="NGP5").exists())

    def test_each_names_its_column(self):
        cases = [
            ("mrn: No patient of Oak Street Clinic", {"mrn": "nobody"}),
            ("mrn: No patient of Oak Street Clinic", {"mrn": self.carla.mrn}),
            ("pump_serial: This pump is on another", {"pump_serial": self.dales_pump.serial}),
            ("pump_serial:", {"pump_serial": "x" * 41}),
            ("filled_on:", {"filled_on": "05/25/2026"}),
            ("filled_on:", {"filled_on": "46027"}),
            ("filled_on:", {"filled_on": "2026-06-02"}),
            ("implanted_on:", {"implanted_on": "1950-01-01", "filled_on": "1951-01-01"}),
            ("concentration:", {"concentration": '"0,5"'}),
            ("concentration: ", {"concentration": "10.00000001"}),
            ("concentration_unit:", {"concentration_unit": "ug/mL"}),
            ("daily_dose:", {"daily_dose": "=2*3"}),
            ("fill_volume_ml:", {"fill_volume_ml": "20.5"}),
            ("fill_volume_ml:", {"fill_volume_ml": "19.555"}),
            ("lead_days: 61", {"lead_days": "61"}),
            ("stability_days:", {"stability_days": "99999"}),
            ("device_alarm_on:", {"device_alarm_on": "2026-05-01"}),
            ("beyond_use_on:", {"beyond_use_on": "2026-05-01"}),
        ]
        pumps, events = Pump.objects.count(), Event.objects.count()
        for words, changes in cases:
            with self.subTest(words=words, changes=changes):
                text = self.bring(changes)
                self.assertIn("row 1: refused (", text)
                self.assertIn(words, text)
                self.assertEqual((Pump.objects.count(), Event.objects.count()), (pumps, events))

    def test_a_repeated_pump_is_refused_from_the_second_row_on(self):
        text = self.bring({}, {}, {"pump_serial": "ngp5", "mrn": self.dale.mrn}, good_rows=True)
        self.assertIn("row 2: refused (pump_serial: This pump already stands in row 1", text)
        self.assertIn("row 3: refused (pump_serial: This pump already stands in row 1", text)

    def test_an_explanted_pump(self):
        self.bring({})
        Pump.objects.filter(serial="NGP5").update(explanted_on=date(2026, 5, 30))
        self.assertIn("pump_serial: This pump was explanted", self.bring({}))

    def test_a_refused_row_leaves_nothing_behind(self):
        # The pump itself is sound, its fill comes after the death.
        self.rosa.died_on = date(2026, 5, 1)
        self.rosa.save()
        self.assertIn("filled_on: The patient died", self.bring({}, good_rows=True))
        self.assertFalse(Pump.objects.filter(serial="NGP5").exists())

    def test_files_and_clinics_that_cannot_be(self):
        self.assertIn("cannot be read", self.bring_file(self.folder / "none.csv"))
        self.assertIn("lacks the column", self.bring_file(self.write(b"a,b\n1,2\n", "x.csv")))
        with self.assertRaises(CommandError) as caught:
            call_command("import_pumps", str(self.file(ROW)), clinic="Oak", stdout=StringIO())
        self.assertIn("--clinic: no clinic", str(caught.exception))


class SharedPumpsTests(PumpsCase):
    @pytest.fixture(autouse=True)
    def _shared(self, real_data):
        self.shared = real_data

    def setUp(self):
        super().setUp()
        later = time_machine.travel("2026-11-22T15:00:00Z", tick=False)
        later.start()
        self.addCleanup(later.stop)
        self.run_import(*sorted((self.shared / "synthea-r4").glob("*.json.gz")))

    def test_thirty_six_pumps_twice(self):
        path = self.shared / "pumps.csv"
        self.assertIn("36 created, 0 changed, 0 unchanged, 0 refused.", self.bring_file(path))
        self.assertIn("0 created, 0 changed, 36 unchanged, 0 refused.", self.bring_file(path))
        # One of them is stopped and has no dates.
        self.assertEqual(Cycle.objects.open().exclude(refill_by=None).count(), 35)
        self.assertEqual(Cycle.objects.open().filter(is_stopped=True).count(), 1)

    def test_the_messy_file(self):
        text = self.bring_file(self.shared / "pumps_messy.csv")
        refused = [int(number) for number in re.findall(r"row (\d+): refused", text)]
        self.assertEqual(refused, list(range(3, 17)))
        self.assertIn("row 8: refused (mrn:", text)
        self.assertIn("row 9: refused (pump_serial:", text)
        self.assertNotIn("row 17", text)
        self.assertFalse(Cycle.objects.exists())
        self.assertIn("2 created", self.bring_file(self.shared / "pumps_messy.csv", good_rows=True))

    def test_dates_agree_with_the_forecast(self):
        from pumps.forecast import forecast_row, read_rows

        self.bring_file(self.shared / "pumps.csv")
        for raw in read_rows(self.shared / "pumps.csv"):
            cycle = Cycle.objects.get(pump__serial=raw.cells["pump_serial"])
            expected = forecast_row(raw, as_of=date(2026, 11, 22))
            with self.subTest(serial=raw.cells["pump_serial"]):
                for name in ("low_reservoir_alarm_on", "latest_alarm_on", "empty_on", "earliest_empty_on"):
                    self.assertEqual(str(getattr(cycle, name) or ""), expected[name])
                # A printed alarm date or a shorter limit of the table can only make it earlier.
                self.assertLessEqual(str(cycle.refill_by or ""), expected["refill_by"])
