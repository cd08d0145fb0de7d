"""Pages and search as they are measured. No test here looks at a time."""

import random
from contextlib import ExitStack
from unittest import mock

from django.db import connection
from django.test import SimpleTestCase, TestCase

from portal.bench import clock, education, run
from portal.bench.measure import Series
from portal.bench.report import Report
from portal.education.models import SearchEntry, Translation, Version
from tests.base import restore_content

COUNT = 400


class EducationTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        with clock.standing():
            restore_content()
            education.seed(COUNT)

    def setUp(self):
        self.enterContext(clock.standing())
        self.enterContext(run.surroundings())
        self.enterContext(education.addresses())

    def test_every_page_is_live_and_can_be_found_in_both_languages(self):
        live = SearchEntry.objects.live(clock.START).filter(
            publication__translation__page__slug__startswith="bench-"
        )
        for language in ("en", "es"):
            kinds = live.filter(language=language)
            self.assertEqual(kinds.filter(kind="page").count(), COUNT)
            self.assertEqual(kinds.filter(kind="question").count(), COUNT)

    def test_it_is_the_same_every_time(self):
        first = Version.objects.get(translation__page__slug="bench-0", translation__language="en")
        again = education.content(random.Random("pages en"), 0, "en")
        self.assertEqual(first.content, again.to_dict())

    def test_a_page_is_made_anew_or_kept_and_the_bare_answer_asks_nothing(self):
        hub, anew, kept, bare = series = education.page_series()
        rendered = education.rendered_anew()
        for each in (*series, rendered):
            if each.before:
                each.before()
            each.work()
            each.inspect()
        self.assertEqual((anew.queries, hub.queries, rendered.queries), (3, 3, 3))
        self.assertEqual((kept.queries, bare.queries), (0, 0))

    def test_what_is_made_anew_is_rendered_once_and_what_is_rendered_anew_each_time(self):
        anew, rendered = education.page_series()[1], education.rendered_anew()
        anew.work()
        with mock.patch("portal.education.views.pages.html", side_effect=KeyError):
            anew.before()
            anew.work()
            rendered.before()
            with self.assertRaises(KeyError):
                rendered.work()

    def test_the_raw_query_is_the_one_that_the_search_runs(self):
        for page, raw in education.search_series(COUNT):
            seen = []

            def note(execute, sql, params, many, context, seen=seen):
                seen.append((sql, params))
                return execute(sql, params, many, context)

            with connection.execute_wrapper(note):
                raw.work()
                page.work()
            self.assertEqual([sql for sql, _ in seen].count(seen[0][0]), 2)
            raw.inspect()
            self.assertEqual(raw.queries, 1)

    def test_a_mistyped_word_is_mended(self):
        education.mistyped().work()

    def test_another_answer_is_not_measured(self):
        SearchEntry.objects.all().delete()
        page, raw = education.search_series(COUNT)[0]
        for work in (page.work, raw.work, education.answer(education.Client(), "/nowhere/", b"")):
            with self.assertRaises(education.NotTheAnswerAsked):
                work()

    def test_each_page_has_a_text_in_both_languages(self):
        texts = Translation.objects.filter(page__slug="bench-0")
        self.assertEqual(set(texts.values_list("language", flat=True)), {"en", "es"})


class TargetTests(SimpleTestCase):
    def measured(self, **milliseconds):
        """Return the targets of a run in which each piece of work took so long."""
        series = {
            name: Series(name, lambda: None, seconds=[[value / 1000]], cpu_seconds=[[0]], queries=0)
            for name, value in milliseconds.items()
        }
        return Report(20, 1, "", ""), series

    def test_a_slow_page_misses_made_anew_or_kept(self):
        usual = {"hub": 2, "anew": 2, "kept": 2, "bare": 1}
        for place, name in ((0, "kept"), (1, "anew"), (1, "hub")):
            for page, holds in ((19, True), (21, False)):
                report, series = self.measured(**usual | {name: page})
                with (
                    self.subTest(name),
                    self.replaced("page_series", list(series.values())),
                    self.replaced("rendered_anew", self.measured(rendered=50)[1]["rendered"]),
                ):
                    run.measure_pages(report)
                self.assertEqual(report.targets[place].holds, holds)

    def test_a_slow_search_in_either_language_misses(self):
        for spanish, holds in ((59, True), (61, False)):
            report, series = self.measured(page=5, raw=1, twin=spanish, twin_raw=1, typo=1)
            page, raw, twin, twin_raw, typo = series.values()
            with (
                self.replaced("search_series", [(page, raw), (twin, twin_raw)]),
                self.replaced("mistyped", typo),
            ):
                run.measure_search(report, 20)
            self.assertEqual(report.targets[0].holds, holds)

    def replaced(self, name, value):
        """Let the bench take these series as measured."""
        stack = ExitStack()
        stack.enter_context(mock.patch.object(education, name, return_value=value))
        stack.enter_context(mock.patch.object(run, "take_turns"))
        return stack
