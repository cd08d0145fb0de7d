"""The words of dates and their reasons."""

import datetime
from decimal import Decimal
from unittest import TestCase

from django.test import SimpleTestCase
from django.utils.translation import override

from pumps import refill, wording

FRIDAY = datetime.date(2026, 12, 18)


def fill(**overrides):
    """The cycle of the mock-up: 40 mL on 28-Sep-2026 at 0.32 to 0.416 mL a day."""
    infusion = refill.Infusion(Decimal(25000), Decimal(8000), Decimal(400), 6, 240)
    values = {
        "filled_on": datetime.date(2026, 9, 28),
        "filled_ml": Decimal(40),
        "alarm_ml": Decimal(2),
        "infusion": infusion,
        "lead_days": 7,
    }
    return refill.Fill(**{**values, **overrides})


def said(found, closures=()):
    dates = refill.cycle_dates(found, closures)
    lines = {reason.name: wording.why(reason) for reason in refill.reasons(found, dates, closures)}
    return {name: line.replace("\N{NO-BREAK SPACE}", " ") for name, line in lines.items()}


class WhyTests(SimpleTestCase):
    def test_each_rule_that_binds_has_its_sentence(self):
        early = datetime.date(2026, 10, 30)
        cases = (
            (
                {},
                "Set by pump accuracy: one day before the earliest empty date is 19-Dec-2026 (Sat),"
                " back to the working day before.",
            ),
            ({"stable_until": early}, "Set by drug stability: the drug is stable until 30-Oct-2026 (Fri)."),
            ({"beyond_use_on": early}, "Set by the beyond-use date of the preparation, 30-Oct-2026 (Fri)."),
            ({"lead_days": 20}, "Set by the low-reservoir alarm: 20 days before it is 08-Dec-2026 (Tue)."),
            (
                {"printed_alarm_on": datetime.date(2026, 12, 2), "lead_days": 1},
                "Set by the low-reservoir alarm: 1 day before it is 01-Dec-2026 (Tue).",
            ),
            (
                {"printed_alarm_on": datetime.date(2026, 12, 2), "lead_days": 0},
                "Set by the low-reservoir alarm: its own day is 02-Dec-2026 (Wed).",
            ),
        )
        for change, sentence in cases:
            with self.subTest(change=change):
                self.assertEqual(said(fill(**change))["refill_by"], sentence)

    def test_closures_are_said_too(self):
        self.assertIn("back to the working day before", said(fill(), {FRIDAY})["refill_by"])

    def test_every_date_shows_its_arithmetic(self):
        lines = said(fill())
        expected = {
            "earliest_empty_on": "40 mL ÷ (0.416 mL per day × 1.145) = 83 days. "
            "The pump may run 14.5% fast and still be within its specification.",
            "low_reservoir_alarm_on": "At 2 mL with every extra dose used: "
            "(40 mL − 2 mL) ÷ 0.416 mL per day = 91 days.",
            "latest_alarm_on": "At 2 mL with no extra dose: (40 mL − 2 mL) ÷ 0.32 mL per day = 118 days.",
            "empty_on": "40 mL ÷ 0.416 mL per day = 96 days, with every extra dose used.",
        }
        self.assertEqual({name: lines[name] for name in expected}, expected)

    def test_without_extra_doses_none_are_named(self):
        plain = fill(infusion=refill.Infusion(Decimal(25000), Decimal(8000)))
        lines = {
            reason.name: wording.why(reason, has_boluses=False).replace("\N{NO-BREAK SPACE}", " ")
            for reason in refill.reasons(plain, refill.cycle_dates(plain))
        }
        self.assertEqual(
            lines["low_reservoir_alarm_on"], "At 2 mL: (40 mL − 2 mL) ÷ 0.32 mL per day = 118 days."
        )
        self.assertEqual(lines["empty_on"], "40 mL ÷ 0.32 mL per day = 125 days.")

    def test_a_printed_date_says_whether_it_counts(self):
        early, late = datetime.date(2026, 12, 1), datetime.date(2027, 1, 10)
        self.assertIn("it counts", said(fill(printed_alarm_on=early))["printed_alarm_on"])
        self.assertIn("moves nothing", said(fill(printed_alarm_on=late))["printed_alarm_on"])

    def test_every_reason_has_a_name_in_words(self):
        full = fill(stable_until=FRIDAY, beyond_use_on=FRIDAY, printed_alarm_on=datetime.date(2026, 12, 28))
        for reason in refill.reasons(full, refill.cycle_dates(full)):
            self.assertTrue(str(wording.NAMES[reason.name]))
            wording.source(reason)


class StandingTests(SimpleTestCase):
    def test_days_are_never_clamped(self):
        cases = (
            (-3, "3 days overdue."),
            (-1, "1 day overdue."),
            (0, "Due today."),
            (1, "Tomorrow."),
            (25, "In 25 days."),
        )
        for days, sentence in cases:
            today = FRIDAY - datetime.timedelta(days=days)
            self.assertEqual(wording.refill_standing(FRIDAY, today), sentence)

    def test_a_figure_says_who_confirmed_it(self):
        day = datetime.date(2026, 2, 2)
        known = wording.figure_standing(source="A study", confirmed_by="Dr. Osei", confirmed_on=day)
        self.assertEqual(known, "Source: A study. Confirmed by Dr. Osei, 02-Feb-2026.")
        for by, on in (("", None), ("Dr. Osei", None), ("", day)):
            text = wording.figure_standing(source="A study", confirmed_by=by, confirmed_on=on)
            self.assertEqual(text, "Source: A study. Not confirmed yet.")

    def test_a_printout_agrees_or_does_not(self):
        self.assertEqual(wording.printed_alarm_standing(None), "")
        self.assertIn("agree.", wording.printed_alarm_standing(True))
        self.assertIn("disagree", wording.printed_alarm_standing(False))

    def test_every_fault_of_a_fill_has_words(self):
        for field in (
            "filled_ml left_ml alarm_ml concentration daily_dose bolus_dose max_activations lockout capacity_ml"
            " accuracy lead_days filled_on closures program"
        ).split():
            self.assertNotEqual(wording.cannot_compute(field), wording.cannot_compute("anything else"))


class NumberTests(TestCase):
    def test_numbers_are_clinical_in_every_language(self):
        for language in ("en", "es"):
            with override(language):
                self.assertEqual(wording.ml(Decimal("1250.50")), "1,250.5\N{NO-BREAK SPACE}mL")
                self.assertEqual(wording.dose(Decimal(500), "mg"), "0.5\N{NO-BREAK SPACE}mg")
                self.assertEqual(wording.dose(Decimal(1200), "mcg"), "1,200\N{NO-BREAK SPACE}mcg")
