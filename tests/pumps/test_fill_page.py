"""Record a fill: the form, the check page, the record."""

import datetime
import re
from decimal import Decimal

import time_machine
from django.urls import reverse

from pumps import actions
from pumps.models import Cycle, Drug, DrugLine, Visit
from tests.base import ClinicTestCase, at
from tests.pumps.fill_case import TODAY, complaints, payload, shown, words
from tests.triples import triple

BEFORE = datetime.date(2026, 10, 26)

# Field, what is typed, and what the message must hold. From the catalogue of hostile input.
HOSTILE = (
    ("filled_ml", "", "missing"),
    ("filled_ml", "1_8", "Volume put in"),
    ("filled_ml", "١٨", "Volume put in"),
    ("filled_ml", "１８", "Volume put in"),
    ("filled_ml", "1,800", "Volume put in"),
    ("filled_ml", "18,5", "Volume put in"),
    ("filled_ml", "1.800.0", "Volume put in"),
    ("filled_ml", "18.", "Volume put in"),
    ("filled_ml", ".5", "Volume put in"),
    ("filled_ml", "1e1", "Volume put in"),
    ("filled_ml", "NaN", "Volume put in"),
    ("filled_ml", "Infinity", "Volume put in"),
    ("filled_ml", "18 mL", "Volume put in"),
    ("filled_ml", "1 8", "Volume put in"),
    ("filled_ml", "18.555", "at most 2 digits"),
    ("filled_ml", "-3", "0 or more"),
    ("filled_ml", "0", "more than 0"),
    ("filled_ml", "21", "20 mL"),
    ("filled_ml", "9" * 400, "Volume put in"),
    ("left_ml", "-1", "0 or more"),
    ("left_ml", "5", "18.5"),
    ("residual_ml", "-1", "0 or more"),
    ("residual_ml", "20.5", "more than the 20 mL"),
    ("concentration", "0", "more than 0"),
    ("concentration", "", "missing"),
    ("concentration", "10 mg", "Concentration"),
    ("concentration", "10000000", "or less"),
    ("daily_dose", "0.1", "flow"),
    ("daily_dose", "500", "flow"),
    ("daily_dose", "=1+1", "Daily dose"),
    ("alarm_ml", "18.5", "below"),
    ("alarm_ml", "-2", "0 or more"),
    ("max_activations", "1.0", "Most extra doses"),
    ("max_activations", "१२", "Most extra doses"),
    ("max_activations", "9223372036854775808", "Most extra doses"),
    ("max_activations", "4", "extra dose"),
    ("bolus_dose", "0.2", "per day"),
    ("lockout_minutes", "-5", "Lockout"),
    ("drug", "999999", "Drug: choose"),
    ("drug", "abc", "Drug: choose"),
    ("unit", "ug", "choose one"),
    ("key", "not-a-key", "UUID"),
    ("note", "a\x00b", "U+0000"),
    ("note", "a\u202eb", "U+202E"),
    ("note", "x" * 301, "300"),
)


@time_machine.travel(at(TODAY), tick=False)
class FillPageTests(ClinicTestCase):
    def setUp(self):
        self.url = reverse("pumps:fill", args=[self.pump.ref])
        self.sign_in(self.nora)

    def post(self, step="save", **overrides):
        return self.client.post(self.url, {**payload(**overrides), "step": step})

    def test_it_opens_with_today_and_the_usual_alarm_volume(self):
        response = self.client.get(self.url)
        self.assertEqual(response.status_code, 200)
        self.assertEqual((shown(response, "filled_on_day"), shown(response, "alarm_ml")), ("23", "2"))
        self.assertIn("This does not program the pump", words(response))
        self.assertIn("The pump holds 20 mL.", words(response))

    def test_a_first_fill_asks_for_the_unit_once(self):
        response = self.client.get(self.url)
        self.assertContains(response, 'type="radio" name="unit"', count=2)

    def test_the_last_fill_is_carried_forward(self):
        self.fill(filled_on=BEFORE, bolus_dose_mcg=Decimal(250), max_activations=4, lockout_minutes=60)
        response = self.client.get(self.url)
        expected = {
            "unit": "mg",
            "concentration": "10",
            "daily_dose": "5",
            "bolus_dose": "0.25",
            "max_activations": "4",
            "lockout_minutes": "60",
            "alarm_ml": "2",
            "filled_ml": "20",
            "residual_ml": "",
        }
        self.assertEqual({name: shown(response, name) for name in expected}, expected)
        self.assertIn("Last time 10 mg per mL.", words(response))
        self.assertIn("Expected today 6 mL.", words(response))
        self.assertContains(response, "mg per mL</span>")

    def test_the_check_page_reads_back_and_saves_nothing(self):
        response = self.post("check")
        text = words(response)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Nothing is saved yet. This does not program the pump", text)
        for line in ("morphine", "10 mg per mL", "5 mg daily", "18.5 mL", "0.5 mL per day", "Set by"):
            self.assertIn(line, text)
        self.assertIn('<button class="btn btn-secondary" type="submit" name="step" value="back">', text)
        self.assertEqual((Cycle.objects.count(), DrugLine.objects.count()), (0, 0))

    def test_the_check_page_says_what_changed(self):
        self.fill(filled_on=BEFORE)
        text = words(self.post("check", concentration="20"))
        self.assertIn("last time 10 mg per mL", text)

    def test_a_missing_unit_is_asked_for_in_its_own_words(self):
        response = self.post("check", unit="")
        self.assertIn("Unit: choose mg or mcg, as on the label and the programmer.", complaints(response))

    def test_an_unusual_unit_is_pointed_out(self):
        text = words(self.post("check", unit="mcg", concentration="10000", daily_dose="5000"))
        self.assertIn("morphine is usually written in mg; this record is in mcg.", text)

    def test_saving_says_the_new_date_and_why(self):
        response = self.client.post(self.url, {**payload(), "step": "save"}, follow=True)
        cycle = Cycle.objects.get()
        self.assertRedirects(response, reverse("pumps:pump", args=[self.pump.ref]))
        # (18.5 - 2) mL ÷ 0.5 mL a day = 33 days: 26-Dec, less 7 is a Saturday.
        self.assertEqual(cycle.refill_by, datetime.date(2026, 12, 18))
        self.assertIn(
            "Fill recorded. Refill by 18-Dec-2026 (Fri). Set by the low-reservoir alarm: 7 days",
            words(response),
        )

    def test_what_is_saved_is_what_was_typed(self):
        self.fill(filled_on=BEFORE)
        self.post(
            residual_ml="5.5",
            left_ml="0.5",
            bolus_dose="0.1",
            max_activations="3",
            lockout_minutes="120",
            note="Slow aspiration",
            **triple("printed_alarm_on", datetime.date(2026, 12, 20)),
        )
        cycle = Cycle.objects.open().get()
        self.assertEqual(
            (cycle.residual_ml, cycle.left_ml, cycle.filled_ml),
            (Decimal("5.5"), Decimal("0.5"), Decimal("18.5")),
        )
        self.assertEqual(cycle.expected_residual_ml, Decimal(6))
        self.assertEqual((cycle.is_diluted, cycle.is_first_fill), (False, False))
        self.assertEqual(cycle.printed_alarm_on, datetime.date(2026, 12, 20))
        program = cycle.program
        self.assertEqual(
            (program.bolus_dose_mcg, program.max_activations, program.lockout_minutes), (100, 3, 120)
        )
        self.assertEqual((program.main_line.concentration_mcg_per_ml, program.main_line.unit), (10000, "mg"))
        self.assertEqual(cycle.recorded_by, self.nora)

    def test_micrograms_are_kept_as_they_are(self):
        drug = Drug.objects.get(name="baclofen")
        self.post(unit="mcg", drug=str(drug.pk), concentration="500", daily_dose="120.5")
        line = DrugLine.objects.get()
        self.assertEqual(
            (line.concentration_mcg_per_ml, line.daily_dose_mcg, line.unit), (500, Decimal("120.5"), "mcg")
        )

    def test_changing_the_unit_reads_the_last_amounts_again(self):
        self.fill(filled_on=BEFORE)
        response = self.post("unit", concentration="77", note="kept")
        self.assertEqual(response.status_code, 200)
        self.assertEqual((shown(response, "unit"), shown(response, "concentration")), ("mcg", "10000"))
        self.assertEqual((shown(response, "daily_dose"), shown(response, "note")), ("5000", "kept"))
        self.assertIn("now in mcg", words(response))

    def test_the_unit_stands_above_the_fields_and_enter_never_changes_it(self):
        self.fill(filled_on=BEFORE)
        text = self.client.get(self.url).content.decode()
        form = text[text.index('<form id="fill-form"') :].partition("</form>")[0]
        self.assertLess(form.index("Work in mcg instead"), form.index('name="filled_on_month"'))
        self.assertEqual(re.findall(r'name="step" value="(\w+)"', form), ["check", "unit", "check"])
        self.assertEqual(text.count("Work in mcg instead"), 1)

    def test_going_back_keeps_every_entry(self):
        response = self.post("back", filled_ml="17.25", note="as typed")
        self.assertEqual((response.status_code, shown(response, "filled_ml")), (200, "17.25"))
        self.assertEqual(shown(response, "note"), "as typed")
        self.assertNotContains(response, "There is a problem")

    def test_the_check_page_carries_every_entry(self):
        sent = payload(residual_ml="", note="all of it")
        response = self.client.post(self.url, {**sent, "step": "check"})
        self.assertEqual({name: shown(response, name) for name in sent}, sent)

    def test_a_double_press_makes_one_record(self):
        sent = {**payload(), "step": "save"}
        first, second = (self.client.post(self.url, sent) for _press in range(2))
        self.assertEqual((first.status_code, second.status_code), (302, 302))
        self.assertEqual(Cycle.objects.count(), 1)

    def test_the_same_key_with_other_values_is_refused(self):
        sent = {**payload(), "step": "save"}
        self.client.post(self.url, sent)
        response = self.client.post(self.url, {**sent, "filled_ml": "12"})
        self.assertEqual((response.status_code, Cycle.objects.count()), (422, 1))

    def test_hostile_input_is_named_kept_and_never_saved(self):
        self.fill(filled_on=BEFORE)
        for name, typed, said in HOSTILE:
            for step in ("check", "save"):
                with self.subTest(field=name, typed=typed[:20], step=step):
                    response = self.post(step, **{name: typed})
                    self.assertEqual(response.status_code, 422)
                    text = words(response)
                    self.assertIn("There is a problem", text)
                    self.assertIn("<title>Error:", text)
                    self.assertIn(said, complaints(response))
                    self.assertEqual(Cycle.objects.count(), 1)

    def test_what_was_typed_stays_in_the_field(self):
        self.assertEqual(shown(self.post("check", filled_ml="18,5"), "filled_ml"), "18,5")

    def test_more_than_the_reservoir_holds_names_both_volumes(self):
        text = words(self.post("check", left_ml="4", filled_ml="18.5"))
        for part in ("4 mL left in", "18.5 mL put in", "22.5 mL", "20 mL"):
            self.assertIn(part, text)

    def test_what_the_record_refuses_begins_with_the_label_of_its_field(self):
        cases = (
            ("filled_ml", "25", "Volume put in: 0 mL left in and 25 mL put in"),
            ("filled_ml", "0", "Volume put in: The fill volume must be more than 0 mL."),
            ("alarm_ml", "18.5", "Low-reservoir alarm volume: The alarm volume must be below"),
            ("bolus_dose", "0.2", "Most extra doses in 24 hours: Enter the most extra doses per day"),
            ("max_activations", "4", "Extra dose: Enter the size of the extra dose"),
            ("concentration", "0", "Concentration: The concentration must be more than 0."),
            ("daily_dose", "500", "Daily dose: This dose makes a flow"),
        )
        for name, typed, said in cases:
            with self.subTest(field=name, typed=typed):
                response = self.post("save", **{"bolus_dose": "", "max_activations": "", name: typed})
                self.assertIn(said, complaints(response))
                self.assertNotIn(f"{said.partition(':')[0]}: {said.partition(':')[0]}:", complaints(response))

    def test_dates_that_cannot_be_are_refused(self):
        cases = (
            ("filled_on", datetime.date(2026, 11, 24), "on or before 23-Nov-2026"),
            ("filled_on", datetime.date(2024, 2, 8), "before the implant"),
            ("beyond_use_on", datetime.date(2026, 11, 22), "before the fill"),
            ("printed_alarm_on", datetime.date(2026, 11, 22), "before the fill"),
        )
        for name, day, said in cases:
            with self.subTest(name=name, day=day):
                response = self.post(**triple(name, day))
                self.assertEqual(response.status_code, 422)
                self.assertIn(said, words(response))
        for parts in (
            ("2", "29", "2026"),
            ("13", "1", "2026"),
            ("1", "1", "0001"),
            ("", "5", "2026"),
            ("1", "x", "9999"),
        ):
            with self.subTest(parts=parts):
                typed = dict(zip(("filled_on_month", "filled_on_day", "filled_on_year"), parts, strict=True))
                response = self.post(**typed)
                self.assertEqual(response.status_code, 422)
                self.assertIn("Filled on", words(response))
        self.assertEqual(Cycle.objects.count(), 0)

    def test_a_fill_before_the_last_one_is_refused(self):
        self.fill(filled_on=BEFORE)
        response = self.post(**triple("filled_on", BEFORE - datetime.timedelta(days=1)))
        self.assertIn("already recorded", words(response))

    def test_several_faults_are_all_listed(self):
        text = words(self.post("check", filled_ml="x", concentration="y", daily_dose="z"))
        self.assertEqual(text.count('class="invalid-feedback"'), 3)

    def test_a_stopped_pump_says_there_is_no_date(self):
        self.assertIn("no refill-by date", words(self.post("check", daily_dose="0")))
        response = self.client.post(self.url, {**payload(daily_dose="0"), "step": "save"}, follow=True)
        self.assertIn("The pump is stopped, so there is no refill-by date.", words(response))

    def test_the_visit_of_the_day_is_done(self):
        self.book(starts_at=at(TODAY, 9), now=at(TODAY, 8))
        self.post()
        visit = Visit.objects.get()
        self.assertEqual((visit.state, visit.cycle), ("done", Cycle.objects.get()))

    def test_rehearsing_leaves_the_visit_booked(self):
        self.book(starts_at=at(TODAY, 9), now=at(TODAY, 8))
        self.post("check")
        self.assertEqual(Visit.objects.get().state, "booked")

    def test_other_drugs_of_a_mixture_are_never_lost(self):
        cycle = self.fill(filled_on=BEFORE)
        clonidine = Drug.objects.exclude(name="morphine").first()
        DrugLine.objects.create(
            program=cycle.program,
            position=1,
            drug=clonidine,
            concentration_mcg_per_ml=50,
            daily_dose_mcg=25,
            unit="mcg",
        )
        self.assertIn("The other drugs of the mixture are carried forward", words(self.client.get(self.url)))
        for dose in ("5", "6"):
            self.post(daily_dose=dose)
            lines = Cycle.objects.open().get().program.lines.all()
            self.assertEqual([line.drug for line in lines], [Drug.objects.get(name="morphine"), clonidine])

    def test_an_explanted_pump_leads_back(self):
        actions.explant(actor=self.nora, pump=self.pump, explanted_on=TODAY, reason="Replaced")
        for response in (self.client.get(self.url), self.post()):
            self.assertRedirects(response, reverse("pumps:pump", args=[self.pump.ref]))
        self.assertEqual(Cycle.objects.count(), 0)

    def test_another_clinic_gets_404(self):
        self.sign_in(self.otto)
        self.assertEqual(self.post().status_code, 404)

    def test_other_roles_are_refused(self):
        self.sign_in(self.adam)
        self.assertEqual(self.post().status_code, 403)
        self.sign_in(self.rosa_user)
        self.assertEqual(self.post().status_code, 403)
        self.assertEqual(Cycle.objects.count(), 0)

    def test_the_anonymous_are_sent_to_sign_in(self):
        self.client.logout()
        self.assertEqual(self.client.get(self.url).status_code, 302)
