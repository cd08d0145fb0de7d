"""What a page shows from the library, in one query: its sources and words, or all words, references or stories."""

import datetime
import json
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from portal.education.content import Content
from portal.education.models import Page, Reference, Story, TermText
from portal.education.showing.reading import Found, Reading, Shelf, shelf
from portal.education.showing.rendering import cited_keys

NOTHING = Shelf()


@dataclass(frozen=True, slots=True)
class Source:
    """A reference with what was taken from it, in the language of the page."""

    key: str
    authors: str
    title: str
    title_language: str
    published_in: str
    url: str
    taken: str
    funding: str
    checked_on: datetime.date | None


def of(found: Found | Reading, language: str, now: datetime.datetime) -> tuple[dict[str, Any], Shelf]:
    """Return what a layout adds to its page, and the page's sources and words to know."""
    layout = found.layout
    if layout == Page.Layout.GLOSSARY:
        return {"letters": letters(language)}, NOTHING
    if layout == Page.Layout.REFERENCES:
        return {"references": references(language)}, NOTHING
    if layout == Page.Layout.STORIES:
        return {"stories": stories(language, now.date())}, NOTHING
    # Words are looked for in the language of the text, which may stand in for the one asked for.
    keys = cited_keys(found.content) if isinstance(found, Reading) else keys_in(found.own.whole or "")
    return {}, shelf(found.language, keys)


@lru_cache(maxsize=200)
def keys_in(content: str) -> list[str]:
    """Return what `cited_keys` finds in a content's JSON. The same text names the same keys: it is searched once."""
    return cited_keys(Content.from_dict(json.loads(content)))


def letters(language: str) -> list[tuple[str, list[TermText]]]:
    """Return the words to know by their first letter."""
    terms = TermText.objects.filter(language=language).select_related("term")
    ordered = sorted(terms, key=lambda text: bare(text.word))
    return [
        (letter, list(texts))
        for letter, texts in groupby(ordered, key=lambda text: bare(text.word)[:1].upper())
    ]


def bare(text: str) -> str:
    """Return small letters without accents, by which words are put in order."""
    return unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()


def references(language: str) -> list[Source]:
    return [
        Source(
            key=row.key,
            authors=row.authors,
            title=row.title,
            title_language=row.title_language,
            published_in=row.published_in,
            url=row.url,
            taken=row.taken_es if language == "es" else row.taken_en,
            funding=row.funding_es if language == "es" else row.funding_en,
            checked_on=row.checked_on,
        )
        for row in Reference.objects.all()
    ]


def stories(language: str, day: datetime.date) -> list[Story]:
    """Return the stories that are public on a day, those in the reader's language first."""
    found = Story.objects.public(day).select_related("photo")
    return sorted(found, key=lambda story: story.language != language)
