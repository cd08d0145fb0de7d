"""What is wrong with a page, each rule with a text that breaks it and one that does not."""

from dataclasses import replace

import pytest

from portal.education.checks import checkup, lint
from portal.education.checks.lint import ERROR, WARNING
from portal.education.checks.pairing import pair_findings
from portal.education.content import Callout, CareCard, Comparison, Content, Figure, Question
from portal.education.filing import bundle as bundles
from portal.education.filing import shipped

SOUND = Content(
    title="What is a pump?",
    lead="A pump holds medicine.",
    description="What a pump is.",
    body="<h2>What it does</h2>\n<p>It sends medicine to the spine [[leeds-pump]].</p>\n",
    ask=("Which medicine is in it?",),
    care_cards=(CareCard("urgent", "Call the 24-hour line now if:", ("you hear two tones",)),),
    callouts=(Callout("Keep your date", "The pump must not run dry."),),
    figures=(Figure(drawing="pump", caption="The pump."),),
    questions=(Question("how-long", "How long?", "<p>It takes an hour.</p>\n"),),
)
SPANISH = Content(
    title="¿Qué es una bomba?",
    lead="La bomba guarda medicamento.",
    description="Qué es una bomba.",
    body="<h2>Qué hace</h2>\n<p>Lleva medicamento a la columna [[leeds-pump]].</p>\n",
    ask=("¿Qué medicamento lleva?",),
    care_cards=(CareCard("urgent", "Llame ya a la línea de 24 horas si:", ("oye dos tonos",)),),
    callouts=(Callout("Cuide su fecha", "La bomba no debe quedar vacía."),),
    figures=(Figure(drawing="pump", caption="La bomba."),),
    questions=(Question("how-long", "¿Cuánto dura?", "<p>Dura una hora.</p>\n"),),
)
PLACES = {"learn/what-is-it": {"the-parts"}, "learn/glossary": set(), "help/alarm": set()}


def check(content, language="en", grade=6, **known):
    values = {"references": {"leeds-pump"}, "places": PLACES, "images": {"abc"}, **known}
    return lint.findings(content, language=language, grade=grade, **values)


def told(content, language="en", level=None, **known):
    return [one.message for one in check(content, language, **known) if level in (None, one.level)]


def saying(sentence):
    return replace(SOUND, body=f"<p>{sentence} [[leeds-pump]]</p>\n")


def es_saying(sentence):
    return replace(SPANISH, body=f"<p>{sentence} [[leeds-pump]]</p>\n")


def test_sound_pages_have_no_findings():
    assert check(SOUND) == check(SPANISH, "es") == []
    assert pair_findings(SOUND, SPANISH) == []


WRONG_SIGNS = """250 µg|250 μg|250 ug|18 cc|20 ml|20 ML|10mg|5.0 mg|0.50 mg|2.0|.5 mg|1,5 mL|1000 mcg|20 mg/mL
2 mg QD|2 mg QOD|10 U|10 IU|MSO4|MS|&lt;2 mL|&gt;2 mL|Prialt®|myPTM™|06/07/26|312-555-0123|(312) 555-0123"""
RIGHT_SIGNS = """250 micrograms (mcg)|20 mL|0.5 mg|1,000 micrograms (mcg)|20 mg per mL|in 2018|10 units daily|911
24-hour|1,200 of 2,000 people|10 to 20 of 100|9 a.m.|102°F|case 15-cv-2168|pages 4040-4049"""


@pytest.mark.parametrize("sign", WRONG_SIGNS.replace("\n", "|").split("|"))
def test_signs_that_can_be_misread(sign):
    assert told(saying(f"It holds {sign} today."), level=ERROR)
    assert told(es_saying(f"Guarda {sign} hoy."), "es", level=ERROR)


@pytest.mark.parametrize("sign", RIGHT_SIGNS.replace("\n", "|").split("|"))
def test_signs_that_are_right(sign):
    assert told(saying(f"It holds {sign} today.")) == []


def test_micrograms_are_written_out_first():
    assert told(saying("It gives 250 mcg."), level=WARNING)
    assert not told(saying("It gives 250 micrograms (mcg), then 300 mcg."))


WRONG_WORDS = """your medication|drug abuse|an addict|addiction|a dirty test|to stay clean|non-compliant|noncompliance
you failed|a no-show|people suffer|a victim|NEVER stop|IMPORTANT news|We monitor your pump|The portal hears your pump
This site watches the pump|We can hear your pump|el dolor de su bomba"""
RIGHT_WORDS = """Keep the cut clean and dry|You did not come|The MRI and the FDA|The portal does not hear your pump
We cannot watch your pump|Nobody here monitors your pump|If you hear the pump beep, call|Staff watch you for a day"""
WRONG_SPANISH = """la medicación|las drogas|un adicto|el abuso|sucio|incumplió|fracasó|sufre de dolor|NUNCA pare
Monitoreamos su bomba|El portal vigila su bomba|llama a tu clínica|si tienes dolor|call the clinic and wait"""
RIGHT_SPANISH = """el medicamento|Si tiene dolor, llame|El portal no vigila su bomba|la RM y la FDA
Mantenga limpia la herida"""


@pytest.mark.parametrize("words", WRONG_WORDS.replace("\n", "|").split("|"))
def test_words_that_patients_pages_do_without(words):
    assert told(saying(f"{words}."), level=ERROR)


@pytest.mark.parametrize("words", RIGHT_WORDS.replace("\n", "|").split("|"))
def test_words_that_stay(words):
    assert told(saying(f"{words}.")) == []


@pytest.mark.parametrize("words", WRONG_SPANISH.replace("\n", "|").split("|"))
def test_spanish_words_that_patients_pages_do_without(words):
    assert told(es_saying(f"{words}."), "es", level=ERROR)


@pytest.mark.parametrize("words", RIGHT_SPANISH.replace("\n", "|").split("|"))
def test_spanish_words_that_stay(words):
    assert told(es_saying(f"{words}."), "es") == []


def test_a_title_in_another_language_is_marked():
    title = "Safety of the pump and of your medicine"
    assert told(es_saying(f"Vea {title}."), "es", level=ERROR)
    assert not told(es_saying(f'Vea <span lang="en">{title}</span>.'), "es")


def test_an_unknown_abbreviation_is_asked_about():
    assert told(saying("Ask the XYZ desk."), level=WARNING) == ["Is “XYZ” known to readers? Write it out."]


HARD = "Intrathecal administration of analgesics necessitates periodic percutaneous reservoir replenishment."
MEDIUM = "The people who run the clinic can find a better time for a visit during the week."


def test_the_grade_is_measured_against_the_page():
    hard = Content(title="T", description="D", body=f"<p>{HARD} [[leeds-pump]]</p>\n")
    (finding,) = (one for one in check(hard) if one.code == "grade")
    assert finding.level == ERROR
    body = f"<p>{MEDIUM} {MEDIUM} [[leeds-pump]]</p>\n"
    page = Content(title="T", description="D", body=body)
    grade = lint.grade_of(page, "en")
    assert 4.5 < grade < 7.5
    assert [one.level for one in check(page, grade=3) if one.code == "grade"] == [WARNING]
    assert not [one for one in check(page, grade=8) if one.code == "grade"]


def test_cards_callouts_and_answers_count_for_the_grade():
    parts = [
        {"callouts": (Callout("Note", HARD),)},
        {"care_cards": (CareCard("urgent", "Call if:", (HARD,)),)},
        {"questions": (Question("why", "Why?", f"<p>{HARD}</p>\n"),)},
        {"lead": HARD},
    ]
    for part in parts:
        assert lint.grade_of(replace(SOUND, **part), "en") > lint.grade_of(SOUND, "en") + 1, part


@pytest.mark.parametrize(("number", "grade", "is_long"), [(20, 5, 0), (21, 5, 1), (25, 6, 0), (26, 6, 1)])
def test_long_sentences(number, grade, is_long):
    page = saying(" ".join(["pump"] * number) + ".")
    assert len([one for one in check(page, grade=grade) if one.code == "sentence"]) == is_long


def test_long_paragraphs():
    assert not told(saying("Call. " * 4))
    assert told(saying("Call. " * 5), level=WARNING)


CARD = CareCard("routine", "Call the clinic today if:", ("you may miss your date",))
BROKEN = {
    "title": {"title": " "},
    "lead": {"lead": ""},
    "description": {"description": ""},
    "long title": {"title": "pump " * 30},
    "long callout": {"callouts": (Callout("Note", "pump " * 200),)},
    "three callouts": {"callouts": (Callout("A", "B"), Callout("C", "D"), Callout("E", "F"))},
    "two cards of a level": {"care_cards": (CARD, replace(CARD, heading="Call if:"))},
    "same heading": {"care_cards": (CARD, replace(CARD, level="urgent"))},
    "no if": {"care_cards": (replace(CARD, heading="Call the clinic"),)},
    "no signs": {"care_cards": (replace(CARD, items=()),)},
    "link in a card": {"care_cards": (replace(CARD, closing='See <a href="/learn/glossary/">words</a>'),)},
    "unknown level": {"care_cards": (replace(CARD, level="soon"),)},
    "unknown drawing": {"figures": (Figure(drawing="heart"),)},
    "no figure": {"figures": (Figure(caption="Nothing"),)},
    "image without alternative": {"figures": (Figure(image="abc"),)},
    "unknown image": {"figures": (Figure(image="def", alt="A pump."),)},
    "after no heading": {"callouts": (Callout("A", "B", after="what-it-was"),)},
    "unknown citation": {"body": "<p>It works [[smith-1999]].</p>\n"},
    "broken citation": {"body": "<p>It works [[Leeds Pump]] [[leeds-pump]].</p>\n"},
    "unknown source": {"sources": ("smith-1999",)},
    "bad anchor": {"questions": (Question("How long", "How long?", "<p>An hour.</p>\n"),)},
    "same anchor": {"questions": SOUND.questions * 2},
    "no answer": {"questions": (Question("how-long", "How long?", "<p></p>\n"),)},
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_parts(name):
    level = WARNING if name in ("lead", "description") else ERROR
    assert [one.level for one in check(replace(SOUND, **BROKEN[name]))][:1] == [level]


def numbers(**fields):
    values = {"heading": "Pain", "measure": "people", "outcome": "were better", "first_label": "Pump"}
    values |= {
        "first": 85,
        "second_label": "No pump",
        "second": 71,
        "finding": "edge",
        "source": "leeds-pump",
    }
    return replace(SOUND, comparisons=(Comparison(**(values | fields)),))


def test_compared_numbers():
    assert check(numbers()) == []
    for wrong in ({"first": 101}, {"of": 0}, {"source": ""}, {"source": "nobody"}, {"finding": "maybe"}):
        assert told(numbers(**wrong), level=ERROR), wrong


def test_figures_need_a_source():
    bare = replace(SOUND, body="<p>It holds medicine.</p>\n")
    assert told(bare, level=WARNING) == ["The page names no source."]
    assert told(bare, layout="hub") == []
    for figure in ("85 of 100 people", "52% less pain", "20 mL of it", "85 de cada 100", "5 to 7 years"):
        stated = replace(SOUND, body=f"<p>It is {figure}.</p>\n")
        assert told(stated, layout="hub", level=ERROR) == ["The page states figures and names no source."]
    assert told(replace(bare, sources=("leeds-pump",))) == []


def link(href, words="the words to know"):
    return saying(f'See <a href="{href}">{words}</a>.')


@pytest.mark.parametrize(
    "href",
    ["/learn/glossary/", "/learn/what-is-it/#the-parts", "#how-long", "https://www.fda.gov/", "tel:911", "/"],
)
def test_links_that_lead_somewhere(href):
    assert told(link(href)) == []


@pytest.mark.parametrize(
    "href",
    """/learn/nowhere/ /learn/glossary /es/learn/glossary/ /learn/what-is-it/#nothing #nothing http://fda.gov/
    javascript:alert(1) mailto:a@b.example tel:3125550123 //fda.gov/ learn/glossary/ /nowhere/ ?page=2""".split(),
)
def test_links_that_lead_nowhere(href):
    assert told(link(href), level=ERROR)


@pytest.mark.parametrize("words", ["here", "Click here", "read more", "aquí", "https://fda.gov", " "])
def test_link_words_that_say_nothing(words):
    assert told(link("/learn/glossary/", words), level=ERROR)


PARTED = {
    "anchors": {"questions": (Question("cuanto", "¿Cuánto dura?", "<p>Dura una hora.</p>\n"),)},
    "levels": {"care_cards": (replace(SPANISH.care_cards[0], level="routine"),)},
    "figures": {"figures": (Figure(drawing="system"),)},
    "citations": {"body": "<h2>Qué hace</h2>\n<p>Lleva medicamento.</p>\n"},
    "headings": {"body": "<p>Lleva medicamento [[leeds-pump]].</p>\n"},
    "ask": {"ask": ()},
    "numbers": {"lead": "La bomba guarda 20 mL."},
    "place": {"callouts": (replace(SPANISH.callouts[0], after="que-hace"),)},
    "not translated": {"lead": SOUND.lead},
}


@pytest.mark.parametrize("name", PARTED)
def test_both_languages_say_the_same(name):
    assert pair_findings(SOUND, replace(SPANISH, **PARTED[name]))


def test_compared_numbers_are_the_same_in_both_languages():
    english, spanish = numbers(), replace(SPANISH, comparisons=numbers(first=58).comparisons)
    assert "comparisons" in [one.where for one in pair_findings(english, spanish)]


def test_what_ships_has_nothing_to_mend():
    bundle, problems = bundles.read(shipped.FOLDER)
    found = [*checkup.tree_findings(bundle), *checkup.not_canonical(shipped.FOLDER, bundle)]
    failing = [one for one in found if one[1].level == ERROR or one[1].code == "grade"]
    assert problems == failing == []
    assert sum(len(bundle.texts[path, "en"].questions) for path, _language in bundle.texts) >= 40
