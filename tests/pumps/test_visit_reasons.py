"""Why a visit was cancelled: stored in one language, read in the reader's."""

from datetime import date

from django.utils import translation

from patients import actions as patient_actions
from pumps import actions
from pumps.models import Visit
from tests.base import at
from tests.pumps.test_record_fill import FillTestCase


class ReasonTests(FillTestCase):
    def reason(self, visit):
        return Visit.objects.get(pk=visit.pk).reason

    def test_a_death_is_stored_in_english_whatever_the_language_of_the_page(self):
        visit = self.book(starts_at=at("2026-06-08"))
        with translation.override("es"):
            patient_actions.record_death(actor=self.nora, patient=self.rosa, died_on=date(2026, 6, 1))
        self.assertEqual(self.reason(visit), "The patient died.")

    def test_an_explant_and_a_closed_record_too(self):
        gone, closed = self.book(starts_at=at("2026-06-08")), self.book(self.dales_pump, at("2026-06-09"))
        with translation.override("es"):
            actions.explant(
                actor=self.nora, pump=self.pump, explanted_on=date(2026, 6, 1), reason="infección"
            )
            patient_actions.close_record(actor=self.nora, patient=self.dale, closed_on=date(2026, 6, 1))
        self.assertEqual(self.reason(gone), "The pump was explanted.")
        self.assertEqual(self.reason(closed), "The record was closed.")

    def test_it_is_translated_when_shown_and_typed_words_are_not(self):
        for reason in Visit.OwnReason:
            with translation.override("es"):
                self.assertEqual(Visit(reason=reason.value).reason_words, str(reason.label))
        self.assertEqual(Visit(reason="Tiene gripe").reason_words, "Tiene gripe")
        self.assertEqual(Visit().reason_words, "")

    def test_the_pump_page_shows_it(self):
        self.book(starts_at=at("2026-06-08"))
        actions.explant(actor=self.nora, pump=self.pump, explanted_on=date(2026, 6, 1), reason="infection")
        page = self.sign_in(self.nora).get(self.pump.get_absolute_url())
        self.assertContains(page, "The pump was explanted.")
