"""Health for an outside monitor, messages that did not arrive, and the demo's outbox."""

import itertools

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import DatabaseError
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.access import CLINICAL, Role, require_role
from portal.accounts.models import User
from portal.audit import log
from portal.reminders import actions, outbox
from portal.reminders import failed as failures
from portal.reminders import health as engine_health
from portal.reminders.access import get_reminder

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
def failed(request):
    """Show whom messages did not reach, so that somebody calls."""
    clinics = require_role(request.user, *CLINICAL)
    people = failures.people(clinics, timezone.now())
    page = Paginator(people, PAGE).get_page(request.GET.get("page"))
    lines = failures.lines(page.object_list)
    log.record(actor=request.user, action="failed_messages.read", detail={"people": len(lines)})
    return render(request, "reminders/failed.html", {"page": page, "lines": lines})


@require_POST
def handled(request, ref):
    """Take a person off the list of those whom a message did not reach."""
    reminder = get_reminder(request.user, ref, *CLINICAL)
    actions.mark_handled(actor=request.user, reminder=reminder)
    messages.success(
        request, _("Saved: the messages about %(name)s are handled.") % {"name": reminder.patient.full_name}
    )
    number = request.POST.get("page", "")
    query = f"?page={number}" if number.isascii() and number.isdigit() and len(number) <= 6 else ""
    return redirect(reverse("reminders:failed") + query)


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
