"""What is wrong with a page: how hard it reads, words and units that patients' pages do without, what is missing.

The same findings stand beside the editor's form and in `manage.py lint_content`.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.education import models
from portal.education.checks import readability, wording
from portal.education.checks.links import links_in, wrong_link
from portal.education.checks.wording import ERROR, WARNING
from portal.education.content import BLOCKS, END, TOP, Content
from portal.education.drawings import DRAWINGS
from portal.education.text.rich_text import CITATION, citations, headings, plain_text

HIGHEST_GRADE = 8
MOST_CALLOUTS = 2
MOST_SENTENCES = 4
LONG_SENTENCE, LONG_FOR_THE_EASIEST = 25, 20
EASIEST_GRADE = 5
# These state facts about illness and treatment: they name where those come from.
WITH_SOURCES = ("article", "questions")
STATES_FIGURES = re.compile(
    r"\d\s?%|\b\d+ (?:of|in|de(?: cada)?) \d+\b|\b\d[\d,.]*\s(?:mL|cm|mcg|years|años)\b"
)
OTHER_LANGUAGE = re.compile(r'<span lang="[a-z-]+">.*?</span>', re.S)
ANCHOR = models.blocks.ANCHOR
TABLES = {
    "care_cards": models.CareCard,
    "callouts": models.Callout,
    "figures": models.Figure,
    "comparisons": models.Comparison,
    "questions": models.Question,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`where` names the part as the page's file does: body, care_cards.urgent, questions.how-long."""

    level: str
    where: str
    message: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """What the checks know beside the page itself. None: not known, so not checked."""

    language: str
    grade: int
    layout: str
    references: Collection[str]
    words: Collection[str]
    places: Mapping[str, Collection[str]] | None
    images: Collection[str] | None


def findings(
    content: Content,
    *,
    language: str,
    grade: int,
    references: Collection[str],
    layout: str = "article",
    words: Collection[str] = (),
    places: Mapping[str, Collection[str]] | None = None,
    images: Collection[str] | None = None,
    checks: Iterable["Check"] | None = None,
) -> list[Finding]:
    """Return what is wrong with a page, errors first; by all checks unless some are named.

    `words` are the forms of glossary words, `places` the ids on each page by path, `images` the refs in the library.
    """
    around = Around(language, grade, layout, references, words, places, images)
    found = [one for check in checks or CHECKS for one in check(content, around)]
    return sorted(dict.fromkeys(found), key=lambda finding: finding.level != ERROR)


def grade_of(content: Content, language: str, words: Collection[str] = ()) -> float:
    """Return the school grade at which a page reads."""
    return readability.grade(prose(content), language, words)


def prose(content: Content) -> str:
    """Return what counts for the grade: first sentence, text, answers, callouts, cards."""
    texts = (text for where, text in pieces(content) if where.partition(".")[0] in GRADED)
    return "\n".join(plain_text(OTHER_LANGUAGE.sub("", text)) for text in texts)


GRADED = ("lead", "body", "questions", "callouts", "care_cards", "comparisons")


def pieces(content: Content) -> Iterator[tuple[str, str]]:
    """Give each text of a page with its place. Plain ones come escaped, so that all read as rich text."""
    for name in ("title", "menu_title", "lead", "description"):
        yield name, escaped(getattr(content, name))
    yield "body", content.body
    for question in content.questions:
        yield f"questions.{question.anchor}", f"<p>{escaped(question.question)}</p>{question.answer}"
    for card in content.care_cards:
        yield f"care_cards.{card.level}", lines(card.heading, *card.items, card.closing)
    for i, callout in enumerate(content.callouts, 1):
        yield f"callouts.{i}", lines(callout.heading, callout.text)
    for i, one in enumerate(content.comparisons, 1):
        yield (
            f"comparisons.{i}",
            lines(one.heading, one.outcome, one.first_label, one.second_label, one.takeaway),
        )
    for i, figure in enumerate(content.figures, 1):
        yield f"figures.{i}", lines(figure.caption, figure.alt)
    yield "ask", lines(*content.ask)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def lines(*texts: str) -> str:
    return "".join(f"<p>{escaped(text)}</p>" for text in texts if text)


def missing_texts(content: Content, around: Around) -> Iterator[Finding]:
    if not content.title.strip():
        yield Finding(ERROR, "title", _("The title is missing."), "title")
    if not content.lead.strip() and around.layout != "folder":
        yield Finding(
            WARNING, "lead", _("The first sentence is missing: the answer, before all else."), "missing"
        )
    if not content.description.strip():
        yield Finding(WARNING, "description", _("The summary is missing: lists of pages show it."), "missing")
    if around.layout == "questions" and not content.questions:
        yield Finding(ERROR, "questions", _("A page of questions has none."), "missing")


def lengths(content: Content, around: Around) -> Iterator[Finding]:
    """What a form would refuse as too long or as no choice, for texts that come from files."""
    yield from unfit(models.Translation, content, "")
    for name in BLOCKS:
        for i, block in enumerate(getattr(content, name), 1):
            yield from unfit(TABLES[name], block, f"{name}.{i}")


def unfit(table: Any, said: Any, place: str) -> Iterator[Finding]:
    for field in table._meta.concrete_fields:
        value = getattr(said, field.name, None)
        where = place or field.name
        if isinstance(value, str) and field.max_length and len(value) > field.max_length:
            values = {"field": field.verbose_name, "most": field.max_length}
            yield Finding(
                ERROR, where, _("“%(field)s” has more than %(most)s characters.") % values, "length"
            )
        if field.choices and value and value not in dict(field.choices):
            values = {"field": field.verbose_name, "value": value}
            yield Finding(ERROR, where, _("“%(field)s” cannot be “%(value)s”.") % values, "choice")


def reading_grade(content: Content, around: Around) -> Iterator[Finding]:
    grade = grade_of(content, around.language, around.words)
    values = {"grade": f"{grade:.1f}", "most": HIGHEST_GRADE, "target": around.grade}
    if grade > HIGHEST_GRADE:
        yield Finding(
            ERROR, "body", _("Reads at grade %(grade)s: above %(most)s is too hard.") % values, "grade"
        )
    elif int(grade + 0.5) > around.grade:
        message = _("Reads at grade %(grade)s; this page aims at %(target)s. Shorten sentences and words.")
        yield Finding(WARNING, "body", message % values, "grade")


def long_sentences(content: Content, around: Around) -> Iterator[Finding]:
    most = LONG_FOR_THE_EASIEST if around.grade <= EASIEST_GRADE else LONG_SENTENCE
    for where, text in pieces(content):
        for sentence in readability.sentences(plain_text(text)) if where != "description" else ():
            number = len(readability.words(sentence))
            if number > most:
                values = {"number": number, "most": most, "start": sentence[:50]}
                message = _("A sentence of %(number)s words, %(most)s are the most: “%(start)s…”.") % values
                yield Finding(WARNING, where, message, "sentence")


def long_paragraphs(content: Content, around: Around) -> Iterator[Finding]:
    for where, text in rich_texts(content):
        for paragraph in re.findall(r"<p>(.*?)</p>", text, re.S):
            if len(readability.sentences(plain_text(paragraph))) > MOST_SENTENCES:
                values = {"most": MOST_SENTENCES, "start": plain_text(paragraph)[:50]}
                message = _("A paragraph of more than %(most)s sentences: “%(start)s…”.") % values
                yield Finding(WARNING, where, message, "paragraph")


def rich_texts(content: Content) -> Iterator[tuple[str, str]]:
    yield "body", content.body
    yield from ((f"questions.{one.anchor}", one.answer) for one in content.questions)


def words_and_units(content: Content, around: Around) -> Iterator[Finding]:
    for where, text in pieces(content):
        for level, message in wording.found_in(plain_text(OTHER_LANGUAGE.sub("", text)), around.language):
            yield Finding(level, where, message, "wording")
    whole = prose(content)
    first = {"en": r"micrograms? \(mcg\)", "es": r"microgramos? \(mcg\)"}[around.language]
    if re.search(r"\bmcg\b", whole) and not re.search(first, whole):
        yield Finding(WARNING, "body", _("Write “micrograms (mcg)” at the first mcg."), "wording")


def callouts(content: Content, around: Around) -> Iterator[Finding]:
    if len(content.callouts) > MOST_CALLOUTS:
        message = _("More than %(most)s callouts: none of them stands out.") % {"most": MOST_CALLOUTS}
        yield Finding(ERROR, "callouts", message, "callouts")


def care_cards(content: Content, around: Around) -> Iterator[Finding]:
    heard: set[str] = set()
    for card in content.care_cards:
        where = f"care_cards.{card.level}"
        if not re.search(r"\bsi\b" if around.language == "es" else r"\bif\b", card.heading, re.I):
            yield Finding(
                ERROR, where, _("The heading says what to do, with “if”: “Call 911 now if:”."), "card"
            )
        if card.heading.casefold() in heard:
            yield Finding(ERROR, where, _("Two care cards have the same heading."), "card")
        heard.add(card.heading.casefold())
        if not any(item.strip() for item in card.items):
            yield Finding(ERROR, where, _("A care card without signs."), "card")
        if re.search(
            r"<a\b|https?:|/(?:learn|help)/|\[\[", " ".join((card.heading, *card.items, card.closing))
        ):
            yield Finding(
                ERROR, where, _("A care card stands by itself: no links or citations in it."), "card"
            )
    for level, number in Counter(card.level for card in content.care_cards).items():
        if number > 1:
            yield Finding(
                ERROR, f"care_cards.{level}", _("A page has at most one care card of each level."), "level"
            )


def figures(content: Content, around: Around) -> Iterator[Finding]:
    for i, figure in enumerate(content.figures, 1):
        where = f"figures.{i}"
        if bool(figure.drawing) == bool(figure.image):
            yield Finding(ERROR, where, _("Choose a drawing or an image, not both."), "figure")
        if figure.drawing and figure.drawing not in dict(DRAWINGS):
            message = _("There is no drawing “%(name)s”.") % {"name": figure.drawing}
            yield Finding(ERROR, where, message, "figure")
        if figure.image and not figure.alt.strip():
            yield Finding(ERROR, where, _("Say in the text alternative what the image shows."), "figure")
        if figure.image and around.images is not None and figure.image not in around.images:
            yield Finding(ERROR, where, _("The image is not in the library."), "figure")


def comparisons(content: Content, around: Around) -> Iterator[Finding]:
    for i, one in enumerate(content.comparisons, 1):
        where = f"comparisons.{i}"
        if one.of < 1 or max(one.first, one.second) > one.of or min(one.first, one.second) < 0:
            yield Finding(ERROR, where, _("Neither number can be more than “out of”."), "comparison")
        if not one.source:
            yield Finding(ERROR, where, _("Numbers need a source."), "source")


def sources(content: Content, around: Around) -> Iterator[Finding]:
    for where, key in cited(content):
        if key not in around.references:
            message = _("The library has no reference “%(key)s”.") % {"key": key}
            yield Finding(ERROR, where, message, "citation")
    for where, text in pieces(content):
        if "[[" in CITATION.sub("", text) or "]]" in CITATION.sub("", text):
            yield Finding(
                ERROR, where, _("A citation is written [[key]], with a key of the library."), "citation"
            )
    if any(cited(content)):
        return
    if STATES_FIGURES.search(prose(content)):
        yield Finding(ERROR, "sources", _("The page states figures and names no source."), "source")
    elif around.layout in WITH_SOURCES:
        yield Finding(WARNING, "sources", _("The page names no source."), "source")


def cited(content: Content) -> Iterator[tuple[str, str]]:
    """Give each reference that a page uses, with its place."""
    for where, text in pieces(content):
        yield from ((where, key) for key in citations(text))
    yield from (("sources", key) for key in content.sources)
    yield from (
        (f"comparisons.{i}", one.source) for i, one in enumerate(content.comparisons, 1) if one.source
    )


def block_places(content: Content, around: Around) -> Iterator[Finding]:
    known = {TOP, END, *(anchor for anchor, _heading in headings(content.body))}
    for name in BLOCKS:
        for i, block in enumerate(getattr(content, name), 1):
            after = getattr(block, "after", END)
            if after not in known:
                message = _("“%(after)s” is not a heading of this text.") % {"after": after}
                yield Finding(ERROR, f"{name}.{i}", message, "after")


def questions(content: Content, around: Around) -> Iterator[Finding]:
    taken = Counter(one.anchor for one in content.questions)
    for one in content.questions:
        where = f"questions.{one.anchor}"
        if not ANCHOR.fullmatch(one.anchor):
            yield Finding(
                ERROR,
                where,
                _("Use small letters, digits and single hyphens, such as who-to-call."),
                "anchor",
            )
        if taken[one.anchor] > 1:
            yield Finding(ERROR, where, _("Another question of this page has this id."), "anchor")
        if not one.question.strip() or not plain_text(one.answer):
            yield Finding(ERROR, where, _("A question or its answer is missing."), "missing")


def page_links(content: Content, around: Around) -> Iterator[Finding]:
    own = {anchor for anchor, _heading in headings(content.body)} | {one.anchor for one in content.questions}
    for where, text in rich_texts(content):
        for link in links_in(text):
            for message in wrong_link(link, own, around.places):
                yield Finding(ERROR, where, message, "link")


Check = Callable[[Content, Around], Iterator[Finding]]
# What a page cannot do without, whatever its words.
STRUCTURE: tuple[Check, ...] = (missing_texts, lengths, care_cards, figures, comparisons, sources, questions)
CHECKS: tuple[Check, ...] = (
    missing_texts,
    lengths,
    reading_grade,
    long_sentences,
    long_paragraphs,
    words_and_units,
    callouts,
    care_cards,
    figures,
    comparisons,
    sources,
    block_places,
    questions,
    page_links,
)
