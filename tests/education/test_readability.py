"""How hard texts are to read: counted by hand, then by the portal."""

import pytest

from portal.education.checks.readability import count, grade, grade_of_score, sentences, syllables, words

ENGLISH = {
    1: "pump dose tube safe makes walked called please leaves through you tied clear league eight does",
    2: "over people needed uses refill doctor something sometimes table create being trial surgeon breathing",
    3: "medicine catheter idea area battery surgery video hospital serious created reservoir actual opioid",
    4: "intrathecal emergency experience usually situation titanium material",
    5: "electricity university",
}
SPANISH = {
    1: "que quien hoy muy y ley rey",
    2: "bomba día oír guerra guía país aire ciudad viuda aunque raíz caer leyes",
    3: "ahora médico cuidado poeta línea espinal prohibir catéter dolores recarga náuseas",
    4: "todavía depósito teléfono respiración enfermera averiguar veinticuatro",
    5: "medicamento",
    7: "cefalorraquídeo",
}


@pytest.mark.parametrize(("number", "words"), ENGLISH.items())
def test_english_syllables(number, words):
    assert {word: syllables(word, "en") for word in words.split()} == dict.fromkeys(words.split(), number)


@pytest.mark.parametrize(("number", "words"), SPANISH.items())
def test_spanish_syllables(number, words):
    assert {word: syllables(word, "es") for word in words.split()} == dict.fromkeys(words.split(), number)


@pytest.mark.parametrize(
    ("word", "number"), [("4", 1), ("24", 2), ("1,000", 3), ("24-hour", 3), ("can't", 1)]
)
def test_numbers_and_joined_words(word, number):
    assert sum(syllables(part, "en") for part in words(word)) == number


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Call at 9 a.m. Monday to Friday. Ask for Dr. Osei.", 2),
        ("The pump holds 0.5 mL. It is round.", 2),
        ("Is it new? No. It is not!", 3),
        ("Signs of trouble\nfever\nred skin", 3),
        ("She said “Stop.” Then she left.", 2),
        ("Wait… and call", 1),
        ("Llame al Dr. Osei, p. ej. a las 9 a.m. de hoy.", 1),
        ("¿Le duele? ¡Llame ya! Es urgente.", 3),
        ("Take the EE. UU. sign.", 1),
        ("– … !", 0),
    ],
)
def test_sentences(text, cut):
    assert len(sentences(text)) == cut


# Words, sentences and syllables counted by hand; grades worked out from them with the published formulas.
SAMPLES = [
    # 6 words in 1 sentence, 6 syllables: 0.39 × 6 + 11.8 − 15.59 = −1.45, no grade is below 0.
    ("en", "The cat sat on the mat.", (1, 6, 6), 0.0),
    # 9 + 8 words, 12 + 11 syllables: 0.39 × 8.5 + 11.8 × 23/17 − 15.59.
    (
        "en",
        "The doctor puts the pump under the belly skin. A nurse will fill it again with medicine.",
        (2, 17, 23),
        3.69,
    ),
    # 13 words in 1 sentence, 45 syllables: 0.39 × 13 + 11.8 × 45/13 − 15.59.
    (
        "en",
        "Intrathecal administration of analgesic medication necessitates periodic percutaneous "
        "reservoir replenishment by qualified personnel.",
        (1, 13, 45),
        30.33,
    ),
    # 4 words in 1 sentence, 10 syllables: 206.84 − 150 − 4.08 = 52.76, so 6 + 17.24 / 5.
    ("es", "La bomba lleva medicamento.", (1, 4, 10), 9.45),
    # 8 words in 2 sentences, 12 syllables: 206.84 − 90 − 4.08 = 112.76.
    ("es", "El dolor va y viene. Llame hoy mismo.", (2, 8, 12), 4.0),
]


@pytest.mark.parametrize(("language", "text", "counted", "told"), SAMPLES)
def test_counts_and_grades(language, text, counted, told):
    found = count(text, language)
    assert (found.sentences, found.words, found.syllables) == counted
    assert grade(text, language) == pytest.approx(told, abs=0.01)


@pytest.mark.parametrize(
    ("score", "told"), [(100, 4), (90, 4), (85, 4.5), (80, 5), (75, 5.5), (70, 6), (65, 7), (60, 8), (50, 10)]
)
def test_the_spanish_score_as_a_grade(score, told):
    assert grade_of_score(score) == told


def test_glossary_words_and_names_weigh_two_syllables():
    text = "The intrathecal pump of the Medtronic company"
    assert count(text, "en").syllables == 1 + 4 + 1 + 1 + 1 + 2 + 3
    assert count(text, "en", ["intrathecal pump"]).syllables == 1 + 2 + 1 + 1 + 1 + 2 + 3
    # The first word of a sentence has a capital letter because it is the first.
    assert count("Intrathecal", "en").syllables == 4


def test_a_known_word_never_makes_a_text_look_harder_or_a_sentence_shorter():
    text = "Doctors put intrathecal medicine near the spinal cord."
    assert count(text, "en", ["intrathecal"]).words == count(text, "en").words
    assert grade(text, "en", ["intrathecal"]) < grade(text, "en")
    assert grade(text, "en", ["cord", "near"]) == grade(text, "en")


def test_nothing_to_read():
    assert grade("", "en") == grade(" \n–", "es") == 0
