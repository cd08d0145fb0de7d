"""What people type is read strictly; errors name the field and the part, and keep what was typed."""

import datetime
import unittest
from decimal import Decimal

import time_machine
from django import forms
from django.test import SimpleTestCase
from django.utils import translation

from portal.fields import DateTripleField, PhoneField, PlainTextField, TimeField12
from portal.forms import PortalForm
from pumps.form_fields import ClinicalDecimalField, ClinicalWholeField
from tests.triples import triple


class OneField(PortalForm):
    """A form of one field called x."""

    def __init__(self, field, data):
        self.base_fields = {"x": field}
        super().__init__(data)


def read(field, data):
    form = OneField(field, data if isinstance(data, dict) else {"x": data})
    return form.cleaned_data["x"] if form.is_valid() else form.errors["x"][0]


@time_machine.travel(datetime.datetime(2026, 6, 15, 12, tzinfo=datetime.UTC))
class DateTripleTests(SimpleTestCase):
    def parts(self, month, day, year, **options):
        data = {"x_month": month, "x_day": day, "x_year": year}
        return read(DateTripleField(label="Filled on", **options), data)

    def test_a_day_that_exists_is_read(self):
        self.assertEqual(self.parts("2", "29", "2024"), datetime.date(2024, 2, 29))
        self.assertEqual(self.parts("2", " 9 ", "2024"), datetime.date(2024, 2, 9))
        self.assertEqual(read(DateTripleField(), triple("x", datetime.date(2026, 12, 31))).day, 31)

    def test_empty_is_none_when_optional(self):
        self.assertIsNone(read(DateTripleField(required=False), triple("x", None)))

    def test_errors_name_the_field_and_the_part(self):
        cases = (
            ("", "", "", "give a month, a day and a year"),
            ("", "3", "2026", "choose a month"),
            ("13", "3", "2026", "choose a month"),
            ("2", "29", "2026", "February 29 does not exist in 2026"),
            ("2", "", "2026", "write the day as a number from 1 to 31"),
            ("2", "32", "2026", "write the day as a number from 1 to 31"),
            ("2", "1.5", "2026", "write the day as a number from 1 to 31"),
            ("2", "٣", "2026", "write the day as a number from 1 to 31"),
            ("2", "³", "2026", "write the day as a number from 1 to 31"),
            ("2", "3", "26", "write the year with four digits, from 1900 to 2036"),
            ("2", "3", "1899", "write the year with four digits, from 1900 to 2036"),
            ("2", "3", "2037", "write the year with four digits, from 1900 to 2036"),
        )
        for month, day, year, words in cases:
            with self.subTest(month=month, day=day, year=year):
                self.assertIn(f"Filled on: {words}", self.parts(month, day, year))

    def test_limits_are_said(self):
        limits = {"earliest": datetime.date(2026, 3, 2), "latest": datetime.date(2026, 6, 15)}
        self.assertIn("on or after 02-Mar-2026", self.parts("3", "1", "2026", **limits))
        self.assertIn("on or before 15-Jun-2026", self.parts("6", "16", "2026", **limits))
        self.assertEqual(self.parts("3", "2", "2026", **limits), datetime.date(2026, 3, 2))

    def test_what_was_typed_stays_and_the_summary_leads_to_the_part(self):
        form = OneField(DateTripleField(label="Filled on"), {"x_month": "2", "x_day": "31", "x_year": "2026"})
        html = shown(form)
        self.assertIn('value="31"', html)
        self.assertIn('href="#id_x_1"', html)
        self.assertIn('<option value="2" selected>February</option>', html)
        self.assertIn("<fieldset", html)
        self.assertIn("<legend>Filled on", html)

    def test_a_birth_date_can_be_filled_in_by_the_browser(self):
        html = shown(OneField(DateTripleField(autocomplete="bday"), {}))
        for name in ("bday-month", "bday-day", "bday-year"):
            self.assertIn(f'autocomplete="{name}"', html)

    def test_has_changed_compares_the_parts(self):
        field = DateTripleField()
        self.assertFalse(field.has_changed(datetime.date(2026, 2, 3), ["2", "3", "2026"]))
        self.assertTrue(field.has_changed(None, ["2", "3", "2026"]))


def shown(form):
    from crispy_forms.utils import render_crispy_form

    return render_crispy_form(form)


class TimeTests(unittest.TestCase):
    def test_times_people_write(self):
        cases = {
            "9:30 a.m.": (9, 30),
            "9:30 AM": (9, 30),
            "9:30am": (9, 30),
            "2 pm": (14, 0),
            "12 p.m.": (12, 0),
            "12:05 a.m.": (0, 5),
            "14:30": (14, 30),
            "0:15": (0, 15),
            "noon": (12, 0),
            "mediodía": (12, 0),
            "midnight": (0, 0),
            "9:30 a. m.": (9, 30),
            "9.30 p.m.": (21, 30),
            "9:30\N{NO-BREAK SPACE}a.m.": (9, 30),
        }
        for text, (hour, minute) in cases.items():
            with self.subTest(text=text):
                self.assertEqual(read(TimeField12(label="Starts"), text), datetime.time(hour, minute))

    def test_unclear_and_impossible_times_are_refused_by_name(self):
        self.assertIn("Starts: say whether it is a.m. or p.m.", read(TimeField12(label="Starts"), "9:30"))
        for text in ("13 pm", "0 am", "24:00", "9:60 am", "9", "half nine", "９:30 am", "-1:00"):
            with self.subTest(text=text):
                self.assertIn(
                    "Starts: write a time such as 9:30 a.m.", read(TimeField12(label="Starts"), text)
                )

    def test_a_known_time_is_shown_as_people_write_it(self):
        self.assertEqual(TimeField12().prepare_value(datetime.time(14, 5)), "2:05 p.m.")
        self.assertEqual(TimeField12().prepare_value("9:30"), "9:30")
        self.assertIsNone(read(TimeField12(required=False), ""))


class PlainTextTests(unittest.TestCase):
    def test_words_are_trimmed_and_in_one_form(self):
        self.assertEqual(read(PlainTextField(), "  Jose\u0301  "), "José")
        self.assertEqual(read(PlainTextField(multiline=True), "a\r\nb"), "a\nb")

    def test_what_cannot_be_seen_is_refused(self):
        for character in (
            "\u200b",
            "\u202e",
            "\u2066",
            "\x07",
            "\ufeff",
            "\u2028",
            "\ue000",
            "\x00",
            "\u00ad",
        ):
            with self.subTest(code=f"{ord(character):04X}"):
                self.assertIn(
                    "Note: it holds a character", read(PlainTextField(label="Note"), f"a{character}b")
                )
        self.assertIn("U+000A", read(PlainTextField(label="Note"), "a\nb"))

    def test_names_of_the_world_pass(self):
        for name in ("O’Connor", "Nguyễn Thị", "山田", "Çelik-Öz"):
            self.assertEqual(read(PlainTextField(), name), name)


class PhoneTests(unittest.TestCase):
    def test_any_way_of_writing_is_read(self):
        for text in ("312-555-0123", "(312) 555 0123", "+1 312.555.0123", "3125550123"):
            with self.subTest(text=text):
                self.assertEqual(read(PhoneField(), text).as_e164, "+13125550123")
        self.assertEqual(read(PhoneField(), "+44 20 7946 0958").as_e164, "+442079460958")

    def test_what_is_no_number_is_refused_by_name(self):
        for text in ("12", "call me", "555-0123"):
            self.assertIn("Phone: write a whole phone number", read(PhoneField(label="Phone"), text))
        self.assertIn("missing", read(PhoneField(label="Phone"), ""))


class ClinicalNumberTests(unittest.TestCase):
    def test_plain_decimals_are_read_exactly(self):
        self.assertEqual(read(ClinicalDecimalField(), "18.5"), Decimal("18.5"))
        self.assertEqual(read(ClinicalDecimalField(places=1), "18.50"), Decimal("18.5"))
        self.assertIsNone(read(ClinicalDecimalField(required=False), ""))

    def test_nothing_is_guessed(self):
        for text in ("18,5", "1e1", ".5", "1_0", "١٨", "-", "+5", "5 mL", "1/2", "NaN", "Infinity", "0x10"):
            with self.subTest(text=text):
                self.assertIn("Volume: ", read(ClinicalDecimalField(label="Volume"), text))

    def test_limits_and_places_are_said(self):
        field = {"label": "Volume", "places": 2, "least": Decimal(1), "most": Decimal(40)}
        self.assertIn("at most 2 digits after the point", read(ClinicalDecimalField(**field), "1.234"))
        self.assertIn("it must be 1 or more", read(ClinicalDecimalField(**field), "0.5"))
        self.assertIn("it must be 40 or less", read(ClinicalDecimalField(**field), "41"))

    def test_a_known_number_is_shown_without_trailing_zeros_in_any_language(self):
        with translation.override("es"):
            self.assertEqual(ClinicalDecimalField().prepare_value(Decimal("0.5000")), "0.5")
        self.assertEqual(ClinicalWholeField().prepare_value(6), "6")

    def test_whole_numbers(self):
        self.assertEqual(read(ClinicalWholeField(), "6"), 6)
        for text in ("1.5", "-1", "1e3"):
            self.assertIn("Most: ", read(ClinicalWholeField(label="Most"), text))
        self.assertIn("5 or less", read(ClinicalWholeField(label="Most", most=Decimal(5)), "6"))


class FormTests(SimpleTestCase):
    def test_a_missing_field_is_named_and_linked(self):
        html = shown(OneField(forms.CharField(label="Serial number"), {"x": ""}))
        self.assertEqual(html.count("Serial number is missing. Fill it in."), 2)
        self.assertIn('href="#id_x"', html)
        self.assertIn("There is a problem", html)
        self.assertIn('role="alert"', html)
        self.assertNotIn(" required", html)

    def test_optional_is_said_and_browsers_do_not_remember(self):
        html = shown(OneField(forms.CharField(label="Site", required=False), {"x": ""}))
        self.assertIn("(optional)", html)
        self.assertIn('autocomplete="off"', html)

    def test_choices_are_a_fieldset_and_the_summary_leads_to_the_first(self):
        field = forms.ChoiceField(label="Tone", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
        html = shown(OneField(field, {}))
        self.assertIn("<legend>Tone", html)
        self.assertIn('type="radio"', html)

    def test_an_action_s_refusal_stands_beside_its_field(self):
        form = OneField(forms.CharField(label="Serial number"), {"x": "1"})
        self.assertTrue(form.is_valid())
        form.add_refusal(forms.ValidationError({"x": ["Taken."], "elsewhere": ["Another."]}))
        self.assertEqual(form.errors["x"], ["Taken."])
        self.assertEqual(form.non_field_errors(), ["Another."])
        form.add_refusal(forms.ValidationError("Not now."))
        self.assertIn("Not now.", form.non_field_errors())
