"""Book, move and cancel a visit, and say that nobody came."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.access import CLINICAL
from portal.dates import clock
from portal.refusal import Refused
from portal.shown import language
from pumps import actions, wording
from pumps.access import get_pump, get_visit
from pumps.booking import Booking
from pumps.forms.visits import BookForm, CancelForm
from pumps.models import Visit
from pumps.views.closed import closed_page

INVALID = 422


@require_http_methods(["GET", "POST"])
def book(request, ref):
    pump = get_pump(request.user, ref, *CLINICAL)
    if closed := closed_page(request, pump):
        return closed
    visit = pump.visits.booked().first()
    if visit and not visit.counts_as_missed(timezone.now()) and request.method == "GET":
        messages.info(request, _("A visit is already booked for this pump. Choose a new time to move it."))
        return redirect("pumps:move", visit.ref)
    booking = Booking(pump, request.user, request.GET)

    def act(place):
        return actions.book_visit(actor=request.user, pump=pump, **place._asdict())

    return choose_place(request, booking, act, _("Visit booked: %(visit)s."))


@require_http_methods(["GET", "POST"])
def move(request, ref):
    visit = get_visit(request.user, ref, *CLINICAL)
    if over := not_booked(request, visit):
        return over
    booking = Booking(visit.pump, request.user, request.GET, moving=visit)

    def act(place):
        return actions.move_visit(actor=request.user, visit=visit, **place._asdict())

    return choose_place(request, booking, act, _("Visit moved: %(visit)s."))


def choose_place(request, booking: Booking, act, said: str):
    form = BookForm(request.POST or None, hours=booking.hours, nurses=booking.nurses, rooms=booking.rooms)
    if form.is_valid():
        try:
            visit = act(form.cleaned_data["place"])
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, said % {"visit": visit_words(visit)})
            if booking.is_late(visit):
                messages.warning(request, _("After the refill-by date: it still counts as not booked."))
            return redirect(booking.pump)
    context = {"form": form, "booking": booking, "pump": booking.pump, "patient": booking.pump.patient}
    context |= {"today": booking.today, "visit": booking.moving, "zone": booking.clinic.zone}
    context["wishes"] = urlencode(
        {name: request.GET[name] for name in ("nurse", "room") if request.GET.get(name)}
    )
    return render(request, "pumps/book.html", context, status=INVALID if form.errors else 200)


@require_http_methods(["GET", "POST"])
def cancel(request, ref):
    visit = get_visit(request.user, ref, *CLINICAL)
    if over := not_booked(request, visit):
        return over
    form = CancelForm(request.POST or None)
    if form.is_valid():
        try:
            actions.cancel_visit(actor=request.user, visit=visit, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("Visit cancelled: %(visit)s.") % {"visit": visit_words(visit)})
            return redirect(visit.pump)
    return visit_page(request, "pumps/cancel.html", visit, form=form)


@require_http_methods(["GET", "POST"])
def missed(request, ref):
    visit = get_visit(request.user, ref, *CLINICAL)
    if over := not_booked(request, visit):
        return over
    if request.method == "POST":
        try:
            actions.mark_missed(actor=request.user, visit=visit)
        except Refused as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("Visit marked as missed: %(visit)s.") % {"visit": visit_words(visit)})
        return redirect(visit.pump)
    return visit_page(request, "pumps/missed.html", visit, has_started=timezone.now() >= visit.starts_at)


def not_booked(request, visit: Visit):
    """Lead back to the pump when a visit is already moved, done, cancelled or missed."""
    if visit.state == Visit.State.BOOKED:
        return None
    told = {"visit": visit_words(visit), "state": visit.get_state_display()}
    messages.error(request, _("The visit %(visit)s is no longer booked: it is %(state)s.") % told)
    return redirect(visit.pump)


def visit_page(request, template, visit: Visit, *, form=None, **more):
    context = {"visit": visit, "pump": visit.pump, "patient": visit.patient, "form": form}
    context |= {"zone": visit.clinic.zone, "today": visit.clinic.today(), **more}
    return render(request, template, context, status=INVALID if form and form.errors else 200)


def visit_words(visit: Visit) -> str:
    """15-Dec-2026 (Tue), 9:30 a.m., Nora Lind, RN, Room 2."""
    start = visit.starts_at.astimezone(visit.clinic.zone)
    parts = (wording.day(start.date()), clock(start, language()), str(visit.nurse), visit.room.name)
    return ", ".join(parts)
