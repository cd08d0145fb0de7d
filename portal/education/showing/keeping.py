"""Whole answers of public pages, kept for a minute: a second reader costs no query.

An answer is the same for everyone: it says nothing of who asks, and nothing of the words behind the “?”.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.cache import cache, caches
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response

from portal.education.showing import caching


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer with status 200. `changes_at`: the clock shows or hides something then."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    changes_at: datetime | None = None
    is_kept: bool = True
    made_at: datetime = field(default_factory=timezone.now)

    def seconds(self, now: datetime) -> int:
        """Return how long a reader may keep it."""
        if self.changes_at is None:
            return caching.SECONDS
        return max(0, min(caching.SECONDS, math.floor((self.changes_at - now).total_seconds())))

    def holds(self, now: datetime) -> bool:
        """Return whether it may still be sent, whatever the cache's own clock says."""
        is_fresh = now < self.made_at + timedelta(seconds=caching.SECONDS)
        return is_fresh and (self.changes_at is None or now < self.changes_at)


def answer(request: HttpRequest, name: str, make: Callable[[], Kept | HttpResponse]) -> HttpResponse:
    """Return the kept answer of this name in this language, or make it; `make` may refuse with a response."""
    now = timezone.now()
    key = key_of(request, name)
    kept = held(key)
    if kept is None or not kept.holds(now):
        kept = make()
        if isinstance(kept, HttpResponse):
            kept.headers["Cache-Control"] = "no-cache"
            return kept
        if kept.is_kept and kept.seconds(now):
            hold(key, kept, kept.seconds(now))
    return respond(request, kept, now)


def held(key: str) -> Kept | None:
    try:
        return cache.get(key)
    except OSError as error:
        caching.unwritable(error)
        return None


def hold(key: str, kept: Kept, seconds: int) -> None:
    try:
        cache.set(key, kept, seconds)
    except OSError as error:
        caching.unwritable(error)


def key_of(request: HttpRequest, name: str) -> str:
    """Return where an answer is kept; an address may hold characters and lengths that no key may."""
    which = f"{request.get_host().lower()} {request.LANGUAGE_CODE} {name}"
    return f"education:{caching.generation()}:{hashlib.sha256(which.encode()).hexdigest()}"


def respond(request: HttpRequest, kept: Kept, now: datetime) -> HttpResponse:
    response = HttpResponse(kept.body, content_type=kept.content_type, headers=kept.headers)
    response.headers["Cache-Control"] = f"public, max-age={kept.seconds(now)}" if kept.is_kept else "no-cache"
    etag = f'"{hashlib.sha256(kept.body).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


def rendered(render: Callable[[], str], *shown: object) -> str:
    """Return the HTML of what is shown, rendered once in each process as long as none of it changes.

    `shown` is all that the HTML depends on, of values whose repr tells them apart.
    """
    key = hashlib.sha256(repr(shown).encode()).hexdigest()
    html = caches["rendered"].get(key)
    if html is None:
        html = render()
        caches["rendered"].set(key, html)
    return html
