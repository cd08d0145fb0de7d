"""The patient's own page: dates in words and why, the visit, what is in the pump."""

import datetime
import uuid
from decimal import Decimal

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.audit.models import Event
from pumps import actions
from pumps.models import Cycle
from tests.base import ClinicTestCase, at, make_pump


class MyPageTests(ClinicTestCase):
    url = "/my/"

    def setUp(self):
        self.later("2026-03-02")

    def page(self, user=None):
        self.sign_in(user or self.dale_user)
        return self.client.get(self.url)

    def later(self, day, hour=9):
        """Set the clock; a test ends with the real one."""
        travel = time_machine.travel(at(day, hour), tick=False)
        travel.start()
        self.addCleanup(travel.stop)

    def test_it_says_the_date_in_words_and_why(self):
        cycle = self.fill(self.dales_pump)
        response = self.page()
        self.assertContains(response, f"{cycle.refill_by:%B}")
        self.assertContains(response, "Why this date?")
        self.assertContains(response, "Your pump was filled with")
        self.assertContains(response, "morphine")
        self.assertContains(response, "5\N{NO-BREAK SPACE}mg")
        self.assertContains(response, "Your pump is the true source.")
        self.assertContains(response, "entered by: nurse")
        self.assertContains(response, "No visit is booked. Call to book:")

    def test_each_binding_has_its_words(self):
        words = {
            "alarm": "its alarm could sound",
            "accuracy": "runs a little fast",
            "stability": "keeps in the pump until",
            "beyond_use": "pharmacy says",
        }
        cycle = self.fill(self.dales_pump)
        for binding, sentence in words.items():
            fields = {"binding": binding, "stable_until": datetime.date(2026, 5, 1)}
            Cycle.objects.filter(pk=cycle.pk).update(**fields, beyond_use_on=datetime.date(2026, 5, 1))
            with self.subTest(binding=binding):
                self.assertContains(self.page(), sentence)

    def test_the_printed_page_says_whose_it_is(self):
        said = '<p class="print-only"><b>Dale Whitcomb</b>, born July\N{NO-BREAK SPACE}30, 1954</p>'
        self.assertContains(self.page(), said, html=True)

    def test_no_tab_title_names_a_health_word(self):
        self.fill(self.dales_pump)
        title = self.page().content.decode().split("<title>")[1].split("</title>")[0]
        self.assertEqual(title, "My record · Oak Street Clinic")

    def test_due_now_overdue_and_maybe_empty(self):
        cycle = self.fill(self.dales_pump)
        self.later(cycle.refill_by)
        self.assertContains(self.page(), "Your refill is due now")
        self.later(cycle.refill_by + datetime.timedelta(days=1))
        self.assertContains(self.page(), "Your refill is overdue. Call today to book a visit, do not wait:")
        self.later(cycle.earliest_empty_on)
        self.assertContains(self.page(), "Your pump may be empty. Call now, day or night:")
        self.assertContains(self.page(), "tel:+13125550199")

    def test_a_pump_that_may_be_empty_says_since_when(self):
        cycle = self.fill(self.dales_pump)
        self.later(cycle.earliest_empty_on)
        self.assertContains(self.page(), "could be empty since")

    def test_what_cannot_wait_names_a_line_that_answers(self):
        cycle = self.fill(self.dales_pump)
        overdue = cycle.refill_by + datetime.timedelta(days=1)
        self.later(overdue, hour=20)
        self.assertContains(self.page(), 'class="critical-action" href="tel:+13125550199"')
        self.later(cycle.filled_on, hour=20)
        self.assertContains(self.page(), 'class="critical-action" href="tel:+13125550123"')

    def test_an_open_two_tone_alarm_stands_before_the_visit(self):
        self.fill(self.dales_pump)
        self.book(self.dales_pump, at("2026-03-10", 10))
        asked = "Your pump beeped. If the clinic has not talked with you about it yet, call now"
        self.assertNotContains(self.page(), asked)
        alarm = actions.record_alarm(
            actor=self.nora,
            pump=self.dales_pump,
            tone="two",
            heard_by="patient",
            heard_at=at("2026-03-02", 8),
        )
        text = self.page().content.decode()
        self.assertLess(text.index(asked), text.index("Your next visit"))
        actions.close_alarm(actor=self.nora, alarm=alarm, cause="x", outcome="no_fault", told="Dale")
        self.assertNotContains(self.page(), asked)

    def test_without_a_fill_it_says_why_there_is_no_date(self):
        response = self.page()
        self.assertContains(response, "No refill is recorded here yet, so there is no date.")
        self.assertContains(response, "not recorded yet")

    def test_a_stopped_pump_and_one_that_cannot_be_computed(self):
        cycle = self.fill(self.dales_pump)
        none = dict.fromkeys(
            (
                "low_reservoir_alarm_on",
                "latest_alarm_on",
                "alarm_on",
                "empty_on",
                "earliest_empty_on",
                "refill_by",
            )
        )
        Cycle.objects.filter(pk=cycle.pk).update(**none, binding="", is_stopped=True)
        since = "your pump is stopped since March\N{NO-BREAK SPACE}2, 2026, so there is no refill date"
        self.assertContains(self.page(), since)
        self.assertContains(self.page(), "none: the pump is stopped")
        Cycle.objects.filter(pk=cycle.pk).update(is_stopped=False, cannot_compute="daily_dose")
        self.assertContains(self.page(), "What is recorded does not give a date.")

    def test_a_stopped_pump_leads_with_the_call_to_a_line_that_answers(self):
        self.fill(self.dales_pump, daily_dose_mcg=Decimal(0))
        self.book(self.dales_pump, at("2026-03-10", 10))
        asked = "is recorded as stopped since March\N{NO-BREAK SPACE}2, 2026. If you did not know this, call today:"
        for hour, number in ((9, "+13125550123"), (20, "+13125550199")):
            with self.subTest(hour=hour):
                self.later("2026-03-04", hour=hour)
                text = self.page().content.decode()
                self.assertLess(text.index(asked), text.index("Your next visit"))
                self.assertEqual(text.count(asked), 1)
                self.assertIn(f'class="critical-action" href="tel:{number}"', text)
                self.assertNotIn("Call the clinic about your refill", text)

    def test_an_alarm_of_a_stopped_pump_comes_before_that_it_stands(self):
        self.fill(self.dales_pump, daily_dose_mcg=Decimal(0))
        actions.record_alarm(
            actor=self.nora,
            pump=self.dales_pump,
            tone="two",
            heard_by="patient",
            heard_at=at("2026-03-02", 8),
        )
        text = self.page().content.decode()
        self.assertLess(text.index("Your pump beeped."), text.index("If you did not know this, call today."))

    def test_micrograms_are_explained(self):
        self.fill(
            self.dales_pump, unit="mcg", daily_dose_mcg=Decimal(250), concentration_mcg_per_ml=Decimal(500)
        )
        self.assertContains(self.page(), "micrograms (mcg)")
        self.assertContains(self.page(), "250\N{NO-BREAK SPACE}mcg")

    def test_the_visit_stands_first_with_both_answers(self):
        self.fill(self.dales_pump)
        visit = self.book(self.dales_pump, at("2026-03-10", 10))
        response = self.page()
        self.assertContains(response, "Your next visit")
        self.assertContains(response, reverse("pumps:my_confirm", args=[visit.ref]))
        self.assertContains(response, reverse("pumps:my_change", args=[visit.ref]))
        self.assertNotContains(response, "No visit is booked")

    def test_confirming_is_stored_and_said(self):
        self.fill(self.dales_pump)
        visit = self.book(self.dales_pump, at("2026-03-10", 10))
        self.sign_in(self.dale_user)
        response = self.client.post(reverse("pumps:my_confirm", args=[visit.ref]), follow=True)
        self.assertContains(response, "There is nothing else to do before")
        visit.refresh_from_db()
        self.assertEqual(visit.confirmed_by, self.dale_user)
        self.assertNotContains(response, "Confirm I will come")

    def test_asking_to_change_keeps_the_visit_and_the_words(self):
        self.fill(self.dales_pump)
        visit = self.book(self.dales_pump, at("2026-03-10", 10))
        self.sign_in(self.dale_user)
        url = reverse("pumps:my_change", args=[visit.ref])
        self.assertContains(self.client.get(url), "It stays booked until")
        response = self.client.post(url, {"note": "Any afternoon"}, follow=True)
        self.assertContains(response, "You asked for another time.")
        visit.refresh_from_db()
        self.assertEqual((visit.state, visit.change_note), ("booked", "Any afternoon"))

    def test_a_bad_note_is_kept_and_refused_by_name(self):
        self.fill(self.dales_pump)
        visit = self.book(self.dales_pump, at("2026-03-10", 10))
        self.sign_in(self.dale_user)
        response = self.client.post(reverse("pumps:my_change", args=[visit.ref]), {"note": "a" * 301})
        self.assertEqual(response.status_code, 422)
        self.assertContains(response, "There is a problem", status_code=422)
        self.assertContains(response, "a" * 301, status_code=422)

    def test_a_visit_that_is_over_cannot_be_confirmed(self):
        self.fill(self.dales_pump)
        visit = self.book(self.dales_pump, at("2026-03-10", 10))
        self.later(visit.ends_at.date() + datetime.timedelta(days=1))
        self.sign_in(self.dale_user)
        response = self.client.post(reverse("pumps:my_confirm", args=[visit.ref]), follow=True)
        self.assertContains(response, "This visit is over.")
        self.assertContains(response, "We did not see you on")
        url = reverse("pumps:my_change", args=[visit.ref])
        self.assertEqual(self.client.post(url, {"note": ""}).status_code, 422)

    def test_others_cannot_answer_this_visit(self):
        self.fill(self.dales_pump)
        visit = self.book(self.dales_pump, at("2026-03-10", 10))
        for user, status in ((self.rosa_user, 404), (self.otto, 404), (self.edie, 404), (self.nora, 403)):
            for name in ("my_confirm", "my_change"):
                self.sign_in(user)
                with self.subTest(user=user, name=name):
                    response = self.client.post(reverse(f"pumps:{name}", args=[visit.ref]), {"note": "x"})
                    self.assertEqual(response.status_code, status)

    def test_staff_and_editors_have_no_own_page(self):
        for user in (self.nora, self.osei, self.adam, self.edie, self.sam):
            with self.subTest(user=user):
                self.assertEqual(self.page(user).status_code, 403)

    def test_the_anonymous_are_sent_to_sign_in(self):
        self.assertRedirects(self.client.get(self.url), "/accounts/login/?next=/my/")

    def test_reading_is_on_the_record(self):
        self.page()
        event = Event.objects.get(action="record.read")
        self.assertEqual((event.actor, event.patient_ref), (self.dale_user, self.dale.ref))

    def test_only_the_own_record_is_shown(self):
        self.fill(self.pump)
        self.assertNotContains(self.page(), "NGP000001H")

    def test_spanish_for_who_reads_spanish(self):
        self.fill(self.pump)
        response = self.page(self.rosa_user)
        self.assertEqual(response.headers["Content-Language"], "es")
        self.assertContains(response, "morfina")
        self.assertContains(response, '<html lang="es">')

    def test_another_language_gets_english_and_an_interpreter(self):
        self.dale.other_language = "Polish"
        self.dale.save(update_fields=["other_language"])
        self.assertContains(self.page(), "an interpreter can help")

    def test_a_closed_record_plans_nothing(self):
        self.fill(self.dales_pump)
        self.dale.closed_on = datetime.date(2026, 3, 2)
        self.dale.save(update_fields=["closed_on"])
        response = self.page()
        self.assertContains(response, "This record is closed.")
        self.assertNotContains(response, "Refill by")
        self.assertContains(response, "Past refills")

    def test_a_visit_after_the_date_asks_for_an_earlier_one(self):
        cycle = self.fill(self.dales_pump)
        visit = self.book(self.dales_pump, at("2026-03-10", 10))
        day = cycle.refill_by + datetime.timedelta(days=3)
        visit.starts_at, visit.ends_at = at(day, 10), at(day, 11)
        visit.save(update_fields=["starts_at", "ends_at"])
        self.assertContains(self.page(), "Your visit is after your refill-by date.")

    def older_fills(self, cycle, count):
        """Copy a fill to the days before it, as ended ones."""
        for number in range(1, count + 1):
            older = Cycle.objects.get(pk=cycle.pk)
            older.pk, older.ref, older.key = None, uuid.uuid4(), None
            older._state.adding = True
            older.filled_on = older.ended_on = cycle.filled_on - datetime.timedelta(days=number)
            older.save()

    def test_refills_are_paged(self):
        self.older_fills(self.fill(self.dales_pump), 11)
        self.assertContains(self.page(), "Page 1 of 2")
        self.assertContains(self.client.get("/my/?page=2"), "Page 2 of 2")
        self.assertEqual(self.client.get("/my/?page=x").status_code, 200)

    def test_the_number_of_queries_does_not_grow(self):
        cycle = self.fill(self.dales_pump)
        self.sign_in(self.dale_user)
        one = self.count()
        self.older_fills(cycle, 5)
        self.assertEqual(self.count(), one)

    def count(self):
        with CaptureQueriesContext(connection) as queries:
            self.client.get(self.url)
        return len(queries)

    def test_several_pumps_stand_apart(self):
        self.fill(self.dales_pump)
        make_pump(self.dale, "NGP000009H")
        response = self.page()
        self.assertContains(response, "SynchroMed II, NGP000009H")
        self.assertContains(response, "SynchroMed II, NGP000002H")

    def test_alarms_are_listed_with_what_came_of_them(self):
        alarm = actions.record_alarm(
            actor=self.nora,
            pump=self.dales_pump,
            tone="one",
            kind="unknown",
            heard_by="patient",
            heard_at=at("2026-03-01", 20),
        )
        self.assertContains(self.page(), "open: the clinic is on it")
        actions.close_alarm(actor=self.nora, alarm=alarm, cause="low", outcome="refilled", told="Dale")
        self.assertContains(self.page(), "refilled")
