"""Public pages kept whole: no query for the second reader, never beyond the moment something changes."""

import datetime
import tempfile
from unittest import mock

import time_machine
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from portal.accounts.models import Clinic
from portal.education import actions
from portal.education.models import (
    Approval,
    Page,
    Publication,
    Reference,
    Term,
    TermText,
    Translation,
    Version,
)
from portal.education.paper.sheets import SheetTooLong
from portal.education.showing import caching
from tests.base import ClinicTestCase, at
from tests.education.test_pages import PagesTestCase

NOON = at("2030-03-04", 12)
URL = "/learn/try/"


class KeptTests(PagesTestCase):
    def setUp(self):
        super().setUp()
        self.version = self.put(now=at("2030-03-01"))
        traveller = time_machine.travel(NOON, tick=False)
        self.clock = traveller.start()
        self.addCleanup(traveller.stop)

    def test_three_queries_then_none(self):
        # Django asks SQLite once in each process whether it knows JSON.
        self.assertTrue(connection.features.supports_json_field)
        with self.assertNumQueries(3):
            self.get()
        with self.assertNumQueries(0):
            self.get()

    def test_the_question_after_the_path_is_not_kept_with_it(self):
        self.get(f"{URL}?evil=1")
        with self.assertNumQueries(0):
            self.assertNotContains(self.get(), "evil")

    def test_a_minute_later_it_is_made_anew(self):
        self.get()
        self.clock.shift(61)
        with (
            mock.patch("portal.education.views.pages.make", side_effect=KeyError),
            self.assertRaises(KeyError),
        ):
            self.get()

    def test_what_the_clock_hides_is_not_kept_beyond_its_end(self):
        Publication.objects.filter(version=self.version).update(ends_at=NOON + datetime.timedelta(seconds=10))
        self.assertEqual(self.get().headers["Cache-Control"], "public, max-age=10")
        self.clock.shift(9)
        self.assertEqual(self.get().status_code, 200)
        self.clock.shift(1)
        self.assertEqual(self.get().status_code, 410)

    def test_what_another_page_shows_soon_counts_too(self):
        with self.captureOnCommitCallbacks(execute=True):
            actions.publish(
                actor=self.edie, version=self.version, starts_at=NOON + datetime.timedelta(seconds=20)
            )
        self.assertEqual(self.get().headers["Cache-Control"], "public, max-age=20")

    def test_a_new_text_shows_at_once(self):
        self.get()
        with self.captureOnCommitCallbacks(execute=True):
            self.put(title="A better title")
        self.assertContains(self.get(), "A better title")

    def test_a_clinics_new_number_shows_at_once(self):
        self.get("/help/contact/")
        self.oak.phone_24h = "+13125550177"
        with self.captureOnCommitCallbacks(execute=True):
            self.oak.save()
        self.assertContains(self.get("/help/contact/"), "312-555-0177")

    def test_the_languages_are_kept_apart(self):
        self.get()
        self.assertContains(self.get(f"/es{URL}"), '<html lang="es">')
        self.assertContains(self.get(), '<html lang="en">')

    @override_settings(ALLOWED_HOSTS=[".example", "testserver"])
    def test_the_hosts_are_kept_apart(self):
        type(self.cedar).objects.filter(pk=self.cedar.pk).update(host_name="pumps.cedar.example")
        self.assertContains(self.get(), "24-hour lines")
        found = self.get(headers={"host": "pumps.cedar.example"})
        self.assertContains(found, "24-hour line 518-555-0199")
        self.assertNotContains(self.get(), "518-555-0199")

    def test_what_a_browser_has_is_not_sent_again(self):
        etag = self.get().headers["ETag"]
        answer = self.get(headers={"if-none-match": etag})
        self.assertEqual((answer.status_code, answer.content), (304, b""))
        self.assertEqual(answer.headers["ETag"], etag)
        self.assertEqual(self.get(headers={"if-none-match": '"other"'}).status_code, 200)

    def test_head_is_answered_as_get_is(self):
        self.assertEqual(self.client.head(URL).headers["ETag"], self.get().headers["ETag"])

    def test_what_is_missing_is_not_kept(self):
        self.assertEqual(self.get("/learn/later/").headers["Cache-Control"], "no-cache")
        with self.captureOnCommitCallbacks(execute=True):
            self.put("learn/later")
        self.assertEqual(self.get("/learn/later/").status_code, 200)

    def test_a_forgotten_generation_is_made_anew(self):
        self.get()
        caching.forget()
        with self.assertNumQueries(3):
            self.get()


class RenderedTests(ClinicTestCase):
    """A page made anew is rendered only when something it shows has changed."""

    def read(self):
        caching.forget()
        return self.client.get("/learn/what-is-it/").content.decode()

    def test_the_same_page_is_rendered_once(self):
        first = self.read()
        with mock.patch("portal.education.views.pages.html", side_effect=KeyError):
            self.assertEqual(self.read(), first)

    def test_another_number_a_new_text_and_a_mended_source_show(self):
        self.read()
        Clinic.objects.update(phone_24h="+13125550777")
        self.assertIn("312-555-0777", self.read())
        text = Translation.objects.get(page__path="learn/what-is-it", language="en")
        text.title = "What is this thing?"
        text.save()
        version = actions.save_version(actor=self.edie, translation=text)
        actions.publish(actor=self.edie, version=version)
        self.assertIn("What is this thing?", self.read())
        Reference.objects.filter(key="leeds-pump").update(title="A leaflet of another name")
        self.assertIn("A leaflet of another name", self.read())

    def test_a_new_check_shows_and_is_overdue_by_the_day(self):
        version = Version.objects.filter(
            translation__page__path="learn/what-is-it", translation__language="en"
        )
        day = timezone.now().date()
        self.assertIn("Not yet checked", self.read())
        check = Approval.objects.create(
            version=version.latest("number"), name="Amara Osei", role="nurse", recorded_by=self.edie,
            clinic=self.oak, approved_on=day, next_review_on=day + datetime.timedelta(days=1),
        )  # fmt: skip
        found = self.read()
        self.assertIn("Amara Osei, nurse, Oak Street Clinic", found)
        self.assertNotIn("overdue", found)
        with time_machine.travel(timezone.now() + datetime.timedelta(days=100)):
            self.assertIn("overdue", self.read())
        Approval.objects.filter(pk=check.pk).update(name="Kofi Osei")
        self.assertIn("Kofi Osei", self.read())

    def test_a_neighbour_renamed_moved_or_taken_back_shows(self):
        Page.objects.filter(parent__path="learn").update(position=9)
        Page.objects.filter(path="learn/what-is-it").update(position=5)
        Page.objects.filter(path="learn/glossary").update(position=6)
        self.assertRegex(self.read(), 'href="/learn/glossary/" rel="next"')
        text = Translation.objects.get(page__path="learn/glossary", language="en")
        text.menu_title = "Words renamed"
        text.save()
        actions.publish(actor=self.edie, version=actions.save_version(actor=self.edie, translation=text))
        self.assertIn("Words renamed", self.read())
        Page.objects.filter(path="learn/glossary").update(position=4)
        self.assertRegex(self.read(), 'href="/learn/glossary/" rel="prev"')
        actions.withdraw(actor=self.edie, page=text.page, reason="wrong")
        self.assertNotIn("Words renamed", self.read())

    def test_a_new_word_to_know_shows(self):
        self.assertNotIn("#zz-pump", self.read())
        TermText.objects.filter(language="en").delete()
        term = Term.objects.create(key="zz-pump")
        TermText.objects.create(term=term, language="en", word="pump", meaning="A thing.")
        self.assertIn("#zz-pump", self.read())

    def test_two_addresses_never_share_a_page(self):
        self.read()
        self.assertIn('lang="es"', self.client.get("/es/learn/what-is-it/").content.decode()[:200])


class UnwritableTests(ClinicTestCase):
    """A disk that is full or read-only, while Redis is down or there is none."""

    def test_pages_answer_when_nothing_can_be_kept(self):
        with tempfile.NamedTemporaryFile() as file:
            broken = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": file.name}
            with override_settings(CACHES={**settings.CACHES, "default": broken}):
                for url in ("/help/alarm/", "/es/help/emergency/", "/learn/what-is-it/", "/sitemap.xml"):
                    self.assertEqual(self.client.get(url).status_code, 200, url)
                caching.forget()


class SheetPdfTests(ClinicTestCase):
    def test_a_sheet_that_grew_too_long_leads_to_its_page(self):
        with mock.patch("portal.education.paper.sheets.sheet_pdf", side_effect=SheetTooLong):
            response = self.client.get("/es/learn/print/alarm-card.pdf")
        self.assertRedirects(response, "/es/learn/print/alarm-card/")

    def test_the_page_and_its_pdf_are_kept_apart(self):
        self.assertEqual(
            self.client.get("/learn/print/alarm-card.pdf").headers["Content-Type"], "application/pdf"
        )
        self.assertEqual(self.client.get("/learn/print/alarm-card.pdf/").status_code, 404)
