"""What readers see at a moment: the live page with its trail and the pages below it, and the library it needs."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, JSONField, OuterRef, Q, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import JSONObject

from portal.education.content import Content
from portal.education.models import Approval, Page, Publication, Reference, TermText


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
    # The pages next to it, itself among them.
    beside: tuple[Leaf, ...] = ()
    # When the clock next shows or hides something, on any page.
    changes_at: datetime.datetime | None = None

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


COLUMNS = {
    "path": F("translation__page__path"),
    "lang": F("translation__language"),
    "title": KeyTextTransform("title", "version__content"),
    "menu_title": KeyTextTransform("menu_title", "version__content"),
    "summary": KeyTextTransform("description", "version__content"),
    "layout": F("translation__page__layout"),
    "place": F("translation__page__position"),
}
OF_THE_PAGE = {
    "page_key": F("translation__page_id"),
    "page_ref": F("translation__page__ref"),
    "audience": F("translation__page__audience"),
    "review_months": F("translation__page__review_months"),
    "number": F("version__number"),
}


def page_at(path: str, language: str, now: datetime.datetime) -> Reading | None:
    """Return what is live at an address, in one query; None when nothing is."""
    above = ["/".join(path.split("/")[:end]) for end in range(1, path.count("/") + 1)]
    near = Q(translation__page__path__in=[path, *above]) | Q(translation__page__parent__path=path)
    if above:
        near |= Q(translation__page__parent__path=above[-1])
    lists = Q(translation__page__parent__path=path, translation__page__layout=Page.Layout.QUESTIONS)
    family = (
        Publication.objects.live(now)
        .filter(near, translation__language__in={language, "en"})
        .values(
            **COLUMNS,
            **OF_THE_PAGE,
            whole=json_when(Q(translation__page__path=path), F("version__content")),
            asked=json_when(lists, KeyTransform("questions", "version__content")),
            check=latest_check(),
            since=F("starts_at"),
            **next_changes(now),
        )
    )
    rows = in_language(family, language)
    if path not in rows:
        return None
    own = rows[path]
    return Reading(
        leaf=leaf(own),
        content=Content.from_dict(own["whole"]),
        page_id=own["page_key"],
        ref=own["page_ref"].hex,
        audience=own["audience"],
        version=own["number"],
        published_at=own["since"],
        review_months=own["review_months"],
        check=check(own["check"]),
        trail=tuple(leaf(rows[one]) for one in above if one in rows),
        below=in_order(row for one, row in rows.items() if one.startswith(f"{path}/")),
        beside=in_order(row for one, row in rows.items() if above and one.rpartition("/")[0] == above[-1]),
        changes_at=min((own[one] for one in ("next_start", "next_end") if own[one]), default=None),
    )


def json_when(which: Q, value: Any) -> Case:
    """Return a JSON value for some rows only: the others need not carry it."""
    return Case(When(which, then=value), default=Value(None, JSONField()), output_field=JSONField())


def next_changes(now: datetime.datetime) -> dict[str, Subquery]:
    """Return when the next publication begins and ends, whichever page it is of."""
    kept = Publication.objects.filter(withdrawn_at=None)
    starts = kept.filter(starts_at__gt=now).order_by("starts_at").values("starts_at")
    ends = kept.filter(ends_at__gt=now).order_by("ends_at").values("ends_at")
    return {"next_start": Subquery(starts[:1]), "next_end": Subquery(ends[:1])}


def in_order(rows: Iterable[dict[str, Any]]) -> tuple[Leaf, ...]:
    return tuple(sorted((leaf(row) for row in rows), key=lambda found: (found.position, found.path)))


def in_language(family: Any, language: str) -> dict[str, dict[str, Any]]:
    """Return the rows by address; English stands in where the language asked for has no text."""
    rows: dict[str, dict[str, Any]] = {}
    for row in family:
        if row["path"] not in rows or row["lang"] == language:
            rows[row["path"]] = row
    return rows


def leaf(row: dict[str, Any]) -> Leaf:
    return Leaf(
        path=row["path"],
        title=row["title"],
        menu_title=row["menu_title"] or "",
        description=row["summary"] or "",
        layout=row["layout"],
        position=row["place"],
        language=row["lang"],
        asked=tuple((one["anchor"], one["question"]) for one in row.get("asked") or ()),
    )


def latest_check() -> Subquery:
    found = Approval.objects.filter(version=OuterRef("version")).order_by("-approved_on", "-pk")
    return Subquery(
        found.values(
            told=JSONObject(
                name="name",
                role="role",
                clinic="clinic__name",
                approved_on="approved_on",
                next_review_on="next_review_on",
            )
        )[:1],
        output_field=JSONField(),
    )


def check(told: dict[str, Any] | None) -> Check | None:
    if told is None:
        return None
    return Check(
        name=told["name"],
        role=told["role"],
        clinic=told["clinic"] or "",
        approved_on=datetime.date.fromisoformat(told["approved_on"][:10]),
        next_review_on=datetime.date.fromisoformat(told["next_review_on"][:10]),
    )


def shelf(language: str, keys: list[str]) -> tuple[dict[str, Cited], list[Word]]:
    """Return the cited references by key and the words to know in a language, in one query."""
    text = Value("")
    words = TermText.objects.filter(language=language).values_list(
        Value("word"), "term__key", "word", "other_forms", text, text, text
    )
    cited = Reference.objects.filter(key__in=keys).values_list(
        Value("cited"), "key", "authors", "title", "title_language", "published_in", "url"
    )
    references, known = {}, []
    for kind, key, *rest in words.order_by().union(cited.order_by(), all=True):
        if kind == "cited":
            references[key] = Cited(key, *rest)
        else:
            forms = (rest[0], *(line.strip() for line in rest[1].splitlines() if line.strip()))
            known.append(Word(key, forms))
    return references, known


def tree(language: str, now: datetime.datetime) -> list[Leaf]:
    """Return all live pages in the order of the tree."""
    family = (
        Publication.objects.live(now)
        .filter(translation__language__in={language, "en"})
        .exclude(translation__page__layout=Page.Layout.FOLDER)
        .values(**COLUMNS)
    )
    leaves = {path: leaf(row) for path, row in in_language(family, language).items()}
    return sorted(leaves.values(), key=lambda one: order(one, leaves))


def order(one: Leaf, leaves: dict[str, Leaf]) -> list[tuple[int, str]]:
    """Return the key that puts each page behind the page above it, in the order of its siblings."""
    parts = one.path.split("/")
    steps = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    return [(leaves[step].position if step in leaves else 0, step) for step in steps]
