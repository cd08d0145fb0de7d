"""Numbers, doses, dates and phones as pages show them, in every language."""

import datetime
import zoneinfo
from decimal import Decimal
from fractions import Fraction
from html import unescape

from django.test import SimpleTestCase
from django.utils import translation
from django.utils.html import strip_tags

from portal.templatetags import clinical
from pumps.models import Drug

NB = "\N{NO-BREAK SPACE}"
TODAY = datetime.date(2026, 11, 22)


def text(value) -> str:
    return unescape(strip_tags(str(value)))


class NumberTests(SimpleTestCase):
    CASES = [
        (Decimal("18.50"), "18.5"),
        (Decimal("20.00"), "20"),
        (Decimal("20"), "20"),
        (Decimal("100"), "100"),
        (Decimal("0.5"), "0.5"),
        (Decimal("0.0416"), "0.0416"),
        (Decimal("1250"), "1,250"),
        (Decimal("12500.5"), "12,500.5"),
        (Decimal("1000000"), "1,000,000"),
        (Decimal("0"), "0"),
        (Decimal("0.00"), "0"),
        (Decimal("-0.00001"), "0"),
        (Decimal("-2.50"), "\N{MINUS SIGN}2.5"),
        (Fraction(1, 3), "0.3333"),
        (Fraction(2, 3), "0.6667"),
        (7, "7"),
        (None, ""),
    ]

    def test_numbers_are_plain_in_both_languages(self):
        for language in ("en", "es"):
            for value, shown in self.CASES:
                with self.subTest(language=language, value=value), translation.override(language):
                    self.assertEqual(clinical.number(value), shown)

    def test_halves_round_away_from_zero(self):
        self.assertEqual(clinical.number(Decimal("2.345"), 2), "2.35")
        self.assertEqual(clinical.number(Decimal("2.344"), 2), "2.34")

    def test_volume_keeps_unit_and_number_together(self):
        self.assertEqual(text(clinical.ml(Decimal("18.50"))), f"18.5{NB}mL")
        self.assertEqual(clinical.ml(None), "")

    def test_flow_and_percent(self):
        self.assertEqual(text(clinical.flow(Fraction(26, 100))), f"0.26{NB}mL per day")
        self.assertEqual(clinical.percent(Decimal("0.1450")), "14.5%")
        self.assertEqual((clinical.flow(None), clinical.percent(None)), ("", ""))


class DoseTests(SimpleTestCase):
    def test_a_dose_is_shown_in_the_unit_the_clinic_works_in(self):
        cases = [
            (Decimal("250"), "mcg", f"250{NB}mcg"),
            (Decimal("250"), "mg", f"0.25{NB}mg"),
            (Decimal("5000.0000"), "mg", f"5{NB}mg"),
            (Decimal("1200"), "mcg", f"1,200{NB}mcg"),
            (Decimal("380"), "mg", f"0.38{NB}mg"),
            (Decimal("0.5"), "mg", f"0.0005{NB}mg"),
            (None, "mg", ""),
        ]
        for mcg, unit, shown in cases:
            with self.subTest(mcg=mcg, unit=unit):
                self.assertEqual(text(clinical.dose(mcg, unit)), shown)

    def test_a_concentration_says_per_in_words(self):
        self.assertEqual(text(clinical.concentration(Decimal(25000), "mg")), f"25{NB}mg per mL")
        self.assertEqual(text(clinical.concentration(Decimal(500), "mcg")), f"500{NB}mcg per mL")
        self.assertEqual(clinical.concentration(None, "mg"), "")

    def test_staff_see_tall_letters_and_screen_readers_the_plain_name(self):
        drug = Drug(name="hydromorphone", tall_man="HYDROmorphone", name_es="hidromorfona")
        shown = clinical.staff_drug(drug)
        self.assertIn('<span aria-hidden="true">HYDROmorphone</span>', shown)
        self.assertIn(">hydromorphone</span>", shown)
        self.assertEqual(clinical.staff_drug(Drug(name="morphine")), "morphine")
        with translation.override("es"):
            self.assertEqual(clinical.patient_drug(drug), "hidromorfona")


class DateTests(SimpleTestCase):
    def test_days_are_counted_in_words(self):
        cases = [
            (0, "today"),
            (1, "tomorrow"),
            (6, "in 6 days"),
            (1200, "in 1,200 days"),
            (-1, "1 day overdue"),
            (-10, "10 days overdue"),
        ]
        for days, words in cases:
            with self.subTest(days=days):
                self.assertEqual(clinical.days_from(TODAY + datetime.timedelta(days), TODAY), words)
        self.assertEqual(clinical.days_from(None, TODAY), "")

    def test_days_ago(self):
        for days, words in [(0, "today"), (1, "yesterday"), (6, "6 days ago")]:
            self.assertEqual(clinical.days_ago(TODAY - datetime.timedelta(days), TODAY), words)

    def test_staff_and_patients_read_different_forms(self):
        day = datetime.date(2026, 6, 16)
        self.assertEqual(clinical.day(day), "16-Jun-2026")
        self.assertEqual(clinical.day_weekday(day), f"16-Jun-2026{NB}(Tue)")
        self.assertEqual(clinical.day_long(day), f"Tuesday, June{NB}16, 2026")
        self.assertEqual(clinical.day_words(day), f"June{NB}16, 2026")
        with translation.override("es"):
            self.assertEqual(clinical.day_long(day), "martes 16 de junio de 2026")
            self.assertEqual(clinical.day_weekday(day), f"16-jun-2026{NB}(mar)")
        self.assertEqual(
            [clinical.day(None), clinical.day_long(None), clinical.day_weekday(None)], ["", "", ""]
        )

    def test_a_zone_is_named_by_its_city(self):
        for zone, said in (
            ("America/Chicago", "Chicago"),
            ("America/New_York", "New York"),
            ("America/Indiana/Indianapolis", "Indianapolis"),
            (zoneinfo.ZoneInfo("America/Los_Angeles"), "Los Angeles"),
            ("UTC", "UTC"),
        ):
            with self.subTest(zone=zone):
                self.assertEqual(clinical.city(zone), said)

    def test_a_moment_is_shown_on_the_clinics_clock(self):
        chicago = zoneinfo.ZoneInfo("America/Chicago")
        moment = datetime.datetime(2026, 11, 23, 4, 5, tzinfo=datetime.UTC)
        self.assertEqual(clinical.clock(moment, chicago), f"10:05{NB}p.m.")
        self.assertEqual(clinical.clock(moment, "America/Chicago"), f"10:05{NB}p.m.")
        self.assertEqual(clinical.local_day(moment, chicago), datetime.date(2026, 11, 22))
        self.assertEqual(clinical.clock(datetime.time(12, 0)), "noon")
        self.assertEqual(clinical.clock(None), "")


class PhoneTests(SimpleTestCase):
    def test_a_number_can_be_tapped_and_read(self):
        shown = clinical.phone("+15555550199")
        self.assertEqual(shown, '<a class="nowrap" href="tel:+15555550199">555-555-0199</a>')

    def test_other_countries_keep_their_code(self):
        self.assertEqual(clinical.phone_text("+442079460018"), "+44 20 7946 0018")

    def test_an_extension_is_said(self):
        self.assertEqual(clinical.phone_text("+1 312 555 0123 ext 5"), "312-555-0123 ext. 5")

    def test_what_cannot_be_read_is_shown_as_text(self):
        self.assertEqual(clinical.phone("ask the desk"), "ask the desk")
        self.assertEqual([clinical.phone(""), clinical.phone_text("")], ["", ""])


class IconTests(SimpleTestCase):
    def test_a_sign_is_hidden_from_screen_readers(self):
        self.assertIn('aria-hidden="true"', clinical.icon("band1"))

    def test_an_unknown_sign_is_a_mistake(self):
        with self.assertRaises(KeyError):
            clinical.icon("smiley")
