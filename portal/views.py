"""Public pages, home by role, the person's own account and error pages."""

import logging

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError
from django.http import Http404, HttpResponse, HttpResponseBadRequest, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template import loader
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts import actions
from portal.accounts.forms import LanguageForm
from portal.accounts.models import CLINICAL
from portal.context_processors import clinics_at

logger = logging.getLogger(__name__)


def public_clinics(request):
    """Return the clinics whose numbers a public page shows; none while the database is down."""
    try:
        return clinics_at(request.get_host())
    except DatabaseError:
        return []


@login_not_required
@require_safe
def home(request):
    return render(request, "portal/home.html", {"clinics": public_clinics(request)})


@require_safe
def landing(request):
    """Send each person to the page they work on."""
    user = request.user
    if user.has_role(*CLINICAL):
        return redirect("pumps:worklist")
    if hasattr(user, "patient"):
        return redirect("pumps:my")
    if user.is_staff:
        return redirect("admin:index")
    return redirect("account")


@require_http_methods(["GET", "POST"])
def account(request):
    """Show who is signed in and with which roles; the language can be changed here."""
    user = request.user
    form = LanguageForm(request.POST or None, initial={"language": user.language})
    if form.is_valid():
        actions.set_language(actor=user, language=form.cleaned_data["language"])
        with translation.override(form.cleaned_data["language"]):  # As the next page is.
            messages.success(request, _("Saved."))
        return redirect("account")
    base = "base_clinic.html" if user.current_memberships else "base_patient.html"
    status = 422 if form.is_bound else 200
    return render(request, "portal/account.html", {"form": form, "base": base}, status=status)


@login_not_required
def closed(request):
    """Answer for allauth's pages that this portal does not have."""
    raise Http404


@login_not_required
@require_safe
def admin_sign_in(request):
    """There is one way to sign in, for the admin pages too."""
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


# The longest rule that fits holds; the plainest readers take the first that fits.
OPEN_TO_ROBOTS = ("/$", "/es/$", "/learn/", "/es/learn/", "/help/", "/es/help/", "/static/", "/sitemap.xml")


@login_not_required
@require_safe
def robots(request):
    """Open the public pages to search engines and nothing else; a demo not at all."""
    lines = ["User-agent: *"]
    if not settings.DEMO:
        lines += [f"Allow: {path}" for path in OPEN_TO_ROBOTS]
    lines.append("Disallow: /")
    if not settings.DEMO:
        lines.append(f"\nSitemap: {settings.PUBLIC_URL}{reverse('sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@login_not_required
@require_safe
def favicon(request):
    return redirect(static("portal/favicon.svg"))


@login_not_required
@requires_csrf_token
def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)


@requires_csrf_token
def forbidden(request, exception=None):
    return render(request, "403.html", status=403)


@requires_csrf_token
def not_found(request, exception=None):
    return render(request, "404.html", status=404)


def bad_request(request, exception=None):
    return HttpResponseBadRequest(plain_page(request, "400.html"))


def server_error(request):
    return HttpResponseServerError(plain_page(request, "500.html"))


def plain_page(request, name: str) -> str:
    """Return a page that asks neither the database nor the request's host for anything."""
    context = {"reference": getattr(request, "request_id", "")}
    try:
        return loader.get_template(name).render(context)
    except Exception:  # The fault may be in what the page itself needs, such as the list of URLs.
        logger.exception("The error page could not be shown")
        return "Something went wrong. If a pump beeps or someone is very unwell, call 911."
