"""Telling a story: whole, with consent as it was shown, and never public before two people have read it."""

import datetime

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import Event
from portal.education.models import Story
from portal.education.voices import consent_text, send_story
from tests.base import ClinicTestCase

TELL = reverse("education:tell_story")
TOLD = {
    "name": "Ana",
    "before": "I could not sleep.",
    "tried": "Pills.",
    "trial": "",
    "now": "I sleep.",
    "not_well": "The scar hurt for weeks.",
    "paid_by": "nobody",
    "reply_to": "ana@mail.example",
    "consent": "on",
}


class TellTests(ClinicTestCase):
    def setUp(self):
        cache.clear()

    def test_it_is_kept_with_the_consent_that_was_shown(self):
        self.assertContains(self.client.get(TELL), "An editor and a clinician")
        self.assertRedirects(self.client.post(TELL, TOLD), reverse("education:story_told"))
        story = Story.objects.get()
        self.assertEqual((story.state, story.name, story.language), ("sent", "Ana", "en"))
        self.assertEqual(story.consent_text, consent_text())
        self.assertEqual(story.consent_ends_on.year, timezone.now().year + 3)
        self.assertTrue(Event.objects.filter(action="education.story_sent").exists())

    def test_it_is_not_public(self):
        self.client.post(TELL, TOLD)
        self.assertFalse(Story.objects.public(timezone.now().date()).exists())

    def test_what_is_missing_is_named_and_nothing_typed_is_lost(self):
        for missing, said in (
            ("not_well", "What did not go well is missing"),
            ("consent", "We can only take a story when you agree"),
            ("reply_to", "Your e-mail is missing"),
            ("paid_by", "Choose who paid or invited you"),
        ):
            with self.subTest(missing=missing):
                response = self.client.post(TELL, {**TOLD, missing: ""})
                self.assertContains(response, said, status_code=422)
                self.assertContains(response, "I could not sleep.", status_code=422)
        self.assertFalse(Story.objects.exists())

    def test_script_stays_text(self):
        self.client.post(TELL, TOLD | {"now": "<script>alert(1)</script>"})
        self.assertEqual(Story.objects.get().now, "<script>alert(1)</script>")

    def test_hidden_characters_and_long_texts_are_refused(self):
        for field, value in (("name", "An\u202ea"), ("before", "x" * 2001), ("name", "\x00")):
            self.assertEqual(self.client.post(TELL, TOLD | {field: value}).status_code, 422)

    def test_the_sixth_story_in_an_hour_waits(self):
        for _ in range(5):
            self.client.post(TELL, TOLD)
        self.assertContains(self.client.post(TELL, TOLD), "in an hour", status_code=429)
        self.assertEqual(Story.objects.count(), 5)

    def test_consent_given_on_a_leap_day_ends_on_a_day_that_exists(self):
        told = {k: v for k, v in TOLD.items() if k != "consent"}
        story = send_story(
            language="en", told=told, now=datetime.datetime(2028, 2, 29, 12, tzinfo=datetime.UTC)
        )
        self.assertEqual(story.consent_ends_on, datetime.date(2031, 2, 28))

    def test_it_can_be_told_in_spanish(self):
        self.client.post(f"/es{TELL}", TOLD)
        self.assertEqual(Story.objects.get().language, "es")
