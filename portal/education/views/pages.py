"""Public pages of the tree: the same for everyone, without session, cookie or script."""

import datetime
import logging
import re
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.accounts.models import Clinic
from portal.context_processors import clinics_at
from portal.education.models import Page, Publication
from portal.education.showing import furniture, help_files, hub, keeping, library, reading, rendering
from portal.shown import language

logger = logging.getLogger(__name__)
PATH = re.compile(r"[\w-]+(?:/[\w-]+)*", re.ASCII)
CLINIC_FIELDS = [field.attname for field in Clinic._meta.concrete_fields]
# On these a link to the glossary would lead away from what must be done, or to where the reader is.
WITHOUT_WORDS = {Page.Layout.ALARM, Page.Layout.EMERGENCY, Page.Layout.CONTACT, Page.Layout.SHEET}


@login_not_required
@require_safe
def page(request: HttpRequest, path: str) -> HttpResponse:
    """Show the page that is live at this address."""
    return keeping.answer(request, path, lambda: make(request, path))


@login_not_required
@require_safe
def learn(request: HttpRequest, path: str) -> HttpResponse:
    return page(request, f"learn/{path}")


def make(request: HttpRequest, path: str) -> keeping.Kept | HttpResponse:
    now = timezone.now()
    try:
        return from_database(request, path, now)
    except DatabaseError:
        found = help_files.reading(path, language()) if path in help_files.LAYOUTS else None
        if found is None:
            raise
        logger.warning("The database does not answer: %s is shown as it ships", path)
        return kept(request, found, [], {}, library.NOTHING, now, is_kept=False)


def from_database(request: HttpRequest, path: str, now: datetime.datetime) -> keeping.Kept | HttpResponse:
    found: reading.Found | reading.Reading | None = None
    if PATH.fullmatch(path):
        found = reading.found_at(path, language(), now)
    if found is None and path in help_files.LAYOUTS:
        found = help_files.reading(path, language())
    if found is None or found.layout == Page.Layout.FOLDER:
        return missing(request, path, now)
    clinics = clinics_at(request.get_host())
    more, shelf = library.of(found, language(), now)
    return kept(request, found, clinics, more, shelf, now)


def kept(
    request: HttpRequest,
    found: reading.Found | reading.Reading,
    clinics: list[Any],
    more: dict[str, Any],
    shelf: reading.Shelf,
    now: datetime.datetime,
    *,
    is_kept: bool = True,
) -> keeping.Kept:
    """Return the page as it is sent."""

    def render() -> str:
        read = found if isinstance(found, reading.Reading) else found.reading()
        return html(request, read, clinics, more, shelf, now)

    # What a layout adds may change with the clock, or be meant for one editor: only the rest is shared.
    if more:
        text = render()
    else:
        place = request.path_info, language(), today(clinics, now)
        told = found if isinstance(found, reading.Reading) else found.told
        numbers = [[getattr(clinic, name) for name in CLINIC_FIELDS] for clinic in clinics]
        text = keeping.rendered(render, told, shelf.rows, place, numbers)
    return keeping.Kept(text.encode(), changes_at=found.changes_at, is_kept=is_kept)


def html(
    request: HttpRequest,
    found: reading.Reading,
    clinics: list[Any],
    more: dict[str, Any],
    shelf: reading.Shelf,
    now: datetime.datetime,
) -> str:
    layout = found.leaf.layout
    if layout == Page.Layout.ALARM:
        # Its cards answer its three choices; they stand nowhere else.
        more = {**more, "cards": help_files.cards(found)}
        found = replace(found, content=replace(found.content, care_cards=()))
    context = {
        **furniture.around(found, language(), today(clinics, now)),
        **more,
        **frame(clinics),
        "shown": rendering.show(
            found.content, *shelf.sorted(), language(), link_words=layout not in WITHOUT_WORDS
        ),
        "groups": grouped(found),
        "pdf_url": pdf_url(found),
        "has_call": any(card.level == "urgent" for card in found.content.care_cards),
    }
    return render_to_string(f"education/{layout}.html", context, request)


def pdf_url(found: reading.Reading) -> str:
    folder, _slash, slug = found.leaf.path.rpartition("/")
    is_sheet = found.leaf.layout == Page.Layout.SHEET and folder == "learn/print"
    return reverse("education:sheet_pdf", args=[slug]) if is_sheet else ""


def frame(clinics: list[Any]) -> dict[str, Any]:
    """Return whose numbers the page and its help strip show."""
    return {"clinics": clinics, "frame_clinic": clinics[0] if len(clinics) == 1 else None}


def today(clinics: list[Any], now: datetime.datetime) -> datetime.date:
    return clinics[0].today(now) if len(clinics) == 1 else now.date()


def grouped(found: reading.Reading) -> list[dict[str, Any]]:
    """Return what stands below a hub, in groups where it is the first page of all."""
    if found.leaf.layout != Page.Layout.HUB:
        return []
    if found.leaf.path == "learn":
        parts = hub.groups(found.below)
    else:
        parts = [hub.Group("pages", "", found.below)]
    return [
        {
            "anchor": part.anchor,
            "heading": part.heading,
            "links": [furniture.link(leaf, language()) for leaf in part.leaves],
        }
        for part in parts
    ]


def missing(request: HttpRequest, path: str, now: datetime.datetime) -> HttpResponse:
    """Say that a page was taken back, or that there is none, and where to go from here."""
    is_gone = bool(PATH.fullmatch(path)) and was_there(path, now)
    context = {"is_gone": is_gone, **frame(clinics_at(request.get_host()))}
    return render(request, "education/missing.html", context, status=410 if is_gone else 404)


def was_there(path: str, now: datetime.datetime) -> bool:
    """Return whether a page was once before readers' eyes and no longer is."""
    shown = Publication.objects.filter(translation__page__path=path)
    return shown.filter(starts_at__lte=now).exists() and not shown.live(now).exists()
