"""What readers see at a moment: the live page with its trail and the pages below it, and the library it needs."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, JSONField, OuterRef, Q, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform
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
    whole = Case(
        When(translation__page__path=path, then=F("version__content")),
        default=Value(None, JSONField()),
        output_field=JSONField(),
    )
    family = (
        Publication.objects.live(now)
        .filter(translation__language__in={language, "en"})
        .filter(Q(translation__page__path__in=[path, *above]) | Q(translation__page__parent__path=path))
        .values(**COLUMNS, **OF_THE_PAGE, whole=whole, check=latest_check(), since=F("starts_at"))
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
        below=tuple(
            sorted(
                (leaf(row) for one, row in rows.items() if one.startswith(f"{path}/")),
                key=lambda found: (found.position, found.path),
            )
        ),
    )


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
