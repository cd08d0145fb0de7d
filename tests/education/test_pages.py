"""Public education pages: what stands on them, in both languages, for everyone the same."""

import datetime
import json
import re

from django.test import override_settings
from django.utils import timezone

from portal.education import actions, rows
from portal.education.content import CareCard, Content, Figure, Question
from portal.education.models import (
    Approval,
    Image,
    Page,
    Publication,
    Reference,
    Story,
    Term,
    TermText,
    Translation,
)
from tests.base import ClinicTestCase

SAID = {
    "title": "What is a trial page?",
    "menu_title": "Trial page",
    "lead": "One sentence.",
    "description": "A summary.",
    "body": "<p>A tube [[test-1999]].</p><h2>First part</h2><p>a</p><h2>Second part</h2><p>b</p>",
    "ask": ("What now?",),
}


class PagesTestCase(ClinicTestCase):
    def setUp(self):
        Reference.objects.create(
            key="test-1999", title="A study", authors="Who W.", url="https://study.example/", taken_en="x", taken_es="y"
        )  # fmt: skip

    def put(self, path="learn/try", language="en", layout="article", now=None, **said):
        """Publish a page; what stands above it is made when it is not there."""
        parent = None
        for part in path.split("/")[:-1]:
            parent, _ = Page.objects.get_or_create(slug=part, parent=parent, defaults={"layout": "folder"})
        page, _ = Page.objects.update_or_create(
            slug=path.rpartition("/")[2], parent=parent, defaults={"layout": layout}
        )
        text = Translation.objects.filter(page=page, language=language).first()
        text = text or Translation(page=page, language=language)
        rows.write(text, Content(**{**SAID, **said}))
        version = actions.save_version(actor=self.edie, translation=text)
        actions.publish(actor=self.edie, version=version, now=now)
        return version

    def get(self, path="/learn/try/", **extra):
        return self.client.get(path, **extra)

    def body(self, path="/learn/try/"):
        return self.get(path).content.decode()


class FurnitureTests(PagesTestCase):
    def test_everything_that_belongs_on_a_page(self):
        self.put(care_cards=(CareCard("urgent", "Call now if:", ("x",)),))
        response = self.get()
        self.assertEqual(response.status_code, 200)
        for part in (
            'class="help-strip"',
            "<h1>What is a trial page?</h1>",
            '<p class="lead">One sentence.</p>',
            '<a href="#first-part">First part</a>',
            '<h2 id="second-part">Second part</h2>',
            'id="ask"',
            "<li>What now?</li>",
            '<li id="source-1">Who W. <a href="https://study.example/" rel="noopener">A study.</a></li>',
            "Not yet checked by your clinic.",
            "does not replace them",
            "No maker of pumps or medicines",
            'action="/learn/feedback/"',
            'href="/es/learn/try/" lang="es"',
            'aria-current="page">Trial page</span>',
        ):
            self.assertContains(response, part)

    def test_an_image_says_what_it_shows_and_loads_when_it_is_near(self):
        image = Image.objects.create(
            title="x", alt_en="A pump", alt_es="Una bomba", file="education/x.webp", width=300, height=200
        )
        self.put(figures=(Figure(image=image.ref.hex, alt="A round pump", width=300, height=200),))
        self.assertContains(
            self.get(),
            f'<img src="/learn/media/{image.ref}/" alt="A round pump" width="300" height="200" loading="lazy">',
        )

    def test_an_urgent_card_calls_the_night_line_and_a_routine_one_the_office(self):
        levels = ("emergency", "urgent", "routine")
        self.put(care_cards=tuple(CareCard(level, "If:", ("x",)) for level in levels))
        emergency, urgent, routine = self.body().split('<div class="care-card ')[1:]
        self.assertIn('class="btn btn-call" href="tel:911"', emergency)
        for number in ("+13125550199", "+15185550199"):
            self.assertIn(f'class="btn btn-call" href="tel:{number}"', urgent)
        for number in ("+13125550123", "+15185550123"):
            self.assertIn(f'class="btn btn-call" href="tel:{number}"', routine)

    def test_who_checked_it_and_until_when(self):
        version = self.put()
        today = timezone.now().date()
        values = {
            "name": "Amara Osei",
            "role": "pain physician",
            "recorded_by": self.edie,
            "clinic": self.oak,
        }
        Approval.objects.create(
            version=version, approved_on=today, next_review_on=today + datetime.timedelta(days=180), **values
        )
        self.assertContains(self.get(), "Checked by Amara Osei, pain physician, Oak Street Clinic, on")
        self.assertNotContains(self.get(), "overdue")

    def test_a_check_long_overdue_is_said(self):
        version = self.put()
        day = timezone.now().date() - datetime.timedelta(days=92)
        Approval.objects.create(
            version=version, name="Amara Osei", role="pain physician", recorded_by=self.edie,
            approved_on=day - datetime.timedelta(days=10), next_review_on=day,
        )  # fmt: skip
        self.assertContains(self.get(), "The next check is overdue.")

    def test_neighbours_and_pages_below(self):
        for place, slug in enumerate(("learn/try", "learn/try/one", "learn/try/two", "learn/try/three")):
            self.put(slug, title=slug[-5:], menu_title="")
            Page.objects.filter(path=slug).update(position=place)
        body = self.body("/learn/try/two/")
        self.assertRegex(body, r'href="/learn/try/one/" rel="prev"')
        self.assertRegex(body, r'href="/learn/try/three/" rel="next"')
        self.assertContains(self.get(), 'href="/learn/try/one/"')

    def test_it_is_the_same_for_everyone_and_sets_no_cookie(self):
        self.put()
        anonymous = self.get()
        for user in (self.nora, self.dale_user, self.edie):
            self.sign_in(user)
            response = self.get()
            self.assertEqual(response.content, anonymous.content)
            self.assertEqual(response.headers["Cache-Control"], "public, max-age=60")
        self.assertEqual(dict(anonymous.cookies), {})
        self.assertNotIn("Cookie", anonymous.headers.get("Vary", ""))
        self.assertNotContains(anonymous, " style=")
        self.assertNotContains(anonymous, "bootstrap")


class NavigationTests(PagesTestCase):
    def nav(self, path):
        body = self.body(path)
        return re.findall(
            r'<a href="([^"]+)"( aria-current="\w+")?', body.split('class="nav-main"')[1].split("</nav>")[0]
        )

    def test_public_pages_lead_to_learn_and_mark_where_the_reader_is(self):
        self.put()
        links = ["/", "/learn/", "/learn/questions/", "/help/alarm/", "/accounts/login/"]
        self.assertEqual([href for href, _mark in self.nav("/learn/try/")], links)
        self.assertEqual(dict(self.nav("/learn/try/"))["/learn/"], ' aria-current="true"')
        self.assertEqual(dict(self.nav("/help/alarm/"))["/help/alarm/"], ' aria-current="page"')
        self.assertEqual(dict(self.nav("/"))["/"], ' aria-current="page"')

    def test_spanish_leads_to_spanish(self):
        self.put()
        self.assertTrue(all(href.startswith("/es/") for href, _mark in self.nav("/es/learn/try/")))

    def test_patients_find_the_pages_from_their_own(self):
        self.sign_in(self.dale_user)
        self.assertIn("/learn/", dict(self.nav("/account/")))
        self.sign_in(self.rosa_user)
        self.assertIn("/es/learn/", dict(self.nav("/account/")))


class LanguageTests(PagesTestCase):
    def test_the_spanish_twin(self):
        self.put()
        self.put(language="es", title="¿Qué es?", body='<p><a href="/learn/try/">aquí</a></p>')
        response = self.get("/es/learn/try/")
        self.assertContains(response, "<h1>¿Qué es?</h1>")
        self.assertContains(response, '<a href="/es/learn/try/">aquí</a>')
        self.assertContains(response, 'href="/learn/try/" lang="en"')
        self.assertNotContains(response, "noindex")

    def test_an_english_source_in_a_spanish_page_is_marked(self):
        self.put(language="es", sources=("test-1999",))
        self.assertContains(self.get("/es/learn/try/"), 'rel="noopener" lang="en">A study.</a>')

    def test_english_stands_in_and_says_so(self):
        self.put()
        response = self.get("/es/learn/try/")
        self.assertContains(response, '<article class="article reading__text" lang="en">')
        self.assertContains(response, '<meta name="robots" content="noindex">')
        self.assertContains(response, "Ask at your next visit")

    def test_a_browsers_language_changes_nothing(self):
        self.put()
        response = self.get(headers={"accept-language": "es"})
        self.assertEqual(response.headers["Content-Language"], "en")


class HeadTests(PagesTestCase):
    @override_settings(PUBLIC_URL="https://portal.example")
    def test_search_engines_are_told_both_languages(self):
        self.put()
        response = self.get()
        for part in (
            '<link rel="canonical" href="https://portal.example/learn/try/">',
            '<link rel="alternate" hreflang="en" href="https://portal.example/learn/try/">',
            '<link rel="alternate" hreflang="es" href="https://portal.example/es/learn/try/">',
            '<link rel="alternate" hreflang="x-default" href="https://portal.example/learn/try/">',
            '<meta name="description" content="A summary.">',
            '<meta property="og:locale" content="en_US">',
        ):
            self.assertContains(response, part)

    def told(self, path="/learn/try/"):
        text = re.search(r'<script type="application/ld\+json">(.*?)</script>', self.body(path), re.S)[1]
        return text, {one["@type"]: one for one in json.loads(text)["@graph"]}

    def test_structured_data_cannot_end_its_element(self):
        self.put(title="</script><b>&", body="<p>x</p>")
        text, graph = self.told()
        self.assertNotIn("<", text)
        self.assertEqual(graph["MedicalWebPage"]["name"], "</script><b>&")
        self.assertEqual(graph["BreadcrumbList"]["itemListElement"][0]["name"], "Home")

    def test_questions_are_told_as_questions(self):
        self.put(layout="questions", questions=(Question("why", "Why?", "<p>So [[test-1999]].</p>"),))
        _text, graph = self.told()
        asked = graph["FAQPage"]["mainEntity"][0]
        self.assertEqual((asked["name"], asked["acceptedAnswer"]["text"]), ("Why?", "So."))


class LayoutTests(PagesTestCase):
    def test_each_answer_has_its_own_link(self):
        self.put(layout="questions", questions=(Question("why", "Why?", "<p>So.</p>"),))
        response = self.get()
        self.assertContains(response, '<section class="answer" id="why"')
        self.assertContains(response, 'href="#why"', 2)

    def test_an_article_shows_its_questions_too(self):
        self.put(body="<p>x</p>", questions=(Question("why", "Why?", "<p>So.</p>"),))
        response = self.get()
        self.assertContains(response, '<section class="answer" id="why"')
        self.assertContains(response, 'href="#why"', 2)

    def test_a_hub_of_questions_counts_them(self):
        asked = tuple(Question(f"q{i}", f"Question {i}?", "<p>So.</p>") for i in range(5))
        self.put("learn/try", layout="hub")
        self.put("learn/try/group", layout="questions", questions=asked, title="A group")
        body = self.body()
        self.assertIn("5 questions", body)
        self.assertIn('href="/learn/try/group/#q0"', body)
        self.assertNotIn("#q3", body)

    def test_the_first_page_leads_to_the_alarm_first_and_can_be_searched(self):
        self.put("learn", layout="hub")
        self.put("learn/what-is-it", title="What is it?")
        self.put("learn/added-later", title="Added later")
        body = self.body("/learn/")
        main = body.split("<main")[1]
        self.assertLess(main.index('href="/help/alarm/"'), main.index('action="/learn/search/"'))
        self.assertLess(main.index('action="/learn/search/"'), main.index('href="/learn/what-is-it/"'))
        self.assertIn("Added later", main.split("More pages")[1])

    def test_the_glossary_says_how_a_word_sounds(self):
        term = Term.objects.create(key="zz-word")
        TermText.objects.create(
            term=term, language="en", word="Zzword", say_it="zee-word", meaning="A thing."
        )
        self.put(layout="glossary")
        response = self.get()
        self.assertContains(response, '<div id="zz-word" tabindex="-1"><dt>Zzword</dt>')
        self.assertContains(response, "Say it: zee-word")

    def test_the_references_say_what_was_taken(self):
        Reference.objects.filter(key="test-1999").update(taken_es="Lo que tomamos", funding_es="Nadie")
        self.put(layout="references", language="es")
        response = self.get("/es/learn/try/")
        self.assertContains(response, 'id="test-1999"')
        self.assertContains(response, "Lo que tomamos")
        self.assertContains(response, 'lang="en">A study</a>')

    def test_stories_show_while_consent_holds(self):
        today = timezone.now().date()
        words = {name: f"{name} words" for name in ("before", "tried", "now", "not_well")}
        story = Story.objects.create(
            name="Ana", language="en", state="published", told_on=today, consented_at=timezone.now(),
            consent_ends_on=today, editor=self.edie, decided_at=timezone.now(), consent_text="yes",
            clinician_name="Amara Osei", clinician_role="pain physician", **words,
        )  # fmt: skip
        self.put(layout="stories")
        response = self.get()
        self.assertContains(response, "not_well words")
        self.assertContains(response, "Nobody paid or invited this person.")
        self.assertContains(response, 'href="/learn/stories/tell/"')
        Story.objects.filter(pk=story.pk).update(
            told_on=today - datetime.timedelta(days=9), consent_ends_on=today - datetime.timedelta(days=1)
        )
        self.assertContains(self.get("/learn/try/?x=1"), "not_well words")  # Kept for a minute.
        self.put(layout="stories", lead="Anew.")
        with self.captureOnCommitCallbacks(execute=True):
            self.put(layout="stories", lead="Anew again.")
        self.assertContains(self.get(), "No story is here yet.")

    def test_a_sheet_leads_to_its_pdf(self):
        self.put("learn/print/zz-card", layout="sheet")
        self.assertContains(self.get("/learn/print/zz-card/"), 'href="/learn/print/zz-card.pdf"')
        response = self.get("/learn/print/zz-card.pdf")
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertEqual(response.headers["Content-Disposition"], 'inline; filename="zz-card.pdf"')
        self.assertTrue(response.content.startswith(b"%PDF"))

    def test_only_sheets_have_a_pdf(self):
        self.put("learn/print/zz-page", layout="article")
        self.assertEqual(self.get("/learn/print/zz-page.pdf").status_code, 404)


class MissingTests(PagesTestCase):
    def test_never_published_is_404(self):
        for path in ("/learn/nowhere/", "/learn/a//b/", "/learn/%00/", "/learn/ünder/", "/es/learn/nowhere/"):
            with self.subTest(path=path):
                response = self.get(path)
                self.assertEqual(response.status_code, 404)
                self.assertContains(response, "tel:911", status_code=404)

    def test_a_page_taken_back_or_ended_is_410_and_says_where_to_go(self):
        version = self.put()
        actions.withdraw(actor=self.edie, page=version.translation.page, reason="wrong")
        response = self.get()
        self.assertEqual(response.status_code, 410)
        self.assertContains(response, 'action="/learn/search/"', status_code=410)
        self.assertContains(response, 'href="/learn/"', status_code=410)

    def test_a_page_planned_for_later_is_404_until_then(self):
        version = self.put()
        Publication.objects.filter(version=version).update(
            starts_at=timezone.now() + datetime.timedelta(hours=1)
        )
        self.assertEqual(self.get().status_code, 404)

    def test_a_folder_is_404(self):
        self.put(layout="folder")
        self.assertEqual(self.get().status_code, 404)

    def test_the_name_of_who_asks_is_not_on_it(self):
        self.sign_in(self.dale_user)
        self.assertNotContains(self.get("/learn/nowhere/"), "Dale", status_code=404)

    def test_nothing_is_taken(self):
        self.put()
        self.assertEqual(self.client.post("/learn/try/").status_code, 405)
