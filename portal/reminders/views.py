"""Health for an outside monitor, and the demo's outbox."""

import itertools

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import DatabaseError
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.accounts.access import Role, require_role
from portal.accounts.models import User
from portal.reminders import health as engine_health
from portal.reminders import outbox

PAGE = 25
MOST = 1000


@login_not_required
@require_safe
@never_cache
def health(request):
    """Answer 200 while the database answers and reminders go out, else 503."""
    try:
        is_well, body = engine_health.report()
    except DatabaseError:
        is_well, body = False, {"database": "no answer"}
    else:
        body = {"database": "ok", **body}
    return JsonResponse(body, status=200 if is_well else 503)


@require_safe
def demo_outbox(request):
    """Show what the demo's clinics sent, to their clinic admins."""
    clinics = require_role(request.user, Role.CLINIC_ADMIN)
    if not settings.DEMO:
        raise Http404
    found = list(itertools.islice((row for row in outbox.messages() if is_of(row, clinics)), MOST))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "reminders/outbox.html", {"page": page, "clinic": clinics[0]})


def is_of(row, clinics) -> bool:
    """Return whether a message belongs to one of the clinics; mail of the sign-in pages by its recipient."""
    if row.get("clinic"):
        return row["clinic"] in {str(clinic.ref) for clinic in clinics}
    return User.objects.filter(email__in=row.get("to", []), memberships__clinic__in=clinics).exists()
