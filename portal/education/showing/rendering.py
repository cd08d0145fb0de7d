"""A page's content as its template shows it: sections with their blocks in place, contents, questions, sources."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.template import TemplateDoesNotExist, loader
from django.utils.safestring import SafeString

from portal.education.content import END, TOP, CareCard, Comparison, Content, Figure
from portal.education.showing.reading import Cited, Word
from portal.education.text.rich_html import Notes, line, rich
from portal.education.text.rich_text import citations, sections

LEVELS = ("emergency", "urgent", "routine")
DOTS_IN_A_ROW = 10
MOST_DOTS = 100


@dataclass(frozen=True, slots=True)
class Block:
    """Something beside the text; `kind` names its template, education/_<kind>.html."""

    kind: str
    said: Any

    @property
    def template(self) -> str:
        return f"education/_{self.kind}.html"


@dataclass(frozen=True, slots=True)
class Card:
    level: str
    heading: str
    items: tuple[SafeString, ...]
    closing: SafeString


@dataclass(frozen=True, slots=True)
class Callout:
    heading: str
    lines: tuple[SafeString, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    x: int
    y: int
    is_on: bool


@dataclass(frozen=True, slots=True)
class Arm:
    """One group of a trial: so many of so many, as dots when there are not too many."""

    label: str
    count: int
    of: int
    dots: tuple[Dot, ...]

    @property
    def others(self) -> int:
        return self.of - self.count

    @property
    def height(self) -> int:
        return 20 * -(-len(self.dots) // DOTS_IN_A_ROW)


@dataclass(frozen=True, slots=True)
class Numbers:
    """People in two groups."""

    heading: str
    outcome: str
    arms: tuple[Arm, Arm]
    finding: str
    takeaway: SafeString
    cite: SafeString


@dataclass(frozen=True, slots=True)
class Change:
    """A change in percent in two groups: one row of a table."""

    heading: str
    outcome: str
    first: int
    second: int
    finding: str
    takeaway: SafeString
    cite: SafeString


@dataclass(frozen=True, slots=True)
class Changes:
    first_label: str
    second_label: str
    rows: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of ours by its template, or an uploaded image by its ref."""

    template: str
    image: str
    alt: str
    width: int
    height: int
    caption: SafeString


@dataclass(frozen=True, slots=True)
class Part:
    """A section; `anchor` and `heading` are empty for what stands before the first heading."""

    anchor: str
    heading: str
    html: SafeString
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    anchor: str
    question: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class Shown:
    """All of a page, in the order of reading."""

    lead: SafeString
    top: Part
    parts: tuple[Part, ...]
    answers: tuple[Answer, ...]
    end: tuple[Block, ...]
    ask: tuple[SafeString, ...]
    sources: tuple[Cited, ...]

    @property
    def contents(self) -> list[tuple[str, str]]:
        """Return (id, heading) of each section."""
        return [(part.anchor, part.heading) for part in self.parts]


def cited_keys(content: Content) -> list[str]:
    """Return the keys of all references that a page names, in its text or below it."""
    texts = [content.lead, content.body, *content.ask]
    texts += [answer.answer for answer in content.questions]
    texts += [callout.text for callout in content.callouts]
    texts += [figure.caption for figure in content.figures]
    texts += [one.takeaway for one in content.comparisons]
    keys = [key for text in texts for key in citations(text)]
    keys += [one.source for one in content.comparisons if one.source]
    return list(dict.fromkeys([*keys, *content.sources]))


def show(
    content: Content,
    references: dict[str, Cited],
    words: Sequence[Word],
    language: str,
    *,
    link_words: bool = True,
) -> Shown:
    """Return a page ready for its template. `language` is that of its address, not of its text."""
    notes = Notes(references, words if link_words else ())
    places = Places(content, notes)
    lead = line(content.lead, notes)
    found = sections(content.body)
    has_top = bool(found) and not found[0].anchor
    top_html = rich(found[0].html, notes, language) if has_top else SafeString("")
    top = Part("", "", top_html, places.take(TOP))
    parts = tuple(
        Part(one.anchor, one.heading, rich(one.html, notes, language), places.take(one.anchor))
        for one in found[has_top:]
    )
    answers = tuple(Answer(q.anchor, q.question, rich(q.answer, notes, language)) for q in content.questions)
    end = places.rest()
    ask = tuple(line(question, notes) for question in content.ask)
    for key in content.sources:
        notes.number(key)
    return Shown(lead, top, parts, answers, end, ask, tuple(notes.sources))


class Places:
    """Hands out the blocks of a page where they stand; what names a heading that is gone comes at the end."""

    def __init__(self, content: Content, notes: Notes) -> None:
        self.notes = notes
        cards = sorted(content.care_cards, key=lambda card: LEVELS.index(card.level))
        self.waiting = [*content.figures, *content.comparisons, *content.callouts, *cards]

    def take(self, place: str) -> tuple[Block, ...]:
        """Return what stands at a place, in the order figures, numbers, callouts, care cards."""
        here = [one for one in self.waiting if one.after == place and place != END]
        self.waiting = [one for one in self.waiting if one not in here]
        return tuple(blocks(here, self.notes))

    def rest(self) -> tuple[Block, ...]:
        return tuple(blocks(self.waiting, self.notes))


def blocks(rows: Iterable[Any], notes: Notes) -> Iterable[Block]:
    """Return the rows as blocks; changes in percent of the same two groups share a table."""
    for table, group in groupby(rows, key=table_of):
        if table:
            yield Block("changes", Changes(*table, tuple(change(row, notes) for row in group)))
        else:
            for row in group:
                yield from block(row, notes)


def table_of(row: Any) -> tuple[str, str] | None:
    """Return the two groups that a change in percent compares; None for any other block."""
    is_change = isinstance(row, Comparison) and row.measure == "percent"
    return (row.first_label, row.second_label) if is_change else None


def block(row: Any, notes: Notes) -> Iterable[Block]:
    if isinstance(row, CareCard):
        yield Block("care_card", card(row))
    elif isinstance(row, Figure):
        shown = picture(row, notes)
        if shown.template or shown.image:
            yield Block("figure", shown)
    elif isinstance(row, Comparison):
        yield Block("numbers", numbers(row, notes))
    else:
        yield Block("callout", Callout(row.heading, tuple(line(one, notes) for one in lines(row.text))))


def lines(text: str) -> list[str]:
    return [one.strip() for one in text.splitlines() if one.strip()]


def card(row: CareCard) -> Card:
    """Return a care card: it says what to do now, so no link leads away from it but the numbers to call."""
    return Card(row.level, row.heading, tuple(line(item) for item in row.items), line(row.closing))


def picture(row: Figure, notes: Notes) -> Picture:
    caption = line(row.caption, notes)
    return Picture(drawing(row.drawing), image_ref(row.image), row.alt, row.width, row.height, caption)


def image_ref(text: str) -> str:
    """Return an image's ref as addresses write it; nothing for what is none."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""


def drawing(name: str) -> str:
    """Return the template of a drawing, or nothing when there is no such drawing."""
    path = f"education/drawings/{name}.html"
    try:
        loader.get_template(path)
    except TemplateDoesNotExist:
        return ""
    return path


def numbers(row: Comparison, notes: Notes) -> Numbers:
    arms = (arm(row.first_label, row.first, row.of), arm(row.second_label, row.second, row.of))
    takeaway, cite = told(row, notes)
    return Numbers(row.heading, row.outcome, arms, row.finding, takeaway, cite)


def change(row: Comparison, notes: Notes) -> Change:
    takeaway, cite = told(row, notes)
    return Change(row.heading, row.outcome, row.first, row.second, row.finding, takeaway, cite)


def told(row: Comparison, notes: Notes) -> tuple[SafeString, SafeString]:
    """Return what the numbers mean, and the mark of their source."""
    return line(row.takeaway, notes), line(f"[[{row.source}]]" if row.source else "", notes)


def arm(label: str, count: int, of: int) -> Arm:
    dots = tuple(
        Dot(10 + 20 * (index % DOTS_IN_A_ROW), 10 + 20 * (index // DOTS_IN_A_ROW), index < count)
        for index in range(of if of <= MOST_DOTS else 0)
    )
    return Arm(label, count, of, dots)
