"""What readers see at a moment: the live page with its trail and the pages below it, and the library it needs."""

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from portal.education.content import Content
from portal.education.models import Page
from portal.education.showing import statements


@dataclass(frozen=True, slots=True)
class Leaf:
    """A live page as a link: where it is and what it is called."""

    path: str
    title: str
    menu_title: str
    description: str
    layout: str
    position: int
    language: str
    # Of a question list below the page that is read: (id, question).
    asked: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        return self.menu_title or self.title


@dataclass(frozen=True, slots=True)
class Check:
    """Who vouched for the version that is shown."""

    name: str
    role: str
    clinic: str
    approved_on: datetime.date
    next_review_on: datetime.date


@dataclass(frozen=True, slots=True)
class Reading:
    """One live page. `language` is that of its text: English when there is no text in the language asked for."""

    leaf: Leaf
    content: Content
    page_id: int
    ref: str
    audience: str
    version: int
    published_at: datetime.datetime | None
    review_months: int
    check: Check | None
    trail: tuple[Leaf, ...] = ()
    below: tuple[Leaf, ...] = ()
    # The page before it, itself and the page after it.
    beside: tuple[Leaf, ...] = ()
    # When the clock next shows or hides something, on any page.
    changes_at: datetime.datetime | None = None

    @property
    def layout(self) -> str:
        return self.leaf.layout

    @property
    def language(self) -> str:
        return self.leaf.language


@dataclass(frozen=True, slots=True)
class Cited:
    """A reference as a page lists it."""

    key: str
    authors: str
    title: str
    title_language: str
    published_in: str
    url: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word to know and the forms in which texts use it."""

    key: str
    forms: tuple[str, ...]


class Row(NamedTuple):
    """One live page as statements.PAGE returns it. What names no page of a list is of the page that is read."""

    path: str
    language: str
    layout: str
    position: int
    title: str
    menu_title: str | None
    description: str | None
    whole: str | None
    page_id: int
    ref: Any
    audience: str
    review_months: int
    number: int
    since: Any
    name: str | None
    role: str | None
    clinic: str | None
    approved_on: datetime.date | None
    next_review_on: datetime.date | None
    changes_at: Any

    def leaf(self) -> Leaf:
        asked = json.loads(self.whole or "[]") if self.layout == Page.Layout.QUESTIONS else ()
        return Leaf(
            path=self.path,
            title=self.title,
            menu_title=self.menu_title or "",
            description=self.description or "",
            layout=self.layout,
            position=self.position,
            language=self.language,
            asked=tuple((one["anchor"], one["question"]) for one in asked),
        )

    def check(self) -> Check | None:
        if self.name is None or self.role is None or self.approved_on is None or self.next_review_on is None:
            return None
        return Check(self.name, self.role, self.clinic or "", self.approved_on, self.next_review_on)


@dataclass(frozen=True, slots=True)
class Found:
    """A live page as the database told of it: taken apart only where it has to be rendered."""

    own: Row
    # By address, the page itself among them.
    rows: dict[str, Row]

    @property
    def layout(self) -> str:
        return self.own.layout

    @property
    def language(self) -> str:
        return self.own.language

    @property
    def changes_at(self) -> datetime.datetime | None:
        return statements.moment(self.own.changes_at)

    @property
    def told(self) -> list[tuple[Any, ...]]:
        """Return all that a reader may see of it: when that changes by the clock is not part of it."""
        return [row[:-1] for row in self.rows.values()]

    def reading(self) -> Reading:
        own, path = self.own, self.own.path
        folder = path.rpartition("/")[0]
        # The page's own text is no list of questions.
        leaves = {one: row.leaf() for one, row in self.rows.items() if one != path}
        leaves[path] = own._replace(whole=None).leaf()
        return Reading(
            leaf=leaves[path],
            content=Content.from_dict(json.loads(own.whole or "")),
            page_id=own.page_id,
            ref=getattr(own.ref, "hex", own.ref),
            audience=own.audience,
            version=own.number,
            published_at=statements.moment(own.since),
            review_months=own.review_months,
            check=own.check(),
            trail=tuple(leaves[one] for one in sorted(leaves, key=len) if path.startswith(f"{one}/")),
            below=in_order(leaf for one, leaf in leaves.items() if one.startswith(f"{path}/")),
            beside=in_order(
                leaf for one, leaf in leaves.items() if folder and one.rpartition("/")[0] == folder
            ),
            changes_at=self.changes_at,
        )


def found_at(path: str, language: str, now: datetime.datetime) -> Found | None:
    """Return what is live at an address, in one query; None when nothing is."""
    rows: dict[str, Row] = {}
    for row in map(Row._make, statements.near(path, language, now)):
        # English stands in where the language asked for has no text.
        if row.path not in rows or row.language == language:
            rows[row.path] = row
    return Found(rows[path], rows) if path in rows else None


def page_at(path: str, language: str, now: datetime.datetime) -> Reading | None:
    """Return the page that is live at an address, taken apart."""
    found = found_at(path, language, now)
    return found.reading() if found else None


def in_order(leaves: Iterable[Leaf]) -> tuple[Leaf, ...]:
    return tuple(sorted(leaves, key=lambda leaf: (leaf.position, leaf.path)))


@dataclass(frozen=True, slots=True)
class Shelf:
    """The references that a page cites and the words to know of its language, as the database told of them."""

    rows: tuple[tuple[Any, ...], ...] = ()

    def sorted(self) -> tuple[dict[str, Cited], list[Word]]:
        """Return the references by key, and the words."""
        cited = {key: Cited(key, *rest) for kind, key, *rest in self.rows if kind == "cited"}
        words = [Word(row[1], forms(row[2], row[3])) for row in self.rows if row[0] == "word"]
        return cited, words


def forms(word: str, others: str) -> tuple[str, ...]:
    return (word, *(line.strip() for line in others.splitlines() if line.strip()))


def shelf(language: str, keys: list[str]) -> Shelf:
    """Return the cited references and the words to know in a language, in one query."""
    return Shelf(tuple(statements.shelf(language, keys)))
