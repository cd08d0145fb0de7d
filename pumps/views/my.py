"""The patient's own page: their record, and an answer to their visit."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from patients.access import get_own_patient
from portal.audit import log
from portal.refusal import Refused
from pumps import actions
from pumps.access import get_visit
from pumps.forms.my import ChangeForm
from pumps.my_page import MyPage

INVALID = 422


@require_safe
def my(request):
    patient = get_own_patient(request.user)
    page = MyPage(patient, request.GET.get("page"))
    log.record(actor=request.user, action="record.read", subject=patient)
    return render(request, "pumps/my.html", {"patient": patient, "page": page, "clinic": patient.clinic})


@require_POST
def confirm(request, ref):
    visit = get_visit(request.user, ref)
    try:
        actions.confirm_visit(actor=request.user, visit=visit)
    except Refused as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(
            request, _("Thank you. You confirmed your visit. There is nothing else to do before it.")
        )
    return redirect("pumps:my")


@require_http_methods(["GET", "POST"])
def change(request, ref):
    visit = get_visit(request.user, ref)
    form = ChangeForm(request.POST or None, initial={"note": visit.change_note})
    if form.is_valid():
        try:
            actions.ask_change(actor=request.user, visit=visit, note=form.cleaned_data["note"])
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(
                request, _("We told the clinic. They will call you. Your visit stays booked until then.")
            )
            return redirect("pumps:my")
    context = {"form": form, "visit": visit, "clinic": visit.clinic}
    return render(request, "pumps/my_change.html", context, status=INVALID if form.errors else 200)
