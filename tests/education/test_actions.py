"""Publishing: by the clock alone, one version at a time, the alarm page always there."""

import datetime

from django.core.exceptions import ValidationError

from portal.audit.models import Event
from portal.education import actions, rows
from portal.education.content import CareCard, Content, Question
from portal.education.models import Page, Publication, Translation, Version
from portal.education.showing import reading
from tests.base import ClinicTestCase, at

MONDAY = at("2026-11-23")
TUESDAY = MONDAY + datetime.timedelta(days=1)
WEDNESDAY = MONDAY + datetime.timedelta(days=2)


def make_text(path="try", language="en", **said):
    """A page below /learn/ with a text, and its first version."""
    top, _ = Page.objects.get_or_create(slug="learn", parent=None, defaults={"layout": "hub"})
    page, _ = Page.objects.get_or_create(slug=path, parent=top)
    text = Translation(page=page, language=language)
    rows.write(text, Content(**{"title": "A page", "body": "<p>Words.</p>"} | said))
    return text


class PublishTests(ClinicTestCase):
    def setUp(self):
        self.text = make_text()
        self.first = self.save()

    def save(self, now=MONDAY):
        return actions.save_version(actor=self.edie, translation=self.text, now=now)

    def say(self, **said):
        rows.write(self.text, Content(**{"title": "A page", "body": "<p>Words.</p>"} | said))
        return self.save()

    def publish(self, version=None, now=MONDAY, **window):
        return actions.publish(actor=self.edie, version=version or self.first, now=now, **window)

    def title_at(self, moment):
        found = reading.page_at("learn/try", "en", moment)
        return found.content.title if found else None

    def test_a_saved_text_shows_only_once_it_is_published(self):
        self.assertIsNone(self.title_at(MONDAY))
        self.publish()
        self.assertEqual(self.title_at(MONDAY), "A page")

    def test_the_clock_shows_and_hides_it(self):
        self.publish(starts_at=TUESDAY, ends_at=WEDNESDAY)
        self.assertIsNone(self.title_at(TUESDAY - datetime.timedelta(seconds=1)))
        self.assertEqual(self.title_at(TUESDAY), "A page")
        self.assertIsNone(self.title_at(WEDNESDAY))

    def test_a_planned_version_replaces_the_live_one_at_its_moment(self):
        self.publish()
        self.publish(self.say(title="A better page"), starts_at=TUESDAY)
        self.assertEqual(self.title_at(TUESDAY - datetime.timedelta(seconds=1)), "A page")
        self.assertEqual(self.title_at(TUESDAY), "A better page")

    def test_publishing_now_takes_back_what_was_planned(self):
        self.publish(starts_at=TUESDAY)
        self.publish(self.say(title="A better page"))
        self.assertEqual(self.title_at(WEDNESDAY), "A better page")
        self.assertEqual(Publication.objects.open(MONDAY).filter(translation=self.text).count(), 1)

    def test_the_same_words_make_one_version(self):
        self.assertEqual(self.save(), self.first)
        self.assertEqual(self.say(title="Other").number, 2)

    def test_a_past_start_means_now(self):
        self.assertEqual(self.publish(now=TUESDAY, starts_at=MONDAY).starts_at, TUESDAY)

    def test_an_end_before_the_start_is_refused(self):
        for ends_at in (MONDAY, TUESDAY):
            with self.assertRaises(ValidationError) as refusal:
                self.publish(starts_at=TUESDAY, ends_at=ends_at)
            self.assertIn("ends_at", refusal.exception.message_dict)
        self.assertFalse(Publication.objects.filter(translation=self.text).exists())

    def test_the_alarm_page_never_ends_and_is_never_taken_back(self):
        Page.objects.filter(slug="try").update(layout=Page.Layout.ALARM)
        with self.assertRaises(ValidationError):
            self.publish(ends_at=TUESDAY)
        self.publish()
        with self.assertRaises(ValidationError):
            actions.withdraw(actor=self.edie, page=self.text.page, reason="wrong")
        self.assertEqual(self.title_at(MONDAY), "A page")

    def test_a_wrong_page_is_taken_back_in_one_step(self):
        self.publish()
        spanish = make_text(language="es")
        actions.publish(
            actor=self.edie,
            version=actions.save_version(actor=self.edie, translation=spanish, now=MONDAY),
            starts_at=TUESDAY,
            now=MONDAY,
        )
        ended = actions.withdraw(actor=self.edie, page=self.text.page, reason="a wrong figure", now=MONDAY)
        self.assertEqual(ended, 2)
        self.assertIsNone(self.title_at(WEDNESDAY))
        self.assertIsNone(reading.page_at("learn/try", "es", WEDNESDAY))

    def test_an_earlier_version_comes_back_whole_as_a_new_one(self):
        card = CareCard("urgent", "Call now if:", ("you hear two tones",), after="help")
        question = Question("how-long", "How long?", "<p>A day.</p>")
        first = self.say(title="First", care_cards=(card,), questions=(question,), ask=("Who?", "When?"))
        self.say(title="Second")
        restored = actions.restore(actor=self.edie, version=first, now=TUESDAY)
        self.assertEqual(restored.number, 4)
        self.assertEqual(restored.content, first.content)
        self.text.refresh_from_db()
        self.assertEqual(rows.read(self.text), Content.from_dict(first.content))

    def test_every_step_is_an_event(self):
        self.publish()
        actions.withdraw(actor=self.edie, page=self.text.page, reason="a wrong figure")
        done = set(Event.objects.filter(actor=self.edie).values_list("action", flat=True))
        self.assertEqual(done, {"education.saved", "education.published", "education.withdrawn"})


class ReadTests(ClinicTestCase):
    def setUp(self):
        # The pages that ship make room for a tree of two.
        Publication.objects.all().delete()
        Page.objects.filter(path="learn").update(slug="former", path="former")
        for language, title in (("en", "A page"), ("es", "Una página")):
            text = make_text(language=language, title=title)
            version = actions.save_version(actor=None, translation=text)
            actions.publish(actor=None, version=version, now=MONDAY)
        top = Translation(page=Page.objects.get(path="learn"), language="en")
        rows.write(top, Content(title="Learn", menu_title="Learn"))
        actions.publish(actor=None, version=actions.save_version(actor=None, translation=top), now=MONDAY)

    def test_one_query_brings_the_page_its_trail_and_what_is_below(self):
        with self.assertNumQueries(1):
            found = reading.page_at("learn/try", "es", MONDAY)
        self.assertEqual(found.content.title, "Una página")
        self.assertEqual([leaf.label for leaf in found.trail], ["Learn"])
        self.assertEqual([leaf.title for leaf in reading.page_at("learn", "en", MONDAY).below], ["A page"])

    def test_english_stands_in_where_there_is_no_spanish(self):
        self.assertEqual(reading.page_at("learn", "es", MONDAY).language, "en")

    def test_a_named_check_belongs_to_one_version(self):
        version = Version.objects.get(translation__language="en", translation__page__path="learn/try")
        day = MONDAY.date()
        actions.approve(
            actor=self.edie,
            version=version,
            name="Dr. Kofi Osei",
            role="pain physician",
            approved_on=day,
            next_review_on=day + datetime.timedelta(days=365),
        )
        self.assertEqual(reading.page_at("learn/try", "en", MONDAY).check.name, "Dr. Kofi Osei")
        self.assertIsNone(reading.page_at("learn/try", "es", MONDAY).check)
