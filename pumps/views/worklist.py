"""The nurse's day: every pump in care, by band."""

import uuid
from itertools import groupby

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from patients.models import Contact
from portal.accounts.access import CLINICAL, require_role
from portal.audit import log
from pumps import worklist as lists
from pumps.bands import Band
from pumps.work_row import Group, Row


@require_safe
def worklist(request):
    scope = lists.Scope(require_role(request.user, *CLINICAL), timezone.now())
    entries = lists.entries(scope)
    page = Paginator(entries, lists.PAGE_SIZE).get_page(request.GET.get("page"))
    counts = lists.counts(band for _key, band in entries)
    groups = groups_of(scope, page, counts)
    record_reading(request.user, scope, page)
    context = {
        "scope": scope,
        "today": scope.clinics[0].today(scope.now),
        "page": page,
        "counts": counts,
        "groups": [group for group in groups if group.band != Band.LATER],
        "later": next((group for group in groups if group.band == Band.LATER), None),
        "later_count": counts[-1],
        "saved": saved_contact(request, scope),
    }
    return render(request, "pumps/worklist.html", context)


def groups_of(scope, page, counts) -> list[Group]:
    """Return the page's rows under their bands; a band that began on an earlier page says so."""
    bands = dict(page.object_list)
    pumps = lists.rows(scope, list(bands))
    rows = [Row(pump, Band(bands[pump.pk]), scope.now, page.number) for pump in pumps]
    counted = {count.band: count for count in counts}
    return [
        Group(counted[band], list(members), is_continued=counted[band].page < page.number)
        for band, members in groupby(rows, key=lambda row: row.band)
    ]


def record_reading(user, scope, page):
    clinic = scope.clinics[0] if len(scope.clinics) == 1 else None
    detail = {"page": page.number, "pumps": len(page.object_list)}
    if clinic is None:
        detail["clinics"] = [str(each.ref) for each in scope.clinics]
    log.record(actor=user, action="worklist.read", clinic=clinic, detail=detail)


def saved_contact(request, scope) -> Contact | None:
    """Return the contact this person has just logged, for the notice with its undo."""
    try:
        ref = uuid.UUID(request.GET.get("saved", ""))
    except ValueError:
        return None
    contacts = Contact.objects.standing().select_related("patient").filter(by=request.user)
    contact = contacts.filter(ref=ref, patient__clinic__in=scope.clinics).first()
    return contact if contact and contact.can_undo(scope.now) else None
