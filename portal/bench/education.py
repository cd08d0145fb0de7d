"""A published page beside a bare answer through the same middleware; a search beside its own query."""

import datetime
import itertools
import random

from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils import timezone

from portal.bench import clock
from portal.bench.measure import Series
from portal.education.content import Content, Question
from portal.education.finding import index, search, words
from portal.education.models import Page, Publication, Translation, Version
from portal.education.showing import caching
from portal.education.views.search import PAGE_SIZE

PAGES = 5000
REPEATS = 20
BATCH = 1000
PAGE = "/learn/benefits-risks/"
HUB = "/learn/"
BARE = "learn/bare/"
SINCE = clock.START - datetime.timedelta(days=1)
# The first word of each is in every page, the second one in each twentieth.
ASKED = {"en": "refill needle", "es": "recarga aguja"}
MISTYPED = "nedele"
LANGUAGES = {"en": ("English", "/learn/search/"), "es": ("Spanish", "/es/learn/search/")}
COMMON = {
    "en": "pump refill clinic medicine nurse doctor pain dose date call alarm battery".split(),
    "es": "bomba recarga clínica medicamento enfermera doctor dolor dosis fecha llame alarma batería".split(),
}
RARE = {"en": "needle", "es": "aguja"}
SYLLABLES = "ba ce di fo gu la me ni po ru sa te vi lo mu".split()
# About as many words as a site of this size uses.
OTHERS = ["".join(parts) for parts in itertools.product(SYLLABLES, repeat=3)]
EVERY = 20


class NotTheAnswerAsked(Exception):
    """A page did not answer with what is measured."""


def addresses() -> override_settings:
    """Let the bare answer have an address beside the portal's."""
    return override_settings(ROOT_URLCONF="portal.bench.bare_urls")


@transaction.atomic
def seed(count: int) -> None:
    """Publish so many pages in both languages, always the same, in a folder of their own; make them findable."""
    top = Page.objects.create(slug="bench", layout=Page.Layout.FOLDER)
    pages = Page.objects.bulk_create(
        [Page(parent=top, slug=f"bench-{i}", path=f"{top.path}/bench-{i}") for i in range(count)],
        batch_size=BATCH,
    )
    for language in LANGUAGES:
        publish(pages, language)
    index.rebuild()


def publish(pages: list[Page], language: str) -> None:
    rng = random.Random(f"pages {language}")  # noqa: S311  (repeatable; nothing secret)
    contents = [content(rng, i, language) for i in range(len(pages))]
    texts = Translation.objects.bulk_create(
        [
            Translation(page=page, language=language, title=said.title)
            for page, said in zip(pages, contents, strict=True)
        ],
        batch_size=BATCH,
    )
    versions = Version.objects.bulk_create(
        [
            Version(translation=text, number=1, content=said.to_dict(), saved_at=SINCE)
            for text, said in zip(texts, contents, strict=True)
        ],
        batch_size=BATCH,
    )
    Publication.objects.bulk_create(
        [Publication(translation=each.translation, version=each, starts_at=SINCE) for each in versions],
        batch_size=BATCH,
    )


def content(rng: random.Random, number: int, language: str) -> Content:
    """Return one page of some 200 words with a question."""
    rare = RARE[language] if number % EVERY == 0 else ""
    body = "".join(f"<h2>{text(rng, language, 5)}</h2><p>{text(rng, language, 40)}</p>" for _ in range(4))
    asked = Question(
        "bench", text(rng, language, 8), f"<p>{COMMON[language][1]} {rare} {text(rng, language, 30)}</p>"
    )
    return Content(
        title=text(rng, language, 5)[:120],
        lead=text(rng, language, 15)[:300],
        body=f"{body}<p>{COMMON[language][1]} {rare}</p>",
        questions=(asked,),
    )


def text(rng: random.Random, language: str, count: int) -> str:
    """Return words of which a third are those that every page uses."""
    return " ".join(
        rng.choice(COMMON[language]) if rng.random() < 1 / 3 else rng.choice(OTHERS) for _ in range(count)
    )


def page_series() -> list[Series]:
    """Return a list of pages and a page made anew, the page as it is kept, and the bare answer."""
    client = Client()
    page = answer(client, PAGE, b"<h1")
    return [
        Series("list of pages, made anew", answer(client, HUB, b"<h1"), "one page", before=caching.forget),
        Series("published page, made anew", page, "one page", before=caching.forget),
        # What was just made.
        Series("published page, kept", page, "one page"),
        Series("bare answer, same middleware", answer(client, f"/{BARE}", b"Hello."), "one answer"),
    ]


def rendered_anew() -> Series:
    return Series("published page, rendered anew", answer(Client(), PAGE, b"<h1"), before=forget_html)


def forget_html() -> None:
    """Forget what this process has rendered as well: as after a change to the page."""
    caches["rendered"].clear()
    caching.forget()


def search_series(count: int) -> list[tuple[Series, Series]]:
    """Return a search of each language with its query."""
    return [
        (
            Series(f"search page, {count:,} pages, {name}", searching(url, ASKED[language]), "one search"),
            Series(f"its query alone, {name}", raw_query(language), "one query"),
        )
        for language, (name, url) in LANGUAGES.items()
    ]


def mistyped() -> Series:
    return Series("search page, a mistyped word", searching("/learn/search/", MISTYPED), "one search")


def searching(url: str, asked: str):
    return answer(Client(), f"{url}?q={asked.replace(' ', '+')}", b"<mark>", PAGE_SIZE)


def answer(client: Client, url: str, token: bytes, least: int = 1):
    def work() -> None:
        response = client.get(url)
        if response.status_code != 200 or response.content.count(token) < least:
            raise NotTheAnswerAsked(f"{url}: status {response.status_code}, {len(response.content)} bytes")

    return work


def raw_query(language: str):
    """Return the search's own SQL as a plain execute and fetch."""
    sql, params = search.statement(words.asked(ASKED[language], language), language, timezone.now())

    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            if not cursor.fetchall():
                raise NotTheAnswerAsked("the raw query found nothing")

    return work
