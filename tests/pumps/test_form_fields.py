"""Clinical numbers as they are typed: read exactly, or refused in words that name the field."""

from decimal import Decimal

from django import forms
from django.test import SimpleTestCase

from pumps.form_fields import ClinicalDecimalField, ClinicalWholeField

SOUND = (("18", "18"), ("18.5", "18.5"), (" 18.5 ", "18.5"), ("0", "0"), ("0.25", "0.25"), ("18.50", "18.50"))
HOSTILE = (
    "1_8",
    "١٨",
    "１８",
    "1,800",
    "1.800,5",
    "18,5",
    "18.",
    ".5",
    "1e3",
    "NaN",
    "Infinity",
    "sNaN",
    "-Infinity",
    "18 mL",
    "18ml",
    "1 8",
    "1\u20098",
    "\u200f18",
    "18\u200b",
    "0x12",
    "+18",
    "018",
    "=1+1",
    "<script>",
    "18;5",
    "--3",
    "9" * 60,
    "१२",
)


class Form(forms.Form):
    volume = ClinicalDecimalField(label="Volume put in", places=2, least=Decimal(0), most=Decimal(40))
    doses = ClinicalWholeField(label="Most extra doses", most=Decimal(99), required=False)


class ClinicalFieldTests(SimpleTestCase):
    def check(self, volume="1", doses=""):
        return Form({"volume": volume, "doses": doses})

    def test_plain_numbers_are_read_exactly(self):
        for typed, value in SOUND:
            with self.subTest(typed=typed):
                form = self.check(typed)
                self.assertTrue(form.is_valid())
                self.assertEqual(form.cleaned_data["volume"], Decimal(value))

    def test_anything_else_is_refused_by_name_and_kept(self):
        for typed in HOSTILE:
            with self.subTest(typed=typed[:20]):
                form = self.check(typed)
                self.assertFalse(form.is_valid())
                self.assertIn("Volume put in: ", form.errors["volume"][0])
                self.assertEqual(form["volume"].value(), typed)

    def test_hidden_characters_and_bytes_are_refused(self):
        for typed in ("18\x00", "\ufeff18", "1\n8"):
            self.assertFalse(self.check(typed).is_valid())

    def test_limits_say_what_is_accepted(self):
        cases = (("-1", "0 or more"), ("40.01", "40 or less"), ("1.005", "at most 2 digits"))
        for typed, said in cases:
            self.assertIn(said, self.check(typed).errors["volume"][0])

    def test_trailing_zeros_beyond_the_places_are_no_digits(self):
        self.assertTrue(self.check("18.500").is_valid())

    def test_whole_numbers_only(self):
        for typed in ("1.0", "1.5", "-1", "१२", "1e2", "9223372036854775808", "5" * 5000, "6 h"):
            with self.subTest(typed=typed[:20]):
                self.assertIn("doses", self.check(doses=typed).errors)
        self.assertEqual((self.check(doses="12")).errors, {})

    def test_an_optional_field_may_stay_empty(self):
        form = self.check(doses="")
        self.assertTrue(form.is_valid())
        self.assertIsNone(form.cleaned_data["doses"])

    def test_the_keyboard_of_a_phone_suits_the_number(self):
        page = str(self.check())
        self.assertIn('inputmode="decimal"', page)
        self.assertIn('inputmode="numeric"', page)
        self.assertNotIn('type="number"', page)

    def test_a_stored_number_is_shown_without_trailing_zeros(self):
        form = Form(initial={"volume": Decimal("18.50"), "doses": 4})
        self.assertEqual((form["volume"].value(), form["doses"].value()), ("18.5", "4"))
