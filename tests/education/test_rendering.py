"""What readers get of a page's content: in order, numbered, linked once, and never anything that runs."""

from html.parser import HTMLParser

from django.test import SimpleTestCase
from django.utils import translation

from portal.education.content import Callout, CareCard, Comparison, Content, Figure, Question
from portal.education.showing.reading import Cited, Word
from portal.education.showing.rendering import cited_keys, show
from portal.education.text.rich_html import Notes, line, rich
from portal.education.text.rich_text import ELEMENTS
from tests.education.mxss import CORPUS

SMITH = Cited("smith-2002", "Smith TJ", "A trial", "en", "A journal, 2002", "https://journal.example/1")
RUAN = Cited("ruan-2007", "Ruan X", "A review", "en", "Another journal", "")
LIBRARY = {one.key: one for one in (SMITH, RUAN)}
WORDS = [Word("catheter", ("catheter", "tube")), Word("tip", ("tip of the tube",)), Word("dano", ("daño",))]


def shown(language="en", **said):
    return show(Content(title="A page", **said), LIBRARY, WORDS, language)


def written(html, language="en", words=()):
    return rich(html, Notes(LIBRARY, words), language)


KEPT = {"href", "rel", "class", "role", "scope", "lang", "aria-label", "data-label"}


class Seen(HTMLParser):
    """The elements, attributes and addresses that a browser would see."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.addresses = set(), set(), []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(name for name, _value in attrs)
        self.addresses += [value or "" for name, value in attrs if name == "href"]


class LikeLettersTests(SimpleTestCase):
    def test_a_word_in_letters_that_only_look_alike_is_left_as_it_stands(self):
        words = [Word("pip", ("pip", "skip"))]
        for text in ("p\u0131p", "\u017fk\u0131p", "sk\u0131p", "P\u0130P"):
            with self.subTest(text):
                self.assertIn(text, written(f"<p>{text}</p>", words=words))


class CitationTests(SimpleTestCase):
    def test_a_source_keeps_its_number_and_unknown_ones_show_nothing(self):
        html = written(
            "<p>One [[ruan-2007]]. Two[[smith-2002]]. Three [[nobody-1999]]. Again [[ruan-2007]].</p>"
        )
        self.assertEqual(html.count('href="#source-1"'), 2)
        self.assertEqual(html.count('href="#source-2"'), 1)
        self.assertIn('aria-label="Source 1">1</a></sup>.', html)
        self.assertIn("Three.", html)
        self.assertNotIn("[[", html)

    def test_numbers_follow_the_order_of_reading_and_uncited_sources_come_last(self):
        page = shown(
            body="<p>Plain.</p><h2>More</h2><p>Words.</p>",
            callouts=(Callout("Mind", "This [[ruan-2007]]", after="top"),),
            sources=("smith-2002",),
        )
        self.assertEqual([one.key for one in page.sources], ["ruan-2007", "smith-2002"])

    def test_all_keys_of_a_page_are_asked_for(self):
        content = Content(
            title="A page",
            lead="[[a-1]]",
            body="<p>[[b-1]]</p>",
            ask=("[[c-1]]",),
            sources=("d-1",),
            callouts=(Callout("x", "[[e-1]]"),),
            questions=(Question("q", "?", "<p>[[f-1]]</p>"),),
            comparisons=(comparison(source="g-1", takeaway="[[h-1]]"),),
        )
        self.assertEqual(set(cited_keys(content)), {f"{one}-1" for one in "abcdefgh"})


def comparison(**said):
    values = {"heading": "Did well", "measure": "people", "outcome": "did well", "finding": "edge"}
    arms = {"first_label": "Pump", "first": 85, "second_label": "No pump", "second": 71}
    return Comparison(**{**values, **arms, **said})


class WordTests(SimpleTestCase):
    def test_the_first_use_is_linked_once_in_the_longest_form(self):
        html = written("<p>The tip of the tube. A tube, a tube.</p>", words=WORDS)
        self.assertIn('<a class="word" href="/learn/glossary/#tip">tip of the tube</a>', html)
        self.assertEqual(html.count('href="/learn/glossary/#catheter"'), 1)

    def test_case_does_not_matter_but_words_and_accents_do(self):
        self.assertIn("#catheter", written("<p>Catheter.</p>", words=WORDS))
        self.assertNotIn("#catheter", written("<p>Catheters, a tube-like thing.</p>", words=WORDS))
        self.assertNotIn("#dano", written("<p>dano</p>", words=WORDS))
        self.assertIn("/es/learn/glossary/#dano", written("<p>daño</p>", "es", words=WORDS))

    def test_no_link_in_a_heading_a_link_or_a_care_card(self):
        html = written('<h3>Tube</h3><p><a href="/learn/system/">the tube</a></p>', words=WORDS)
        self.assertNotIn("glossary", html)
        page = shown(care_cards=(CareCard("emergency", "Call 911 if:", ("the tube hurts [[ruan-2007]]",)),))
        self.assertEqual(page.end[0].said.items, ("the tube hurts",))

    def test_once_on_the_whole_page(self):
        page = shown(
            body="<p>A tube.</p><h2>More</h2><p>The tube.</p>",
            questions=(Question("q", "Which?", "<p>My tube.</p>"),),
        )
        everything = page.top.html + page.parts[0].html + page.answers[0].html
        self.assertEqual(everything.count("glossary"), 1)


class LinkTests(SimpleTestCase):
    def test_links_inside_follow_the_language_and_others_do_not(self):
        html = '<p><a href="/learn/mri/#can-i">a</a> <a href="https://fda.example/x">b</a></p>'
        self.assertIn('href="/es/learn/mri/#can-i"', written(html, "es"))
        self.assertIn('href="/learn/mri/#can-i"', written(html))
        self.assertIn('<a href="https://fda.example/x" rel="noopener">', written(html, "es"))

    def test_a_number_stays_with_its_unit(self):
        self.assertIn("20\N{NO-BREAK SPACE}mL", written("<p>It holds 20 mL.</p>"))
        self.assertEqual(line("5 mg or more"), "5\N{NO-BREAK SPACE}mg or more")


class PlaceTests(SimpleTestCase):
    def test_blocks_close_the_section_they_name(self):
        page = shown(
            body="<p>First.</p><h2>What is it?</h2><p>a</p><h2>Más daño</h2><p>b</p>",
            callouts=(
                Callout("one", "x", after="top"),
                Callout("two", "x", after="mas-dano"),
                Callout("three", "x", after="gone"),
                Callout("four", "x"),
            ),
        )
        self.assertEqual(page.contents, [("what-is-it", "What is it?"), ("mas-dano", "Más daño")])
        self.assertEqual([block.said.heading for block in page.top.blocks], ["one"])
        self.assertEqual([block.said.heading for block in page.parts[1].blocks], ["two"])
        self.assertEqual([block.said.heading for block in page.end], ["three", "four"])

    def test_care_cards_come_by_urgency(self):
        cards = tuple(CareCard(level, "If:", ("x",)) for level in ("routine", "emergency", "urgent"))
        levels = [block.said.level for block in shown(care_cards=cards).end]
        self.assertEqual(levels, ["emergency", "urgent", "routine"])

    def test_a_drawing_that_is_not_there_leaves_no_trace(self):
        self.assertEqual(shown(figures=(Figure(drawing="nothing"),)).end, ())
        self.assertEqual(
            shown(figures=(Figure(drawing="system"),)).end[0].said.template, "education/drawings/system.html"
        )


class NumberTests(SimpleTestCase):
    def test_both_groups_have_a_hundred_dots(self):
        found = shown(comparisons=(comparison(source="smith-2002"),)).end[0].said
        self.assertEqual([len(arm.dots) for arm in found.arms], [100, 100])
        self.assertEqual([sum(dot.is_on for dot in arm.dots) for arm in found.arms], [85, 71])
        self.assertEqual([arm.others for arm in found.arms], [15, 29])
        self.assertIn("#source-1", found.cite)

    def test_more_than_a_hundred_are_told_in_numbers_alone(self):
        found = shown(comparisons=(comparison(of=1000, first=20),)).end[0].said
        self.assertEqual([arm.dots for arm in found.arms], [(), ()])

    def test_changes_of_the_same_groups_share_a_table(self):
        rows = [comparison(measure="percent", heading=name) for name in ("Pain", "Side effects")]
        other = comparison(measure="percent", heading="Other", second_label="Placebo")
        found = shown(comparisons=(*rows, other)).end
        self.assertEqual([len(block.said.rows) for block in found], [2, 1])
        self.assertEqual(found[0].template, "education/_changes.html")


class TableTests(SimpleTestCase):
    TABLE = (
        '<table><thead><tr><th scope="col">Sign</th><th scope="col">What to do [[ruan-2007]]</th></tr></thead>'
        '<tbody><tr><th scope="row">Fever</th><td>Call.</td></tr></tbody></table>'
    )

    def test_cells_carry_the_heading_of_their_column(self):
        html = written(self.TABLE)
        self.assertIn('<td role="cell" data-label="What to do">Call.</td>', html)
        self.assertIn('<th scope="row" role="rowheader">Fever</th>', html)
        self.assertIn('<table class="facts-table prose-table full" role="table">', html)


class InertTests(SimpleTestCase):
    """The second wall: what was stored past the first one still does nothing."""

    def test_nothing_of_the_corpus_comes_through(self):
        for source in CORPUS:
            with self.subTest(source=source):
                seen = Seen(written(source, words=WORDS))
                self.assertLessEqual(seen.tags, {*ELEMENTS, "sup"})
                self.assertLessEqual(seen.attributes, KEPT)
                self.assertTrue(all(href.startswith(("/", "#", "https://")) for href in seen.addresses))

    def test_plain_fields_are_escaped(self):
        page = shown(
            lead="<b>x</b>",
            ask=("<i>",),
            callouts=(Callout("h", "<script>"),),
            comparisons=(comparison(takeaway="<u>"),),
        )
        self.assertEqual(page.lead, "&lt;b&gt;x&lt;/b&gt;")
        self.assertEqual(page.ask, ("&lt;i&gt;",))
        self.assertEqual(page.end[1].said.lines, ("&lt;script&gt;",))
        self.assertEqual(page.end[0].said.takeaway, "&lt;u&gt;")

    def test_the_words_of_a_mark_are_in_the_language_of_the_page(self):
        with translation.override("es"):
            self.assertNotIn("[[", written("<p>Uno [[ruan-2007]].</p>", "es"))
