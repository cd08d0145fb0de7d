"""The alarm page: public, light, without cookie or script, and there when the database is not."""

import gzip
import re
from dataclasses import replace
from unittest import mock

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError
from django.test import override_settings

from portal.accounts.models import Clinic
from portal.education import actions, rows
from portal.education.models import Page, Publication, Translation
from portal.education.showing import help_files
from scripts import help_css
from tests.base import ClinicTestCase

LIMIT = 30 * 1024


class AlarmPageTests(ClinicTestCase):
    url = "/help/alarm/"

    def page(self, url=None, **extra):
        return self.client.get(url or self.url, **extra)

    def only_oak(self):
        Clinic.objects.exclude(pk=self.oak.pk).update(host_name="cedar.example")
        Clinic.objects.filter(pk=self.oak.pk).update(host_name="testserver")

    def test_it_sets_no_cookie_and_runs_no_script(self):
        response = self.page()
        self.assertEqual(response.status_code, 200)
        self.assertEqual(dict(response.cookies), {})
        self.assertNotContains(response, "<script")
        self.assertNotContains(response, " style=")
        self.assertNotContains(response, "csrfmiddlewaretoken")

    def test_signed_in_it_is_the_same_page(self):
        anonymous = self.page().content
        self.sign_in(self.nora)
        self.assertEqual(self.page().content, anonymous)

    def test_it_weighs_at_most_30_kb_in_all(self):
        response = self.page()
        links = re.findall(r'(?:href|src)="/static/([^"]+)"', response.content.decode())
        files = [(settings.BASE_DIR / "portal/static" / link).read_bytes() for link in links]
        self.assertEqual(sorted(links), ["portal/favicon.svg", "portal/help.css"])
        self.assertLessEqual(sum(len(gzip.compress(one)) for one in (response.content, *files)), LIMIT / 2)

    def test_one_stylesheet_without_bootstrap_is_fresh(self):
        self.assertEqual(help_css.TARGET.read_text(), help_css.build())
        self.assertNotContains(self.page(), "bootstrap")

    def test_it_asks_the_three_questions_and_unsure_is_two_tones(self):
        response = self.page()
        for sentence in ("Two tones", "One tone", "Not sure", "Treat it as two tones"):
            self.assertContains(response, sentence)
        self.assertContains(response, 'href="#two"', 2)
        self.assertContains(response, 'href="#one"', 1)

    def test_it_says_that_nobody_watches(self):
        self.assertContains(self.page(), "does not watch your pump and cannot hear it")
        self.assertContains(self.page(), "Nobody reads reports here at night.")

    def test_several_clinics_are_all_named_and_none_is_preselected(self):
        response = self.page()
        for number in ("+13125550199", "+15185550199", "+13125550123", "+15185550123"):
            self.assertContains(response, f'href="tel:{number}"')
        self.assertContains(response, "Oak Street Clinic")
        self.assertContains(response, "Cedar Clinic")
        self.assertContains(response, "24-hour lines")

    def test_a_clinics_own_host_shows_its_numbers_only(self):
        self.only_oak()
        response = self.page()
        self.assertContains(response, "24-hour line 312-555-0199")
        self.assertNotContains(response, "518-555-0199")

    def test_without_a_database_911_and_the_pump_card_remain(self):
        with mock.patch("portal.context_processors.Clinic.objects.all", side_effect=DatabaseError):
            response = self.page()
        self.assertContains(response, "Call the number on your pump card.")
        self.assertContains(response, 'href="tel:911"')

    def test_spanish_has_the_same_parts_in_the_same_order(self):
        spanish = self.page("/es/help/alarm/")
        self.assertEqual(spanish.headers["Content-Language"], "es")
        parts = re.compile(r'href="(?:tel:[^"]+|#\w+)"|class="care-card[^"]*"')
        self.assertEqual(parts.findall(spanish.content.decode()), parts.findall(self.page().content.decode()))

    def test_a_browsers_language_changes_nothing(self):
        response = self.page(headers={"accept-language": "es"})
        self.assertEqual(response.headers["Content-Language"], "en")

    def test_the_language_switch_leads_to_the_twin(self):
        self.assertContains(self.page(), 'href="/es/help/alarm/" lang="es"')
        self.assertContains(self.page("/es/help/alarm/"), 'href="/help/alarm/" lang="en"')

    def test_its_queries_are_few(self):
        with self.assertNumQueries(3):
            self.page()
        with self.assertNumQueries(0):
            self.page()

    def test_it_varies_by_no_cookie(self):
        self.sign_in(self.nora)
        self.assertNotIn("Cookie", self.page().headers.get("Vary", ""))

    def test_the_database_is_silent_from_the_first_question_on(self):
        for path in help_files.LAYOUTS:
            for prefix in ("", "/es"):
                with (
                    self.subTest(path=path, prefix=prefix),
                    mock.patch("portal.education.showing.reading.found_at", side_effect=DatabaseError),
                    self.assertNumQueries(0),
                ):
                    response = self.page(f"{prefix}/{path}/")
                    self.assertEqual(response.status_code, 200)
                    self.assertEqual(response.headers["Cache-Control"], "no-cache")
                    self.assertContains(response, 'href="tel:911"')

    def test_it_is_there_before_any_page_is_published(self):
        Publication.objects.filter(translation__page__path="help/alarm").delete()
        cache.clear()
        self.assertContains(self.page(), "Two tones")

    def test_a_text_that_lost_a_card_gets_it_back_from_the_file(self):
        content = help_files.reading("help/alarm", "en").content
        folder, _ = Page.objects.get_or_create(slug="help", parent=None, defaults={"layout": "folder"})
        page, _ = Page.objects.get_or_create(slug="alarm", parent=folder, defaults={"layout": "alarm"})
        text = Translation.objects.filter(page=page, language="en").first() or Translation(
            page=page, language="en"
        )
        rows.write(text, replace(content, title="It beeps", care_cards=content.care_cards[:1], sources=()))
        actions.publish(actor=self.edie, version=actions.save_version(actor=self.edie, translation=text))
        cache.clear()
        response = self.page()
        self.assertContains(response, "It beeps")
        for level in ("emergency", "urgent", "routine"):
            self.assertContains(response, f'class="care-card care-card--{level}"', 1)

    def test_two_taps_lead_from_home_to_the_number(self):
        self.only_oak()
        self.assertContains(self.client.get("/"), 'href="/help/alarm/"')
        card = self.page().content.decode().split('id="two"')[1].split('id="one"')[0]
        self.assertIn('href="tel:+13125550199"', card)

    @override_settings(DEMO=True)
    def test_the_demo_says_so_here_too(self):
        self.assertContains(self.page(), "demo-banner")
        call_command("check")
