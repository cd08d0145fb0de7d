"""Whether a page was useful: two buttons on each page, without a cookie, then room for a sentence."""

from urllib.parse import urlencode, urlsplit

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from portal.education import voices
from portal.education.forms import MoreForm
from portal.education.models import Page

OF_THIS_SITE = ("same-origin", "none", None)


def refuse_other_sites(request):
    """Refuse a form that another site's page sends: there is no cookie whose token could tell."""
    origin = request.headers.get("Origin")
    is_other = origin is not None and urlsplit(origin).netloc != request.get_host()
    if is_other or request.headers.get("Sec-Fetch-Site") not in OF_THIS_SITE:
        raise PermissionDenied


@login_not_required
@csrf_exempt
@never_cache
@require_POST
def feedback(request):
    """Take a yes or no. Nobody is signed in here and nothing is changed for anyone: no token is needed."""
    refuse_other_sites(request)
    page = page_of(request.POST.get("page", ""))
    answer = request.POST.get("useful")
    if answer not in ("yes", "no"):
        raise Http404
    if not ratelimit.consume(request, action="feedback"):
        where = page.address_in(get_language())
        return render(request, "education/feedback_later.html", {"where": where}, status=429)
    kept = voices.send_feedback(page=page, language=get_language(), was_useful=answer == "yes")
    return redirect(f"{reverse('education:feedback_more')}?{urlencode({'t': voices.ticket(kept)})}")


def page_of(ref):
    try:
        return Page.objects.get(ref=ref)
    except (Page.DoesNotExist, ValidationError):
        raise Http404 from None


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def more(request):
    """Thank the reader and let them add a sentence."""
    refuse_other_sites(request)
    kept = voices.feedback_of(request.GET.get("t", ""))
    form = MoreForm(request.POST if request.method == "POST" and kept else None)
    form.helper.disable_csrf = True
    if form.is_valid():
        voices.add_comment(feedback=kept, comment=form.cleaned_data["comment"])
        return redirect("education:feedback_more")
    where = kept.page.address_in(get_language()) if kept else None
    status = 422 if form.is_bound else 200
    context = {"form": form, "open": kept is not None, "where": where}
    return render(request, "education/feedback_more.html", context, status=status)
