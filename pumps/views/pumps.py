"""One pump: its page, and adding, editing and explanting it."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from patients.access import get_patient
from portal.accounts.access import CLINICAL
from portal.audit import log
from portal.refusal import Refused
from pumps import actions
from pumps.access import get_pump
from pumps.actions.catheters import record_catheter
from pumps.forms.pumps import ExplantForm, PumpForm
from pumps.models import Pump
from pumps.pump_page import PumpPage

INVALID = 422


@require_safe
def pump(request, ref):
    found = get_pump(request.user, ref, *CLINICAL)
    page = PumpPage(found, request.GET.get("page"))
    log.record(actor=request.user, action="pump.read", subject=found)
    context = {"pump": found, "patient": found.patient, "page": page, "today": page.today}
    return render(request, "pumps/pump.html", context)


@require_http_methods(["GET", "POST"])
def add(request, ref):
    patient = get_patient(request.user, ref, *CLINICAL)
    form = PumpForm(request.POST or None, instance=Pump(patient=patient, clinic=patient.clinic))
    if form.is_valid() and (saved := _save(request, form)):
        messages.success(request, _("Pump %(serial)s added.") % {"serial": saved.serial})
        return redirect(saved)
    return _form_page(request, "pumps/pump_form.html", form, patient, title=_("Add a pump"))


@require_http_methods(["GET", "POST"])
def edit(request, ref):
    found = get_pump(request.user, ref, *CLINICAL)
    form = PumpForm(request.POST or None, instance=found)
    if form.is_valid() and _save(request, form):
        messages.success(request, _("Pump details saved."))
        return redirect(found)
    return _form_page(
        request, "pumps/pump_form.html", form, found.patient, title=_("Edit the pump"), pump=found
    )


def _save(request, form) -> Pump | None:
    """Store the pump, its ERI and its catheter together; show beside the fields why it was refused."""
    is_new = form.instance.pk is None
    try:
        with transaction.atomic():
            act = actions.add_pump if is_new else actions.edit_pump
            saved = act(actor=request.user, pump=form.instance)
            if not is_new and "eri_on" in form.changed_data:
                actions.mark_eri(actor=request.user, pump=saved, eri_on=form.cleaned_data["eri_on"])
            record_catheter(actor=request.user, pump=saved, **form.catheter_values())
    except Refused as refusal:
        form.add_refusal(refusal)
        return None
    return saved


@require_http_methods(["GET", "POST"])
def explant(request, ref):
    """Ask when and why, show what will end, and only then end it."""
    found = get_pump(request.user, ref, *CLINICAL)
    form = ExplantForm(request.POST or None, today=found.clinic.today())
    is_checked = form.is_valid() and request.POST.get("step") != "back"
    if is_checked and request.POST.get("step") == "save" and _explant(request, found, form):
        messages.success(request, _("Pump %(serial)s recorded as explanted.") % {"serial": found.serial})
        return redirect(found)
    if is_checked and form.is_valid():
        context = {"pump": found, "patient": found.patient, "form": form, "today": found.clinic.today()}
        context["visit"] = found.visits.booked().select_related("nurse", "room").first()
        return render(request, "pumps/explant_check.html", context)
    return _form_page(
        request, "pumps/explant.html", form, found.patient, title=_("Record an explant"), pump=found
    )


def _explant(request, found, form) -> bool:
    try:
        actions.explant(actor=request.user, pump=found, **form.cleaned_data)
    except Refused as refusal:
        form.add_refusal(refusal)
        return False
    return True


def _form_page(request, template, form, patient, *, title, pump=None):
    context = {
        "form": form,
        "patient": patient,
        "pump": pump,
        "title": title,
        "today": patient.clinic.today(),
    }
    return render(request, template, context, status=INVALID if form.errors else 200)
