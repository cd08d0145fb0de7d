"""Record a fill and amend one: form, check page, then the record."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.access import CLINICAL
from portal.refusal import Refused
from pumps import actions, fill_words, wording
from pumps.access import get_cycle, get_pump
from pumps.actions import FillRecord
from pumps.forms.fills import AmendForm, FillForm, amounts_in
from pumps.models import Cycle, Pump
from pumps.pump_page import reading_of, with_program
from pumps.reading import Reading
from pumps.views.closed import closed_page

INVALID = 422


@require_http_methods(["GET", "POST"])
def fill(request, ref):
    pump = get_pump(request.user, ref, *CLINICAL)
    if closed := closed_page(request, pump):
        return closed
    today, last = pump.clinic.today(), newest_fill(pump)
    expected = reading_of(pump, last, today).now.most_ml if last and can_draw(last) else None
    form = FillForm(typed(request, last), pump=pump, last=last, today=today, expected=expected)

    def act():
        return actions.record_fill(actor=request.user, pump=pump, record=FillRecord(**form.values()))

    def saved(cycle):
        messages.success(request, said_after_fill(pump, cycle))
        return redirect(pump)

    return two_steps(request, form, Page(pump, act, saved, _("Record a fill")))


@require_http_methods(["GET", "POST"])
def amend(request, ref):
    cycle = get_cycle(request.user, ref, *CLINICAL)
    pump = cycle.pump
    if cycle.superseded_at and request.method == "GET":
        messages.error(request, _("This fill was already amended. Open the newest record of it."))
        return redirect(pump)
    before = pump.cycles.standing().filter(filled_on__lte=cycle.filled_on, pk__lt=cycle.pk).first()
    whole = with_program(pump.cycles.filter(pk=cycle.pk)).get()
    form = AmendForm(typed(request, whole), pump=pump, last=whole, before=before, today=pump.clinic.today())

    def act():
        record = FillRecord(**form.values())
        reason = form.cleaned_data["reason"]
        return actions.amend_fill(actor=request.user, cycle=cycle, record=record, reason=reason)

    def saved(amendment):
        messages.success(request, said_after_amendment(amendment.moved))
        return redirect(pump)

    return two_steps(
        request,
        form,
        Page(pump, act, saved, _("Amend the fill of %(day)s") % {"day": wording.day(cycle.filled_on)}),
    )


# Form, check page, record.


@dataclass(frozen=True, slots=True)
class Page:
    """What the two steps of a record differ in."""

    pump: Pump
    act: Callable[[], Any]
    saved: Callable[[Any], Any]
    title: str


def two_steps(request: HttpRequest, form: FillForm, page: Page):
    """Show the form until it is sound, then the check page, and save only what was checked."""
    step = request.POST.get("step", "check")
    if request.method == "GET" or step in ("back", "unit"):
        return form_page(request, form.typed_only() if form.is_bound else form, page)
    if not form.is_valid():
        return form_page(request, form, page)
    try:
        if step == "save":
            return page.saved(page.act())
        rehearsal = rehearse(page.act)
    except Refused as refusal:
        form.add_refusal(refusal)
        return form_page(request, form, page)
    return check_page(request, form, page, rehearsal)


def form_page(request, form, page: Page):
    context = {"form": form, "pump": page.pump, "patient": page.pump.patient, "title": page.title}
    context |= {"today": form.today, "switched": request.POST.get("step") == "unit"}
    context["other_lines"] = other_lines(form.last)
    return render(request, "pumps/fill.html", context, status=INVALID if form.errors else 200)


def check_page(request, form, page: Page, rehearsal: "Rehearsal"):
    reading = rehearsal.reading
    context = {"form": form, "pump": page.pump, "patient": page.pump.patient, "title": page.title}
    context |= {"today": form.today, "reading": reading, "moved": rehearsal.moved}
    context["lines"] = fill_words.read_back(form.values(), form.last_values, is_same_fill=form.is_amendment)
    context["reason"] = form.cleaned_data.get("reason", "")
    context["arithmetic"] = fill_words.arithmetic(reading.fill.infusion, form.cleaned_data["unit"])
    context["other_lines"] = other_lines(form.last)
    return render(request, "pumps/fill_check.html", context)


def typed(request, last: Cycle | None):
    """Return what was posted; a change of unit reads the last amounts again in the other one."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    if data.get("step") == "unit":
        data["unit"] = "mg" if data.get("unit") == "mcg" else "mcg"
        values = fill_words.values_of(last) if last else {}
        fresh = amounts_in(values, data["unit"]) if "drug" in values else {}
        for name in ("concentration", "daily_dose", "bolus_dose"):
            data[name] = fresh.get(name, "")
    return data


# What a record would make.


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The dates a record would have, with their reasons, and those that would move."""

    reading: Reading
    moved: list[tuple[str, Any, Any]]


class _TakeBack(Exception):
    """Ends a rehearsal."""


def rehearse(act: Callable[[], Any]) -> Rehearsal:
    """Do what Save would do, read the dates, and take it all back: check page and record cannot differ."""
    found = []
    try:
        with transaction.atomic():
            found.append(_rehearsed(act()))
            raise _TakeBack
    except _TakeBack:
        return found[0]


def _rehearsed(done: Any) -> Rehearsal:
    cycle = with_program(Cycle.objects.filter(pk=getattr(done, "cycle", done).pk)).get()
    reading = reading_of(cycle.pump, cycle, cycle.pump.clinic.today())
    # Both are kept by the reading: their rows are about to go.
    assert reading.date_lines is not None and reading.fill is not None  # noqa: S101
    return Rehearsal(reading, moved_words(getattr(done, "moved", {})))


# Words and small readings.


def newest_fill(pump: Pump) -> Cycle | None:
    return with_program(pump.cycles.standing()).first()


def can_draw(cycle: Cycle) -> bool:
    return cycle.refill_by is not None


def other_lines(cycle: Cycle | None) -> list:
    """Return the drugs of a mixture that the form does not ask about."""
    return list(cycle.program.lines.all())[1:] if cycle else []


def moved_words(moved: dict) -> list[tuple[str, Any, Any]]:
    return [(str(wording.NAMES[name]), old, new) for name, (old, new) in moved.items()]


def said_after_fill(pump: Pump, cycle: Cycle) -> str:
    """Return the confirmation: the new refill-by date and why."""
    if not cycle.refill_by:
        return _("Fill recorded. The pump is stopped, so there is no refill-by date.")
    reading = Reading(cycle, pump.clinic.today(), pump.clinic.closure_days())
    told = {"day": wording.day(cycle.refill_by), "why": reading.why_refill_by}
    return _("Fill recorded. Refill by %(day)s. %(why)s") % told


def said_after_amendment(moved: dict) -> str:
    if not moved:
        return _("Fill amended. No date moved.")
    parts = [
        _("%(name)s: %(old)s → %(new)s") % {"name": name, "old": _day(old), "new": _day(new)}
        for name, old, new in moved_words(moved)
    ]
    return _("Fill amended. What moved: %(moved)s.") % {"moved": "; ".join(parts)}


def _day(value) -> str:
    return wording.day(value) if value else _("none")
