"""The whole shipped site in both languages: every address answers, every link and citation leads somewhere."""

import re
from urllib.parse import urldefrag, urlsplit

from django.core.cache import cache
from django.urls import reverse

from portal.education.models import Question
from tests.base import ClinicTestCase
from tests.education.site import ADDRESSES, PATHS, Page, address

ENGLISH = re.compile(
    r"\b(the|and|your|with|you|for|when|what|from|this|that|are|not|call|if|pump|refill|how|who|our|more)\b"
)
SPANISH = re.compile(r"\b(los|las|una|para|con|usted|bomba|llame|cuando|qué|cómo|más|está|del)\b", re.I)
# The ones of the table, and beside them.
PROMISED = """learn learn/cancer-pain learn/what-is-it learn/system learn/system/synchromed-ii learn/system/myptm
learn/benefits-risks learn/side-effects learn/too-much-too-little learn/questions learn/choosing learn/stories
learn/safety-notices learn/references learn/about-this-information learn/caregivers learn/glossary learn/print
help/alarm help/emergency help/contact""".split()
GROUPS = "before surgery refills daily-life mri replacement money".split()


class SiteTests(ClinicTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cache.clear()
        cls.pages = {}

    def read(self, url):
        if url not in self.pages:
            response = self.client.get(url)
            self.assertEqual(response.status_code, 200, url)
            self.pages[url] = Page(response.content.decode())
        return self.pages[url]

    def test_every_promised_address_is_there(self):
        self.assertEqual(set(PROMISED) - set(PATHS), set())
        for group in GROUPS:
            self.assertIn(f"learn/questions/{group}", PATHS)

    def test_every_address_answers_in_its_language(self):
        for language, url in ADDRESSES:
            with self.subTest(url=url):
                response = self.client.get(url)
                self.assertEqual(response.status_code, 200)
                self.assertEqual(response.headers["Content-Language"], language)
                self.assertContains(response, f'<html lang="{language}">')
                self.assertFalse(response.cookies)

    def test_no_english_is_left_in_spanish_and_none_the_other_way(self):
        for language, url in ADDRESSES:
            with self.subTest(url=url):
                text = self.read(url).text(language)
                foreign = (ENGLISH if language == "es" else SPANISH).findall(text.replace("Ask Hank", ""))
                self.assertEqual(foreign, [], text[:0])

    def test_every_citation_became_a_number(self):
        for _language, url in ADDRESSES:
            with self.subTest(url=url):
                self.assertNotRegex(self.client.get(url).content.decode(), r"\[\[|\]\]")

    def test_every_link_inside_leads_somewhere(self):
        for language, url in ADDRESSES:
            for link in self.read(url).links:
                target, fragment = urldefrag(link)
                if urlsplit(target).scheme or target.endswith(".pdf"):
                    continue
                with self.subTest(url=url, link=link):
                    target = target or url
                    if target.startswith(("/landing", "/accounts", "/es/accounts")):
                        continue
                    spanish = target.startswith("/es/")
                    twin = target == address(
                        url.strip("/").removeprefix("es/"), "es" if language == "en" else "en"
                    )
                    self.assertTrue(
                        twin or spanish == (language == "es") or target == "/", "another language"
                    )
                    if fragment:
                        self.assertIn(fragment, self.read(target.partition("?")[0]).ids)
                    else:
                        self.assertEqual(self.client.get(target).status_code, 200)

    def test_twins_name_each_other(self):
        for path in PATHS:
            english, spanish = (self.read(address(path, language)) for language in ("en", "es"))
            with self.subTest(path=path):
                self.assertEqual(english.alternates, spanish.alternates)
                self.assertTrue(english.alternates["en"].endswith(address(path)))
                self.assertTrue(english.alternates["es"].endswith(address(path, "es")))
                self.assertTrue(spanish.canonical.endswith(address(path, "es")))

    def test_ids_stand_once(self):
        for _language, url in ADDRESSES:
            ids = self.read(url).ids
            with self.subTest(url=url):
                self.assertEqual(sorted(ids), sorted(set(ids)))

    def test_at_least_forty_questions_each_linkable_in_both_languages(self):
        anchors = {}
        for language in ("en", "es"):
            asked = Question.objects.filter(translation__language=language)
            found = set(asked.values_list("translation__page__path", "anchor"))
            self.assertGreaterEqual(len(found), 40)
            for path, anchor in found:
                self.assertIn(anchor, self.read(address(path, language)).ids)
            anchors[language] = found
        self.assertEqual(anchors["en"], anchors["es"])

    def test_the_furniture_stands_on_every_page(self):
        said = {
            "en": ("911", "Not yet checked by your clinic", "does not replace"),
            "es": ("911", "Su clínica todavía no", "no sustituye"),
        }
        for language, url in ADDRESSES:
            for sentence in said[language]:
                with self.subTest(url=url, sentence=sentence):
                    self.assertContains(self.client.get(url), sentence)

    def test_the_baclofen_warning_is_always_shown(self):
        for url, said in (
            ("/learn/too-much-too-little/", "If your pump holds baclofen"),
            ("/es/learn/too-much-too-little/", "Si su bomba contiene baclofeno"),
        ):
            self.assertContains(self.client.get(url), said)

    def test_both_arms_of_the_trial_are_told_with_what_could_be_chance(self):
        page = self.read("/learn/benefits-risks/").text("en")
        for said in ("85 of 100", "71 of 100", "could be chance"):
            self.assertIn(said.lower(), page.lower())

    def test_the_stories_page_ships_empty_and_invites(self):
        self.assertIn(reverse("education:tell_story"), self.read("/learn/stories/").links)
