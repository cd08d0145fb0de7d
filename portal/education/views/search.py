"""Search over pages, questions and words."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.context_processors import clinics_at
from portal.education.finding import search as searching
from portal.education.finding import words
from portal.education.views.pages import frame
from portal.shown import language

PAGE_SIZE = 20
# What someone looks for is nobody else's business: no cache keeps it, no search engine lists it.
HEADERS = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answer what was typed; with nothing typed, say how to search. Works without a cookie."""
    typed = words.plain(request.GET.get("q", ""))
    context = {"typed": typed[: searching.LONGEST], "longest": searching.LONGEST}
    context |= frame(clinics_at(request.get_host()))
    if len(typed) > searching.LONGEST:
        context["is_too_long"] = True
    elif typed:
        context |= answer(request, typed)
    page = render_to_string("education/search.html", context, request)
    return HttpResponse(page, headers=HEADERS)


def answer(request: HttpRequest, typed: str) -> dict[str, Any]:
    """Return what a search found, one page of it, and where to go when it cannot wait."""
    is_exact = "exact" in request.GET
    found = searching.look_up(typed, language(), timezone.now(), exact=is_exact)
    page = Paginator(found.ids, PAGE_SIZE).get_page(request.GET.get("page"))
    kept = {"q": typed} | ({"exact": 1} if is_exact else {})
    return {
        "has_no_word": not found.asked,
        "found": found,
        "page": page,
        "hits": searching.hits(list(page.object_list), found.asked, language()),
        "urgent": words.urgent([*words.split(typed), *(one.word for one in found.asked)]),
        "query": urlencode(kept),
        "exact_query": urlencode({"q": typed, "exact": 1}),
        "prefix": "/es" if language() == "es" else "",
    }
