"""Take-away sheets: one page, every word of the page on it, Spanish letters right, nothing about who or when."""

import io
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pypdf
from django.conf import settings
from django.test import SimpleTestCase
from reportlab.pdfbase.pdfmetrics import stringWidth

from portal.education.content import Callout, CareCard, Content, Question
from portal.education.paper.sheet_text import drawable
from portal.education.paper.sheets import SheetTooLong, sheet_pdf

ADDRESS = "https://portal.example.org/learn/print/alarm-card/"
ENGLISH = Content(
    title="When my pump beeps",
    lead="Keep this where you can see it.",
    body=(
        "<p>Do not wait for it to stop.[[smith-2002]] Say you hold <strong>15 mL &amp; more</strong>.</p>"
        "<h2>Two tones</h2><p>Tell them:</p><ul><li>My name:</li><li>I have a pump.</li></ul>"
        "<h2>My system</h2><ol><li>First</li><li>Second</li></ol>"
        '<p>See the <a href="https://www.fda.gov/">notice</a> or <a href="/learn/glossary/">words</a>.</p>'
        '<table><thead><tr><th scope="col">Day</th><th scope="col">Tone</th></tr></thead>'
        "<tbody><tr><td>Monday</td><td></td></tr></tbody></table><p>My refill date:</p>"
    ),
    ask=("Who do I call at night?",),
    care_cards=(
        CareCard("routine", "Call the clinic today if:", ("you hear one tone",)),
        CareCard("urgent", "Call the 24-hour line now if:", ("you hear two tones",), after="two-tones"),
        CareCard(
            "emergency", "Call 911 now if:", ("breathing is slow",), "Show the card.", after="two-tones"
        ),
    ),
    callouts=(Callout("Do not skip a refill", "Call if you may miss it.", after="top"),),
    questions=(Question("loud", "How loud is it?", "<p>As loud as a <strong>watch</strong>.</p>"),),
)
SPANISH = Content(
    title="¿Suena su bomba?",
    body="<p>Llame a la línea de 24 horas: niños, pingüino, corazón, «médula», ÁÉÍÓÚ ÑÜ ¡ahora! – “sí”</p>"
    "<p>Mi médico:</p>",
    care_cards=(CareCard("urgent", "Llame ahora si:", ("oye dos tonos",)),),
)


def clinics(count=1, name="Oak Street Clinic"):
    return [
        SimpleNamespace(name=f"{name} {place}", phone=f"+1312555012{place}", phone_24h=f"+1312555019{place}")
        for place in range(1, count + 1)
    ]


def read(content, language="en", numbers=(), **kwargs):
    return pypdf.PdfReader(io.BytesIO(sheet_pdf(content, language, numbers, address=ADDRESS, **kwargs)))


def text(*args, **kwargs):
    return " ".join(read(*args, **kwargs).pages[0].extract_text().split())


def type_sizes(reader):
    found = set()
    reader.pages[0].extract_text(
        visitor_text=lambda words, _cm, _tm, _font, size: found.add(size) if words.strip() else None
    )
    return found


class SheetTests(SimpleTestCase):
    def assertInOrder(self, words, whole):
        place = -1
        for word in words:
            found = whole.find(word, place + 1)
            self.assertGreater(found, place, f"{word!r} is not there, or too early, in {whole}")
            place = found

    def test_the_words_stand_in_the_order_of_the_page(self):
        self.assertInOrder(
            [
                "When my pump beeps", "Keep this where", "Do not wait", "15", "& more", "Do not skip a refill",
                "Two tones", "Tell them:", "My name:", "Emergency", "Call 911 now if:", "breathing is slow",
                "Show the card.", "Urgent", "Call the 24-hour line", "Day and night", "My system", "1.", "First",
                "2.", "Second", "notice (https://www.fda.gov/) or words.", "Monday", "My refill date:",
                "Not urgent", "Call the clinic today", "Office", "How loud is it?", "watch", "Ask at your next",
                "Who do I call at night?", "Not yet checked by your clinic.", "does not replace talking", ADDRESS,
            ],
            text(ENGLISH, numbers=clinics()),
        )  # fmt: skip

    def test_citations_are_left_out(self):
        self.assertNotIn("[[", text(ENGLISH))
        self.assertNotIn("smith", text(ENGLISH))

    def test_each_card_has_the_number_that_fits_it(self):
        one = text(ENGLISH, numbers=clinics())
        self.assertInOrder(["Urgent", "312-555-0191", "Not urgent", "312-555-0121"], one)
        self.assertNotIn("Oak Street", one)

    def test_three_clinics_are_told_apart_on_one_page(self):
        reader = read(ENGLISH, numbers=clinics(3))
        self.assertEqual(len(reader.pages), 1)
        words = " ".join(reader.pages[0].extract_text().split())
        for line in (
            "Oak Street Clinic 1: 312-555-0191",
            "Oak Street Clinic 3: 312-555-0193",
            "Oak Street Clinic 2: 312-555-0122",
        ):
            self.assertIn(line, words)

    def test_without_numbers_it_leads_to_the_pump_card(self):
        self.assertIn("Call the number on your pump card.", text(ENGLISH))

    def test_a_sheet_without_cards_says_who_to_call(self):
        bare = Content(title="My pump card", body="<p>My name:</p>")
        self.assertInOrder(
            ["Who to call", "Day and night", "312-555-0191", "Office", "312-555-0121"],
            text(bare, numbers=clinics()),
        )

    def test_who_checked_it_replaces_the_usual_line(self):
        words = text(ENGLISH, checked="Checked by Kofi Osei, physician, on October 6, 2026.")
        self.assertIn("Checked by Kofi Osei", words)
        self.assertNotIn("Not yet checked", words)

    def test_spanish_letters_and_labels(self):
        words = text(SPANISH, "es", clinics())
        for letters in (
            "¿Suena su bomba?",
            "línea",
            "niños",
            "pingüino",
            "«médula»",
            "ÁÉÍÓÚ ÑÜ ¡ahora! – “sí”",
        ):
            self.assertIn(letters, words)
        for english in ("Urgent ", "Call 911", "Day and night", "does not replace"):
            self.assertNotIn(english, words)

    def test_language_and_title_are_told_and_nothing_about_who_or_when(self):
        for content, language in ((ENGLISH, "en"), (SPANISH, "es")):
            with self.subTest(language):
                reader = read(content, language)
                self.assertEqual(reader.trailer["/Root"]["/Lang"], language)
                self.assertEqual(reader.metadata.title, content.title)
                self.assertLessEqual(set(reader.metadata), {"/Title", "/Producer"})
                self.assertEqual([float(side) for side in reader.pages[0].mediabox[2:]], [612, 792])

    def test_the_same_text_gives_the_same_bytes(self):
        first, second = (sheet_pdf(ENGLISH, "en", clinics(), address=ADDRESS) for _ in range(2))
        self.assertEqual(first, second)

    def test_letters_the_fonts_lack_have_a_twin(self):
        words = text(Content(title="Non\u2011stop \u2212 20\u202fmL", body="<p>one → two e\u0301</p>"))
        self.assertIn("Non-stop – 20", words)
        self.assertIn("one - two é", words)
        self.assertNotIn("?", words)


class OnePageTests(SimpleTestCase):
    def long(self, sentences):
        body = "".join(f"<p>Sentence {n} says what to do when the pump beeps.</p>" for n in range(sentences))
        return Content(title="A long sheet", body=body)

    def body_size(self, reader):
        return max(size for size in type_sizes(reader) if size <= 13)

    def test_type_shrinks_until_the_page_holds_it(self):
        few, many = read(self.long(5)), read(self.long(34))
        self.assertEqual((len(few.pages), len(many.pages)), (1, 1))
        self.assertIn("Sentence 33 says", many.pages[0].extract_text())
        self.assertIn(13, type_sizes(few))
        self.assertNotIn(13, type_sizes(many))
        self.assertGreaterEqual(min(type_sizes(many) - {9}), 9.5)

    def test_what_does_not_fit_is_refused_by_name(self):
        with self.assertRaisesMessage(SheetTooLong, "A long sheet"):
            read(self.long(80))

    def test_a_part_higher_than_the_page_is_refused_too(self):
        card = CareCard("urgent", "Call now if:", tuple(f"reason {n}" for n in range(90)))
        with self.assertRaises(SheetTooLong):
            read(Content(title="One card", care_cards=(card,)))

    def test_nothing_runs_over_the_edge(self):
        wide = Content(
            title="W" * 20 + " " + "W" * 18, body=f"<p>{'word ' * 300}</p><p>My {'long ' * 30}label:</p>"
        )
        ends = []

        def note(words, cm, tm, font, size):
            if words.strip() and font:
                start = cm[4] + tm[4]
                ends.append(start + stringWidth(words.strip(), font["/BaseFont"].removeprefix("/"), size))

        reader = read(wide, numbers=clinics(3, "A clinic with a long name in a small town"))
        reader.pages[0].extract_text(visitor_text=note)
        self.assertGreater(max(ends), 500)
        self.assertLess(max(ends), 612 - 36)  # pypdf joins runs of two weights, so this is no finer


class LineTests(SimpleTestCase):
    """Lines to write on are strokes from the end of a label to the margin."""

    def lines(self, body):
        reader = read(Content(title="T", body=body), numbers=clinics())
        data = reader.pages[0].get_contents().get_data().decode("latin-1")
        return data.count(" l S")

    def test_a_label_gets_a_line_and_a_sentence_that_opens_a_list_does_not(self):
        none = self.lines("<p>Words.</p>")
        self.assertEqual(self.lines("<p>My refill date:</p>"), none + 1)
        self.assertEqual(self.lines("<ul><li>My name:</li><li>My pump:</li></ul>"), none + 2)
        self.assertEqual(self.lines("<p>Tell them:</p><ul><li>Words.</li></ul>"), none)


class ShippedSheetTests(SimpleTestCase):
    def test_every_sheet_that_ships_fits_with_three_clinics(self):
        files = sorted((Path(settings.BASE_DIR) / "portal/education/content").glob("*/learn/print/*.toml"))
        self.assertGreaterEqual(len(files), 6)
        for file in files:
            language = file.parts[-4]
            with self.subTest(f"{language} {file.stem}"):
                content = Content.from_dict(tomllib.loads(file.read_text()))
                reader = read(content, language, clinics(3), checked="A check line of a usual length. " * 3)
                self.assertEqual(len(reader.pages), 1)
                self.assertEqual(drawable(content.body).count("?"), content.body.count("?"))
