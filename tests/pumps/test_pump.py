"""The pump page."""

import datetime
from decimal import Decimal

import time_machine
from django.urls import reverse

from portal.audit.models import Event
from pumps import actions
from pumps.models import Cycle, DrugLine, StabilityLimit
from tests.base import ClinicTestCase, at

FILLED = datetime.date(2026, 9, 28)


@time_machine.travel(at("2026-11-23"), tick=False)
class PumpPageTests(ClinicTestCase):
    def setUp(self):
        self.url = reverse("pumps:pump", args=[self.pump.ref])
        self.sign_in(self.nora)

    def page(self, query=""):
        response = self.client.get(self.url + query)
        self.assertEqual(response.status_code, 200)
        return response.content.decode()

    def words(self, query=""):
        return " ".join(self.page(query).replace("\N{NO-BREAK SPACE}", " ").split())

    def fill_dales(self, **overrides):
        """The cycle of the mock-up: 40 mL, 25 mg per mL, 8 mg daily, up to 6 extra doses of 0.4 mg."""
        values = {
            "filled_on": FILLED,
            "filled_ml": Decimal(40),
            "concentration_mcg_per_ml": Decimal(25000),
            "daily_dose_mcg": Decimal(8000),
            "bolus_dose_mcg": Decimal(400),
            "max_activations": 6,
            "lockout_minutes": 240,
            "is_diluted": False,
        }
        self.url = reverse("pumps:pump", args=[self.dales_pump.ref])
        return self.fill(self.dales_pump, **{**values, **overrides})

    def test_it_says_the_dates_and_why(self):
        self.fill_dales()
        words = self.words()
        self.assertIn("18-Dec-2026 (Fri)", words)
        self.assertIn(
            "Set by pump accuracy: one day before the earliest empty date is 19-Dec-2026 (Sat), "
            "back to the working day before.",
            words,
        )
        self.assertIn("40 mL ÷ (0.416 mL per day × 1.145) = 83 days.", words)
        self.assertIn("With no extra dose: 24-Jan-2027 (Sun).", words)
        self.assertIn("In 25 days.", words)
        self.assertEqual(words.count("sets the refill-by date"), 1)

    def test_it_draws_the_reservoir_and_says_it_in_words(self):
        self.fill_dales()
        words = self.words()
        self.assertIn("Expected today between 16.7 mL and 22.1 mL.", words)
        self.assertIn("On the refill-by date, 18-Dec-2026, between 6.3 mL and 14.1 mL.", words)
        self.assertIn('class="g-maybe"', words)
        self.assertNotIn("style=", words)

    def test_one_figure_is_never_written_as_a_range(self):
        self.fill_dales(filled_on=self.oak.today())
        words = self.words()
        self.assertIn("Expected today 40 mL.", words)
        self.assertNotIn("40–40", words)

    def test_a_chart_has_a_takeaway_and_a_table(self):
        self.fill_dales()
        page = self.page()
        self.assertIn("<figcaption>On the refill-by date", page)
        self.assertIn("Expected volume left", page)
        self.assertEqual(page.count('class="wide-only"'), 1)

    def test_the_arithmetic_stands_both_ways(self):
        self.fill_dales()
        words = self.words()
        self.assertIn("0.32 mL per day", words)
        self.assertIn("up to", words)
        self.assertIn("25 mg per mL", words)

    def test_look_alike_drugs_are_in_tall_man_letters_for_the_eye(self):
        drug = DrugLine._meta.get_field("drug").related_model.objects.get(name="hydromorphone")
        self.fill_dales(drug=drug)
        page = self.page()
        self.assertIn("HYDROmorphone", page)
        self.assertIn('<span class="visually-hidden">hydromorphone</span>', page)

    def test_stability_names_its_source_and_that_nobody_confirmed_it(self):
        self.fill_dales()
        self.assertIn("Not confirmed yet.", self.words())

    def test_a_confirmed_figure_names_who_confirmed_it(self):
        cycle = self.fill_dales()
        limits = StabilityLimit.objects.filter(drug__name="morphine", days=cycle.stability_days)
        limits.update(confirmed_by="Dr. Osei", confirmed_on=datetime.date(2026, 2, 2))
        self.assertIn("Confirmed by Dr. Osei, 02-Feb-2026.", self.words())

    def test_without_a_stability_figure_it_says_so(self):
        StabilityLimit.objects.all().delete()
        self.fill_dales()
        self.assertIn("No stability limit on record", self.words())

    def test_a_printout_that_disagrees_is_flagged(self):
        self.fill_dales(printed_alarm_on=datetime.date(2027, 3, 1))
        words = self.words()
        self.assertIn("The printout and this record disagree", words)
        self.assertIn("disagrees</span>", words)

    def test_a_printout_that_agrees_says_so(self):
        self.fill_dales(printed_alarm_on=datetime.date(2026, 12, 28))
        self.assertIn("The printout and this record agree.", self.words())

    def test_a_pump_without_a_fill_says_what_to_do(self):
        words = self.words()
        self.assertIn("No fill is recorded", words)
        self.assertNotIn("Dates of this cycle", words)

    def test_a_stopped_pump_has_no_dates(self):
        self.fill(daily_dose_mcg=Decimal(0))
        words = self.words()
        self.assertIn("The pump is stopped", words)
        self.assertNotIn("Dates of this cycle", words)

    def test_what_cannot_be_worked_out_says_why(self):
        cycle = self.fill()
        Cycle.objects.filter(pk=cycle.pk).update(refill_by=None, binding="", cannot_compute="daily_dose")
        words = self.words()
        self.assertIn("The dates cannot be worked out", words)
        self.assertIn("the flow is outside what this pump can deliver", words)

    def test_a_program_without_a_drug_does_not_break_the_page(self):
        cycle = self.fill()
        cycle.program.lines.all().delete()
        Cycle.objects.filter(pk=cycle.pk).update(refill_by=None, binding="", cannot_compute="program")
        self.assertIn("the program has no drug on record", self.words())

    def test_an_explanted_pump_offers_nothing_more(self):
        self.fill(filled_on=FILLED)
        actions.explant(
            actor=self.nora, pump=self.pump, explanted_on=datetime.date(2026, 11, 1), reason="Replaced"
        )
        words = self.words()
        self.assertIn("This pump was explanted", words)
        self.assertIn("Replaced", words)
        self.assertNotIn("Record a fill", words)

    def test_an_overdue_pump_is_never_clamped_to_today(self):
        self.fill(filled_on=datetime.date(2026, 6, 1))
        words = self.words()
        self.assertIn("days overdue", words)

    def test_a_fill_that_is_years_old_still_draws(self):
        self.fill(filled_on=datetime.date(2024, 3, 1))
        self.assertIn("Expected today 0 mL.", self.words())

    def test_the_device_ends_after_seven_years(self):
        words = self.words()
        self.assertIn("09-Feb-2031", words)
        self.assertIn("plan the replacement from 09-Aug-2030", words)

    def test_eri_counts_ninety_days(self):
        actions.mark_eri(actor=self.nora, pump=self.pump, eri_on=datetime.date(2026, 11, 1))
        self.assertIn("the pump stops by 30-Jan-2027", self.words())

    def test_the_next_visit_shows_whether_it_is_confirmed(self):
        visit = self.book(starts_at=at("2026-12-01", 9))
        self.assertIn("Not confirmed yet.", self.words())
        actions.ask_change(actor=self.rosa_user, visit=visit, note="after 2 p.m.")
        words = self.words()
        self.assertIn("The patient asked for a change", words)
        self.assertIn("after 2 p.m.", words)
        actions.confirm_visit(actor=self.nora, visit=visit)
        self.assertIn("Confirmed on 23-Nov-2026.", self.words())

    def test_a_visit_long_over_counts_as_missed(self):
        self.book(starts_at=at("2026-11-20", 9), now=at("2026-11-19"))
        words = self.words()
        self.assertIn("Did not come", words)
        self.assertIn("Mark as missed", words)

    def test_open_alarms_stand_on_the_page(self):
        actions.record_alarm(
            actor=self.nora,
            pump=self.pump,
            tone="two",
            kind="unknown",
            heard_by="patient",
            heard_at=at("2026-11-23", 9),
        )
        self.assertIn("Open alarms", self.words())

    def test_an_amended_fill_shows_the_original_and_why(self):
        cycle = self.fill(filled_on=FILLED)
        record = self.fill_record(filled_on=FILLED, filled_ml=Decimal(18))
        actions.amend_fill(actor=self.priya, cycle=cycle, record=record, reason="Read the syringe wrong")
        words = self.words()
        self.assertIn("Reason: Read the syringe wrong.", words)
        self.assertIn("Original: 28-Sep-2026", words)

    def test_history_is_paginated_and_survives_any_page(self):
        for month in range(1, 13):
            self.fill(filled_on=datetime.date(2025, month, 3))
        self.assertIn("03-Dec-2025", self.words())
        self.assertIn("03-Jan-2025", self.words("?page=2"))
        for page in ("0", "-1", "abc", "1.5", "9" * 20, "१"):
            self.page(f"?page={page}")

    def test_queries_do_not_grow_with_the_history(self):
        self.amend(self.fill_dales())
        with self.assertNumQueries(QUERIES):
            self.page()
        for day in range(1, 9):
            self.amend(self.fill_dales(filled_on=FILLED + datetime.timedelta(days=day)))
        with self.assertNumQueries(QUERIES):
            self.page()

    def amend(self, cycle):
        record = self.fill_record(filled_on=cycle.filled_on)
        actions.amend_fill(actor=self.nora, cycle=cycle, record=record, reason="Typo")

    def test_reading_is_recorded(self):
        self.page()
        event = Event.objects.get(action="pump.read")
        self.assertEqual((event.actor, event.subject_ref), (self.nora, self.pump.ref))

    def test_a_physician_may_look(self):
        self.sign_in(self.osei)
        self.page()

    def test_another_clinic_gets_404(self):
        self.sign_in(self.otto)
        self.assertEqual(self.client.get(self.url).status_code, 404)

    def test_other_roles_are_refused(self):
        for user, status in ((self.adam, 403), (self.edie, 404), (self.sam, 404), (self.rosa_user, 404)):
            self.sign_in(user)
            self.assertIn(self.client.get(self.url).status_code, (status, 403))

    def test_the_anonymous_are_sent_to_sign_in(self):
        self.client.logout()
        self.assertRedirects(
            self.client.get(self.url),
            f"{reverse('account_login')}?next={self.url}",
            fetch_redirect_response=False,
        )


# Session, person, pump, memberships, the reading itself, the engine's heartbeat; visit, fill and lines, alarms,
# closures, limits, catheter; history (count, rows, lines, replaced rows and theirs), visits, alarms.
QUERIES = 20
