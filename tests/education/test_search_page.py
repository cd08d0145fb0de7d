"""The search page: one address in each language, no cookie, nothing kept, help where nothing is found."""

import html
import re
import unicodedata

from portal.education.content import Question
from portal.education.models import SearchEntry, Term
from portal.education.views.search import PAGE_SIZE
from tests.education.test_search import HOUR, ODD, SearchTestCase

MARKS = "\u0301\u0308\u20dd" * 20


class SearchPageTests(SearchTestCase):
    def get(self, q=None, prefix="", **more):
        return self.client.get(f"{prefix}/learn/search/", ({} if q is None else {"q": q}) | more)

    def links(self, response):
        main = response.content.decode().split("<main")[1].split("</main>")[0]
        return re.findall(r'<a href="([^"]+)"', main)

    def many(self, count):
        publication = self.publish("many", title="Many")
        SearchEntry.objects.bulk_create(
            SearchEntry(
                publication=publication,
                language="en",
                kind="question",
                anchor=f"kumquat-{i}",
                title="Kumquat?",
                question_words="kumquat",
            )
            for i in range(count)
        )

    def test_a_result_says_what_it_is_and_where_it_stands(self):
        self.publish(
            "refills", title="Refills", questions=(Question("sore", "Does it hurt?", "<p>A pinch.</p>"),)
        )
        response = self.get("pinch")
        self.assertContains(response, "Question on the page “Refills”")
        self.assertContains(response, "A <mark>pinch</mark>.")
        self.assertIn("/learn/refills/#sore", self.links(response))

    def test_the_spanish_twin_finds_spanish_and_keeps_the_words(self):
        self.publish("refills", "es", title="La recarga", body="<p>Un pinchazo.</p>")
        response = self.get("bómba pinchazo", prefix="/es")
        self.assertEqual(response.headers["Content-Language"], "es")
        self.assertContains(response, 'href="/learn/search/?q=b%C3%B3mba+pinchazo"')
        self.assertIn("/es/learn/refills/", self.links(response))

    def test_nobody_keeps_it_and_it_sets_no_cookie(self):
        for prefix in ("", "/es"):
            response = self.get("refill", prefix=prefix)
            self.assertEqual(response.headers["Cache-Control"], "private, no-store")
            self.assertEqual(response.headers["X-Robots-Tag"], "noindex")
            self.assertFalse(response.cookies)

    def test_what_was_typed_and_found_is_escaped(self):
        self.publish("x", title="A <b>kumquat</b> & co", lead="<i>kumquat</i>")
        response = self.get("<script>alert(1)</script> kumquat")
        self.assertNotContains(response, "<script>alert")
        self.assertContains(response, html.escape("<script>alert(1)</script> kumquat"))
        response = self.get("kumquat")
        self.assertContains(response, "A &lt;b&gt;<mark>kumquat</mark>&lt;/b&gt; &amp; co")

    def test_nothing_typed_shows_how_to_search(self):
        for q in (None, "", "   ", "\u200f\x00"):
            self.assertContains(self.get(q), "How to search")

    def test_marks_and_points_alone_are_no_words(self):
        for q in (MARKS, "?!.", "«»", "%", "_", "a"):
            with self.subTest(q[:3]):
                self.assertContains(self.get(q), "Write a word that says what you look for")
        self.assertEqual({unicodedata.category(c)[0] for c in MARKS}, {"M"})

    def test_200_characters_are_searched_and_one_more_is_not(self):
        self.assertNotContains(self.get("a" * 200), "write at most")
        for length in (201, 10_000):
            response = self.get("a" * length)
            self.assertContains(response, "Search words: write at most 200 characters.")
            self.assertLess(len(response.content), 30_000)

    def test_a_mistyped_word_shows_what_was_searched_and_leads_back(self):
        self.publish("refills", title="Refills")
        response = self.get("rifells")
        self.assertContains(response, "Showing results for “refills”")
        self.assertIn("?q=rifells&amp;exact=1", self.links(response))
        self.assertContains(self.get("rifells", exact=1), "Nothing found for “rifells”")

    def test_nothing_found_helps(self):
        response = self.get("xylophone")
        self.assertContains(response, "Nothing found for “xylophone”")
        found = self.links(response)
        for address in ("/learn/questions/", "/learn/glossary/", "/learn/", "/help/contact/"):
            self.assertIn(address, found)

    def test_an_urgent_word_leads_to_help_first(self):
        self.publish("x", title="The alarm page")
        for q, prefix, address in [
            ("alarm", "", "/help/alarm/"),
            ("pitido", "/es", "/es/help/alarm/"),
            ("can't breathe", "", "/help/emergency/"),
            ("sobredosis", "/es", "/es/help/emergency/"),
        ]:
            with self.subTest(q):
                self.assertEqual(self.links(self.get(q, prefix=prefix))[0], address)
        self.assertNotContains(self.get("refill"), "If it cannot wait")

    def test_pages_of_results_keep_the_words(self):
        self.many(PAGE_SIZE * 2 + 1)
        response = self.get("kumquat", page=2)
        self.assertContains(response, "Page 2 of 3")
        self.assertContains(response, f'start="{PAGE_SIZE + 1}"')
        self.assertIn("?q=kumquat&amp;page=3", self.links(response))

    def test_a_page_number_that_makes_no_sense(self):
        self.many(PAGE_SIZE + 1)
        for number in ("-1", "0", "abc", "1.5", "9" * 20, "9" * 5000, "१", ""):
            with self.subTest(number[:5]):
                self.assertContains(self.get("kumquat", page=number), "Kumquat")

    def test_as_many_queries_for_many_results_as_for_few(self):
        self.publish("refills", title="Refills")
        self.get("refill")  # Once, for what is kept.
        with self.assertNumQueries(3):
            self.get("refill")
        self.many(PAGE_SIZE * 3)
        with self.assertNumQueries(3):
            self.get("kumquat", page=2)

    def test_whatever_is_typed_is_answered(self):
        for q in ODD:
            for prefix in ("", "/es"):
                with self.subTest(q[:20], prefix=prefix):
                    self.assertEqual(self.get(q, prefix=prefix).status_code, 200)

    def test_a_word_saved_in_the_admin_is_found_at_once(self):
        self.sign_in(self.edie)
        posted = {"key": "zither", "texts-TOTAL_FORMS": 2, "texts-INITIAL_FORMS": 0}
        for i, language in enumerate(("en", "es")):
            said = {"language": language, "word": f"zither {language}", "meaning": "A harp."}
            posted |= {f"texts-{i}-{name}": value for name, value in said.items()}
        response = self.client.post("/admin/education/term/add/", posted)
        self.assertEqual(response.status_code, 302)
        place = "/es/learn/glossary/#zither"
        self.assertIn(place, self.links(self.get("zither", prefix="/es")))
        term = Term.objects.get(key="zither")
        posted["texts-INITIAL_FORMS"] = 2
        posted["texts-1-word"] = "kithara"
        for i, text in enumerate(term.texts.order_by("pk")):
            posted |= {f"texts-{i}-id": text.pk, f"texts-{i}-term": term.pk}
        self.client.post(f"/admin/education/term/{term.pk}/change/", posted)
        self.assertIn(place, self.links(self.get("kithara", prefix="/es")))
        self.assertNotIn(place, self.links(self.get("zither", prefix="/es")))

    def test_only_reading(self):
        self.assertEqual(self.client.post("/learn/search/", {"q": "refill"}).status_code, 405)

    def test_a_planned_page_is_not_found_before_its_time(self):
        self.publish("soon", title="Kumquat", window={"starts_at": self.now + HOUR})
        self.assertContains(self.get("kumquat"), "Nothing found")
