"""Find pages, questions and words by what was typed: forgiving about accents, endings and typing errors."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Length

from portal.education.finding import full_text, snippets, words
from portal.education.finding.snippets import Part
from portal.education.models import Publication, SearchEntry, SearchWord

LONGEST = 200
# The best ones; nobody reads further.
MOST = 200
MENDED = 4
CANDIDATES = 2000
GLOSSARY = "learn/glossary"


@dataclass(frozen=True, slots=True)
class Hit:
    """One result as it is shown. `title` and `snippet` are parts, each with whether it was looked for."""

    kind: str
    title: list[Part]
    page_title: str
    snippet: list[Part]
    path: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to. `mended` is what was searched instead of a mistyped text; `is_partly`: some words only."""

    ids: list[int] = field(default_factory=list)
    asked: list[words.Asked] = field(default_factory=list)
    mended: str = ""
    is_partly: bool = False


def look_up(text: str, language: str, now: datetime.datetime, *, exact: bool = False) -> Found:
    """Return what has all the words; else all of them without typing errors; else some of them."""
    asked = words.asked(text, language)
    if not asked:
        return Found()
    ids = find(asked, language, now)
    if ids or exact:
        return Found(ids, asked)
    better, shown = mend(asked, language)
    mended = " ".join(shown) if better != asked else ""
    if mended and (ids := find(better, language, now)):
        return Found(ids, better, mended)
    if len(better) > 1 and (ids := find(better, language, now, every=False)):
        return Found(ids, better, mended, is_partly=True)
    return Found([], asked)


def find(
    asked: Sequence[words.Asked], language: str, now: datetime.datetime, *, every: bool = True
) -> list[int]:
    """Return the ids of what is live and fits, the best first."""
    with connection.cursor() as cursor:
        cursor.execute(*statement(asked, language, now, every=every))
        return [row[0] for row in cursor.fetchall()]


def statement(
    asked: Sequence[words.Asked], language: str, now: datetime.datetime, *, every: bool = True
) -> tuple[str, list[Any]]:
    """Return the SQL of a search. Names are ours; what was typed is a parameter."""
    query = full_text.query_of(asked, language, every=every)
    called = " ".join(one.word for one in asked)
    # Asked of each entry that fits, not of every publication there is.
    own = Publication.objects.live(now).filter(pk=RawSQL("e.publication_id", ())).order_by().values("pk")
    shown, moments = own.query.sql_with_params()
    if connection.vendor == "postgresql":
        sql = full_text.POSTGRESQL_FIND.format(live=shown)
        return sql, [full_text.LANGUAGES[language], query, language, *moments, called, MOST]
    sql = full_text.SQLITE_FIND.format(live=shown, fts=full_text.fts(language))
    return sql, [query, *moments, called, MOST]


def mend(asked: Sequence[words.Asked], language: str) -> tuple[list[words.Asked], list[str]]:
    """Return the words, what no page has replaced by the most similar one some page has; and as they are written."""
    known = alike([one.word for one in asked][:MENDED], language)
    better = [mended(one, known, language) if i < MENDED else one for i, one in enumerate(asked)]
    return better, [known.get(one.word, one.word) for one in better]


def mended(one: words.Asked, known: dict[str, str], language: str) -> words.Asked:
    if one.word in known or len(one.word) < words.SHORTEST_MENDED or not one.word.isalpha():
        return one
    near = words.nearest(one.word, [word for word in known if abs(len(word) - len(one.word)) <= 2])
    return words.meant(near, language, is_begun=one.is_begun) if near else one


def alike(typed: list[str], language: str) -> dict[str, str]:
    """Return known words as long, with the same beginning or end: folded, each with how it is written."""
    fits = Q(pk__in=[])
    for word in typed:
        size = Q(size__gte=len(word) - 2, size__lte=len(word) + 2)
        fits |= size & (Q(word__startswith=word[:1]) | Q(word__endswith=word[-3:]))
    known = SearchWord.objects.filter(language=language).annotate(size=Length("word")).filter(fits)
    return dict(known.order_by("word").values_list("word", "shown")[:CANDIDATES])


def hits(ids: Sequence[int], asked: Sequence[words.Asked], language: str) -> list[Hit]:
    """Return the results of one page in their order, in one query."""
    rows = (
        SearchEntry.objects.filter(pk__in=ids)
        .select_related("publication__translation__page")
        .defer("title_words", "question_words", "lead_words", "body_words")
    )
    known = {row.pk: row for row in rows}
    mark = snippets.Marker(asked, language)
    return [hit(known[pk], mark) for pk in ids if pk in known]


def hit(row: SearchEntry, mark: snippets.Marker) -> Hit:
    page = row.publication.translation.page if row.publication else None
    return Hit(
        kind=row.kind,
        title=mark.parts(row.title),
        page_title=row.page_title if row.kind == SearchEntry.Kind.QUESTION else "",
        snippet=mark.parts(mark.around(row.text)),
        path=page.path if page else GLOSSARY,
        anchor=row.anchor,
    )
