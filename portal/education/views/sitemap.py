"""The list of pages for search engines."""

import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.education.models import Page, Publication
from portal.education.showing import keeping
from portal.education.text.rich_html import address

LANGUAGES = ("en", "es")


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List every live page in both languages, each with its twin and the day it changed."""
    return keeping.answer(request, "sitemap.xml", make)


def make() -> keeping.Kept:
    now = timezone.now()
    pages, changes_at = live_pages(now)
    context = {"entries": [home(), *(entry(path, since) for path, since in sorted(pages.items()))]}
    xml = render_to_string("education/sitemap.xml", context)
    return keeping.Kept(xml.encode(), "application/xml; charset=utf-8", changes_at=changes_at)


def live_pages(
    now: datetime.datetime,
) -> tuple[dict[str, dict[str, datetime.datetime]], datetime.datetime | None]:
    """Return the languages of each live page with when their text came, and when the clock changes something."""
    rows = (
        Publication.objects.open(now)
        .exclude(translation__page__layout=Page.Layout.FOLDER)
        .order_by()
        .values_list("starts_at", "ends_at", "translation__page__path", "translation__language")
    )
    pages: dict[str, dict[str, datetime.datetime]] = {}
    coming: list[datetime.datetime] = []
    for starts_at, ends_at, path, language in rows:
        coming += [moment for moment in (starts_at, ends_at) if moment and moment > now]
        if starts_at <= now:
            pages.setdefault(path, {})[language] = starts_at
    return pages, min(coming, default=None)


def home() -> dict[str, Any]:
    twins = [
        {"language": "en", "url": f"{settings.PUBLIC_URL}/"},
        {"language": "es", "url": f"{settings.PUBLIC_URL}/es/"},
    ]
    return {"twins": twins, "default_url": twins[0]["url"], "pages": [{"url": twin["url"]} for twin in twins]}


def entry(path: str, since: dict[str, datetime.datetime]) -> dict[str, Any]:
    """Return one page: its address in each language in which it is live."""
    twins = [{"language": one, "url": full(f"/{path}/", one)} for one in LANGUAGES if one in since]
    return {
        "twins": twins,
        "default_url": twins[0]["url"],
        "pages": [{"url": one["url"], "changed_at": stamp(since[one["language"]])} for one in twins],
    }


def stamp(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat(timespec="seconds")


def full(path: str, language: str) -> str:
    return settings.PUBLIC_URL + address(path, language)
