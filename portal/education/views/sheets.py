"""Take-away sheets as PDF. The page of the same name says the same, for phones and screen readers."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.context_processors import clinics_at
from portal.education.models import Page
from portal.education.paper import sheets
from portal.education.showing import furniture, keeping, reading
from portal.education.text.rich_html import address
from portal.education.views.pages import missing
from portal.shown import language


@login_not_required
@require_safe
def sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a sheet as one page to print."""
    return keeping.answer(request, f"pdf of {slug}", lambda: make(request, slug))


def make(request: HttpRequest, slug: str) -> keeping.Kept | HttpResponse:
    now, path = timezone.now(), f"learn/print/{slug}"
    found = reading.page_at(path, language(), now)
    if found is None or found.leaf.layout != Page.Layout.SHEET:
        return missing(request, path, now)
    page = address(f"/{path}/", language())
    try:
        data = sheets.sheet_pdf(
            found.content,
            found.language,
            clinics_at(request.get_host()),
            address=settings.PUBLIC_URL + page,
            checked=furniture.checked(found.check, found.language),
        )
    except sheets.SheetTooLong:
        # An editor wrote more than one page holds: the page itself says all of it.
        return redirect(page)
    headers = {"Content-Disposition": f'inline; filename="{slug}.pdf"', "X-Content-Type-Options": "nosniff"}
    return keeping.Kept(data, "application/pdf", headers, changes_at=found.changes_at)
