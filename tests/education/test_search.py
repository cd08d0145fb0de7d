"""What a search finds, in both languages, on both databases: by the clock, the best first, whatever is typed."""

import datetime

from django.db import connection
from django.test import SimpleTestCase
from django.utils import timezone

from portal.education import actions
from portal.education.content import Callout, CareCard, Question
from portal.education.finding import index, search, snippets, words
from portal.education.models import Page, SearchEntry, SearchWord, Term, TermText
from tests.base import ClinicTestCase
from tests.education.test_actions import make_text

HOUR = datetime.timedelta(hours=1)
ODD = [
    'NEAR("pump", 2) AND -x OR * ^ : ( )',
    "' OR 1=1; --",
    "pump' & | ! :* <-> \\",
    "100% _ % __",
    "{title_words} : pump",
    "refill\x00pump",
    "\u202erefill\u200f",
    "१२ 一二 ﷺ",
    "AND",
    "NOT OR",
    '"',
    "a" * 200,
    "(a+)+$ " * 25,
]


class SearchTestCase(ClinicTestCase):
    def setUp(self):
        super().setUp()
        SearchEntry.objects.all().delete()
        SearchWord.objects.all().delete()
        self.now = timezone.now()

    def publish(self, path, language="en", window=None, **said):
        """Publish a text for a window, by default from an hour ago on."""
        said = {"title": "About it", "body": "<p>Nothing.</p>"} | said
        version = actions.save_version(actor=self.edie, translation=make_text_again(path, language, said))
        window = {"now": self.now - HOUR} | (window or {})
        return actions.publish(actor=self.edie, version=version, **window)

    def find(self, text, language="en", now=None):
        """Return the titles of what is found, the best first."""
        found = search.look_up(text, language, now or self.now)
        return [
            "".join(part.text for part in hit.title) for hit in search.hits(found.ids, found.asked, language)
        ]


def make_text_again(path, language, said):
    """Return the text of a page in a language with these words, made or changed."""
    from portal.education import rows
    from portal.education.content import Content
    from portal.education.models import Translation

    text = Translation.objects.filter(page__path=f"learn/{path}", language=language).first()
    if text is None:
        return make_text(path, language, **said)
    rows.write(text, Content(**said))
    return text


class WhatIsFoundTests(SearchTestCase):
    def test_every_part_of_a_page(self):
        self.publish(
            "whole",
            title="Zinnia",
            menu_title="Yarrow",
            lead="A violet.",
            description="An umbel.",
            body="<h2>Thistles</h2><p>A <strong>saffron</strong> [[smith-2002]] field.</p>",
            ask=("Which rosemary?",),
            care_cards=(CareCard("urgent", "Call if poppy", ("a quince",), "And parsley."),),
            callouts=(Callout("Orchid", "An onion."),),
        )
        for word in (
            "zinnia yarrow violet umbel thistle saffron rosemary poppy quince parsley orchid onion"
        ).split():
            with self.subTest(word):
                self.assertEqual(self.find(word), ["Zinnia"])
        self.assertEqual(self.find("smith"), [])

    def test_a_question_leads_to_its_own_place(self):
        self.publish(
            "refills", title="Refills", questions=(Question("sore", "Does it hurt?", "<p>A pinch.</p>"),)
        )
        found = search.look_up("pinch", "en", self.now)
        (hit,) = search.hits(found.ids, found.asked, "en")
        self.assertEqual((hit.kind, hit.path, hit.anchor), ("question", "learn/refills", "sore"))
        self.assertEqual(hit.page_title, "Refills")

    def test_a_word_of_the_glossary_by_each_of_its_forms(self):
        text = TermText.objects.create(
            term=Term.objects.create(key="zither"),
            language="en",
            word="zither",
            meaning="A kind of harp.",
            other_forms="kithara",
        )
        index.add_term(text)
        for typed in ("zither", "harp", "kithara"):
            self.assertEqual(self.find(typed), ["zither"])
        text.meaning = "A kind of lute."
        text.save()
        index.add_term(text)
        self.assertEqual((self.find("harp"), self.find("lute")), ([], ["zither"]))

    def test_a_folder_has_no_page_to_find(self):
        publication = self.publish("drawer", title="Drawer")
        Page.objects.filter(path="learn/drawer").update(layout=Page.Layout.FOLDER)
        publication.translation.page.refresh_from_db()
        index.add(publication)
        self.assertEqual(self.find("drawer"), [])

    def test_title_before_question_before_lead_before_body(self):
        self.publish("d", title="In the body", body="<p>About a kumquat tree here.</p>")
        self.publish("c", title="In the lead", lead="A kumquat tree.")
        self.publish("b", title="In a heading", body="<h2>What is a kumquat tree?</h2><p>A tree.</p>")
        self.publish("a", title="The kumquat")
        self.assertEqual(self.find("kumquat"), ["The kumquat", "In a heading", "In the lead", "In the body"])

    def test_what_is_called_just_that_comes_first(self):
        self.publish(
            "a", title="Kumquat and kumquat", lead="Kumquat.", body="<h2>Kumquat</h2><p>Kumquat.</p>"
        )
        self.publish("b", title="The Kumquat", body="<p>A long text about other things.</p>" * 9)
        self.publish("c", title="Kumquat", body="<p>A long text about other things.</p>" * 9)
        self.assertEqual(self.find("kumquat")[0], "Kumquat")

    def test_each_language_finds_its_own(self):
        self.publish("refills", title="Refill visits")
        self.publish("refills", "es", title="Visitas de recarga")
        self.assertEqual((self.find("refill"), self.find("refill", "es")), (["Refill visits"], []))
        self.assertEqual((self.find("recarga"), self.find("recarga", "es")), ([], ["Visitas de recarga"]))

    def test_all_words_before_some(self):
        self.publish("a", title="Kumquat and walnut")
        self.publish("b", title="Kumquat")
        self.assertEqual(self.find("walnut kumquat"), ["Kumquat and walnut"])
        found = search.look_up("kumquat sleepwalking", "en", self.now)
        self.assertTrue(found.is_partly)
        self.assertEqual(len(found.ids), 2)


class ClockTests(SearchTestCase):
    def test_the_clock_alone_shows_and_hides(self):
        window = {"starts_at": self.now + HOUR, "ends_at": self.now + 2 * HOUR}
        self.publish("soon", title="Kumquat", window=window)
        for hours, found in ((0, []), (1, ["Kumquat"]), (1.9, ["Kumquat"]), (2, [])):
            with self.subTest(hours):
                self.assertEqual(self.find("kumquat", now=self.now + hours * HOUR), found)

    def test_the_live_words_stay_until_the_planned_ones_come(self):
        self.publish("turn", title="Kumquat")
        self.publish("turn", title="Walnut", window={"starts_at": self.now + HOUR})
        self.assertEqual((self.find("kumquat"), self.find("walnut")), (["Kumquat"], []))
        later = self.now + HOUR
        self.assertEqual((self.find("kumquat", now=later), self.find("walnut", now=later)), ([], ["Walnut"]))

    def test_what_was_replaced_leaves_the_index(self):
        for title in ("Kumquat", "Walnut", "Almond"):
            self.publish("turn", title=title, window={"now": timezone.now()})
        self.assertEqual([entry.title for entry in SearchEntry.objects.all()], ["Almond"])

    def test_a_page_taken_back_is_not_found(self):
        publication = self.publish("gone", title="Kumquat")
        actions.withdraw(actor=self.edie, page=publication.translation.page, reason="Wrong.")
        self.assertEqual(self.find("kumquat"), [])

    def test_building_it_anew_finds_the_same(self):
        self.publish("a", title="Kumquat", questions=(Question("who", "Who eats walnuts?", "<p>We.</p>"),))
        before = set(SearchEntry.objects.values_list("title", "anchor", "body_words"))
        index.rebuild()
        after = set(SearchEntry.objects.values_list("title", "anchor", "body_words"))
        self.assertLessEqual(before, after)
        self.assertEqual(self.find("walnut"), ["Who eats walnuts?"])


class ForgivingTests(SearchTestCase):
    def setUp(self):
        super().setUp()
        self.publish(
            "en", title="Refill visits", body="<p>The nurse fills your pump. You can’t eat soup.</p>"
        )
        self.publish(
            "es", "es", title="La recarga de su bomba", body="<p>Una línea de 24 horas. Infusión.</p>"
        )

    def test_accents_capitals_endings_and_beginnings(self):
        for typed, language in [
            ("REFILL", "en"), ("refills", "en"), ("réfill", "en"), ("ref", "en"), ("visit pumps", "en"),
            ("cant", "en"), ("can't", "en"), ("re\u00adfill", "en"),
            ("bómba", "es"), ("bombas", "es"), ("RECARGAS", "es"), ("linea", "es"), ("línea", "es"),
            ("li\u0301nea", "es"), ("lineas", "es"), ("infu", "es"), ("24 horas", "es"),
        ]:  # fmt: skip
            with self.subTest(typed):
                found = search.look_up(typed, language, self.now)
                self.assertEqual((len(found.ids), found.mended, found.is_partly), (1, "", False))

    def test_words_that_say_the_same(self):
        self.publish("beep", title="My pump beeps")
        self.publish("beep", "es", title="Mi bomba está sonando", body="<p>La bomba suena.</p>")
        for typed, language in (("alarm", "en"), ("the tones", "en"), ("pitidos", "es"), ("alarma", "es")):
            with self.subTest(typed):
                found = search.look_up(typed, language, self.now)
                self.assertEqual((len(found.ids), found.mended), (1, ""))

    def test_typing_errors_are_mended_and_said(self):
        for typed, language, meant in [
            ("rifell", "en", "refill"), ("nruse", "en", "nurse"), ("pmup", "en", "pump"),
            ("refill nurze", "en", "refill nurse"), ("what is a nurce", "en", "nurse"),
            ("recagra", "es", "recarga"), ("bonba", "es", "bomba"), ("imfusion", "es", "infusión"),
        ]:  # fmt: skip
            with self.subTest(typed):
                found = search.look_up(typed, language, self.now)
                self.assertEqual((len(found.ids), found.mended), (1, meant))

    def test_as_it_was_typed_when_asked(self):
        self.assertEqual(search.look_up("nruse", "en", self.now, exact=True).ids, [])

    def test_words_that_say_nothing_are_not_looked_for(self):
        self.assertEqual(self.find("what should I do with the refill"), ["Refill visits"])
        self.assertEqual(search.look_up("what is it", "en", self.now), search.Found())

    def test_nothing_alike_finds_nothing(self):
        self.assertEqual(search.look_up("xylophone", "en", self.now).ids, [])

    def test_what_no_search_engine_takes_for_syntax(self):
        for typed in ODD:
            for language in ("en", "es"):
                with self.subTest(typed[:20], language=language):
                    search.look_up(typed, language, self.now)

    def test_it_asks_the_database_a_few_times_at_most(self):
        for typed, most in (("refill", 1), ("nruse", 3), ("nruse xylophone " * 9, 4)):
            with self.subTest(typed[:20]), self.assertNumQueries(most):
                search.look_up(typed, "en", self.now)

    def test_no_typed_text_becomes_part_of_the_statement(self):
        sql, values = search.statement([words.Asked("1kumquat")], "en", self.now)
        self.assertNotIn("kumquat", sql)
        self.assertTrue(any("1kumquat" in str(value) for value in values))
        self.assertEqual(connection.vendor == "sqlite", "MATCH" in sql)


class WordsTests(SimpleTestCase):
    def test_folding(self):
        for text, folded in [
            ("Línea de 24 HORAS", "linea de 24 horas"),
            ("can’t / can't", "cant cant"),
            ("SynchroMed-II, 8.75 cm", "synchromed ii 8 75 cm"),
            ("\u0301\u0302 — ·", ""),
            ("Straße ﬁt\u00adting", "strasse fitting"),
        ]:
            self.assertEqual(words.folded(text), folded)

    def test_urgent_words_in_either_language(self):
        for typed, names in [
            ("my pump beeps", ["alarm"]), ("suena un pitido", ["alarm"]), ("ALARMA", ["alarm"]),
            ("I can't breathe", ["emergency"]), ("sobredosis", ["emergency"]),
            ("withdrawal after the alarm", ["emergency", "alarm"]), ("refill date", []),
        ]:  # fmt: skip
            with self.subTest(typed):
                self.assertEqual(words.urgent(words.split(typed)), names)

    def test_a_snippet_stands_around_the_word_and_marks_it(self):
        text = "Before it all. " * 20 + "Then the refills come. " + "After it all. " * 20
        mark = snippets.Marker(words.asked("refill", "en"), "en")
        around = mark.around(text)
        self.assertIn("refills", around)
        self.assertLessEqual(len(around), snippets.LENGTH + 4)
        self.assertTrue(around.startswith("… ") and around.endswith(" …"))
        parts = mark.parts(around)
        self.assertEqual([part.text for part in parts if part.is_marked], ["refills"])
        self.assertEqual("".join(part.text for part in parts), around)

    def test_a_text_without_spaces_is_cut_too(self):
        mark = snippets.Marker(words.asked("refill", "en"), "en")
        self.assertLessEqual(len(mark.around("x" * 10_000)), snippets.LENGTH + 4)
