"""How hard a text is to read, as a school grade: English by Flesch-Kincaid, Spanish by Fernández-Huerta.

A text comes as plain lines: one for each paragraph, heading, list item or cell. The end of a line ends a sentence.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import pyphen

LETTERS = r"[^\W\d_]"
WORD = re.compile(rf"\d[\d.,:/]*|{LETTERS}+(?:['’-]{LETTERS}+)*")
# After these a point does not end a sentence. Written without their last point.
ABBREVIATIONS = {
    "a.m", "p.m", "dr", "dra", "mr", "mrs", "ms", "sr", "sra", "st", "vs", "v", "e.g", "i.e", "etc",
    "no", "núm", "vol", "inc", "u.s", "ee", "uu", "p", "ej", "approx", "aprox", "min", "máx", "pág",
}  # fmt: skip
MAY_END = {
    "no",
    "p",
    "min",
    "etc",
    "ms",
}  # These are words too: a capital letter behind them begins a sentence.
END = re.compile(r"[.!?…]+[\"”’»)\]]*(?=\s|$)")
# Readers are told what glossary words mean, and names are what they are: they weigh no more than this.
KNOWN_WORD_SYLLABLES = 2
LONGEST_NUMBER = 3


@dataclass(frozen=True, slots=True)
class Counts:
    sentences: int
    words: int
    syllables: int


def grade(text: str, language: str, known: Iterable[str] = ()) -> float:
    """Return the school grade of a text; 0 when it has no words. `known` are glossary words and names."""
    found = count(text, language, known)
    if not found.words:
        return 0.0
    a_sentence, a_word = found.words / found.sentences, found.syllables / found.words
    if language == "es":
        return grade_of_score(206.84 - 60 * a_word - 1.02 * a_sentence)
    return max(0.0, 0.39 * a_sentence + 11.8 * a_word - 15.59)


def grade_of_score(score: float) -> float:
    """Return the grade for a Fernández-Huerta score: the higher the score, the easier the text."""
    if score >= 80:
        return 4 + (90 - min(score, 90)) / 10
    return 5 + (80 - score) / 10 if score >= 70 else 6 + (70 - score) / 5


def count(text: str, language: str, known: Iterable[str] = ()) -> Counts:
    forms = known_pattern(frozenset(form.casefold() for form in known))
    found = sentences(text)
    numbers = [sum(weights(sentence, language, forms)) for sentence in found]
    return Counts(len(found), sum(len(words(one)) for one in found), sum(numbers))


def sentences(text: str) -> list[str]:
    """Return the sentences that have words."""
    return [one for line in text.split("\n") for one in cut(line) if WORD.search(one)]


def cut(line: str) -> Iterator[str]:
    start = 0
    for mark in END.finditer(line):
        if ends(line[start : mark.start()], mark.group(), line[mark.end() :].lstrip()):
            yield line[start : mark.end()].strip()
            start = mark.end()
    yield line[start:].strip()


def ends(before: str, mark: str, rest: str) -> bool:
    """Return whether a mark ends the sentence `before` it."""
    if not rest:
        return True
    last = before.rpartition(" ")[2].casefold().lstrip("(“\"'¿¡")
    if mark == "." and last in ABBREVIATIONS - MAY_END:
        return False
    return not rest[0].islower()


def words(sentence: str) -> list[str]:
    return WORD.findall(sentence)


def weights(sentence: str, language: str, forms: re.Pattern[str]) -> Iterator[int]:
    """Give the syllables of each word; names and glossary words weigh little."""
    spans = [match.span() for match in forms.finditer(sentence.casefold())]
    for place, match in enumerate(WORD.finditer(sentence)):
        number = syllables(match.group(), language)
        named = place > 0 and match.group()[0].isupper()
        if named or any(start <= match.start() < end for start, end in spans):
            number = min(number, KNOWN_WORD_SYLLABLES)
        yield number


@cache
def known_pattern(forms: frozenset[str]) -> re.Pattern[str]:
    """Return what finds the longest known form; nothing when there are none."""
    longest_first = sorted(forms, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b" if forms else r"(?!)")


def syllables(word: str, language: str) -> int:
    """Return how many syllables a word or number has."""
    if word[0].isdigit():
        return min(sum(letter.isdigit() for letter in word), LONGEST_NUMBER)
    parts = re.split(r"['’-]", word.casefold()) if language == "es" else word.casefold().split("-")
    one = spanish_syllables if language == "es" else english_syllables
    return sum(one(part) for part in parts if part)


# Two vowels that are spoken apart: li-on, i-de-a, vi-de-o, do-ing, du-al, cli-ent.
APART = re.compile(
    r"(?<![ctsg])i(?=[aou](?!us))|(?<=l)i(?=ent)|e(?=a$|as$|[iu](?=ng|m$))|(?<!g)e(?=o(?!p|us))|(?<=id)e(?=a)"
    r"|(?<=s)u(?=i[cn])|u(?=al|ou|ing|at)|(?<=[aoyu])ing|y(?=ing)"
)
SILENT = re.compile(r"(?<=[^aeiou])e$|(?<=[aeiouy])(?:gu|qu|u)?e$|(?<=[^td])ed$|(?<=[^sxzcg])es$")
# An e that stays silent inside: some-thing, there-fore, safe-ty.
INSIDE = re.compile(r"^(som|saf|ther|wher|hom|car|lif|tim|sid|ev)e(?=[^aeiousrdn]|n[et]|ry)")


@cache
def english_syllables(word: str) -> int:
    """Return the larger of two counts, since each misses some: of vowel groups, and of dictionary divisions."""
    word = re.sub(r"['’]s?", "", word)
    return max(vowel_groups(word), divisions().inserted(word).count("-") + 1)


def vowel_groups(word: str) -> int:
    spoken = APART.sub(lambda vowel: vowel.group() + "-", INSIDE.sub(r"\1", word))
    if not re.search(r"[^aeiouylr]le[sd]?$|[^aeiou]re$|^[^aeiou]*es?$|[cs]hes$", word):
        spoken = SILENT.sub("", spoken)
    spoken = re.sub(r"^y(?=[aeiou])|(?<=[aeiou])y(?=[aeiou])", "-", spoken)
    return max(1, len(re.findall(r"[aeiouyáéíóú]+", spoken)))


@cache
def divisions() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US")


STRONG = "aeoáéó"
SPANISH_VOWELS = re.compile(r"[aeiouáéíóúü]+")


@cache
def spanish_syllables(word: str) -> int:
    """Return the vowels that carry a syllable: strong ones each, and weak ones that bear the stress or stand alone."""
    groups = SPANISH_VOWELS.findall(re.sub(r"qu(?=[eiéí])", "q", word))
    number = sum(max(1, sum(vowel in STRONG or vowel in "íú" for vowel in group)) for group in groups)
    return max(1, number)
