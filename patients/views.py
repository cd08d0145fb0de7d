"""Pages of a person's record: find, add, read, edit, a death, and each contact with them."""

import uuid
from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from patients import actions, consent, finding
from patients.access import get_contact, get_own_patient, get_patient
from patients.forms import ContactForm, DeathForm, PatientForm, RemindersForm
from patients.models import ChannelConsent, Contact, ContactPoint, Patient
from patients.version import version_of
from portal.accounts.access import CLINICAL, require_role
from portal.audit import log
from portal.shown import language

PAGE_SIZE = 50
CONTACTS_SHOWN = 20
INVALID = 422
EMAIL = ChannelConsent.Channel.EMAIL


@require_http_methods(["GET", "HEAD", "POST"])
def find(request):
    """Find people by words that are posted: names and birth dates never stand in an address or a log of them."""
    clinics = require_role(request.user, *CLINICAL)
    words = finding.plain_words(request.POST.get("q", ""))
    is_too_long = len(words) > finding.LONGEST
    people = Patient.objects.none() if is_too_long else finding.find(clinics, words)
    page = Paginator(people.order_by("sort_name", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    log.record(actor=request.user, action="patient.searched", detail={"found": page.paginator.count})
    context = {
        "words": words[: finding.LONGEST],
        "is_too_long": is_too_long,
        "longest": finding.LONGEST,
        "page": page,
        "has_many_clinics": len(clinics) > 1,
        "today": clinics[0].today(),
    }
    return render(request, "patients/find.html", context)


@require_http_methods(["GET", "POST"])
def add(request):
    clinics = require_role(request.user, *CLINICAL)
    form = PatientForm(request.POST or None, clinics=clinics)
    if form.is_valid() and (added := save(request.user, form, actions.add_patient)):
        messages.success(
            request, _("Saved: %(name)s was added. Next, add the pump.") % {"name": added.full_name}
        )
        return redirect(added)
    return render(request, "patients/add.html", {"form": form}, status=INVALID if form.errors else None)


@require_http_methods(["GET", "POST"])
def edit(request, ref):
    patient = get_patient(request.user, ref, *CLINICAL)
    form = PatientForm(request.POST or None, instance=patient, clinics=[patient.clinic])
    act = partial(actions.edit_patient, version=request.POST.get("version"))
    if form.is_valid() and save(request.user, form, act):
        messages.success(request, _("Saved."))
        return redirect(patient)
    # The banner shows what is on record, not what was just typed.
    stored = get_patient(request.user, ref, *CLINICAL)
    read(request.user, stored)
    context = {"patient": stored, "form": form, "today": stored.clinic.today()}
    # Another mistake in the form does not let an older page pass for the present one.
    is_told = request.method == "GET" or form.non_field_errors()
    context["version"] = version_of(stored, actions.EDITABLE) if is_told else request.POST.get("version", "")
    return render(request, "patients/edit.html", context, status=INVALID if form.errors else None)


def save(user, form: PatientForm, action) -> Patient | None:
    """Save a record and the answers about channels together; None when an action refuses."""
    try:
        with transaction.atomic():
            patient = action(
                actor=user, patient=form.instance, phones=form.points("phone"), emails=form.points("email")
            )
            for point in form.trusted():
                actions.trust_point(actor=user, point=point)
            for channel, is_granted in form.changed_consents().items():
                actions.record_consent(
                    actor=user,
                    patient=patient,
                    channel=channel,
                    is_granted=is_granted,
                    text_shown=consent.text_in(channel, patient.language),
                    language=patient.language,
                )
    except actions.Refused as refusal:
        form.add_refusal(refusal)
        return None
    return patient


@require_safe
def patient(request, ref):
    found = get_patient(request.user, ref, *CLINICAL)
    read(request.user, found)
    now = timezone.now()
    contacts = list(found.contacts.select_related("by", "undone_by")[:CONTACTS_SHOWN])
    context = {
        "patient": found,
        "today": found.clinic.today(now),
        "zone": found.clinic.zone,
        "pumps": finding.pumps_of(found),
        "points": found.contact_points.filter(ended_at=None),
        "consents": found.consents.select_related("recorded_by").order_by("channel"),
        "contacts": [(each, each.can_undo(now)) for each in contacts],
    }
    return render(request, "patients/patient.html", context)


def read(user, patient: Patient) -> None:
    log.record(actor=user, action="patient.read", subject=patient)


@require_http_methods(["GET", "POST"])
def death(request, ref):
    patient = get_patient(request.user, ref, *CLINICAL)
    form = DeathForm(request.POST or None, patient=patient)
    context = {"patient": patient, "form": form, "today": patient.clinic.today()}
    if request.method == "POST" and form.is_valid() and "back" not in request.POST:
        if "confirm" not in request.POST:
            return render(request, "patients/death_confirm.html", context)
        if save_death(request.user, patient, form):
            messages.success(
                request, _("Saved: %(name)s has died. Nothing more is sent.") % {"name": patient}
            )
            return redirect(patient)
    read(request.user, patient)
    return render(request, "patients/death.html", context, status=INVALID if form.errors else None)


def save_death(user, patient: Patient, form: DeathForm) -> bool:
    try:
        actions.record_death(actor=user, patient=patient, died_on=form.cleaned_data["died_on"])
    except actions.Refused as refusal:
        form.add_refusal(refusal)
        return False
    return True


@require_POST
def undo_death(request, ref):
    patient = get_patient(request.user, ref, *CLINICAL)
    actions.undo_death(actor=request.user, patient=patient)
    text = _("Saved: %(name)s is in care again. Visits that were cancelled must be booked again.")
    messages.success(request, text % {"name": patient})
    return redirect(patient)


@require_POST
def reopen(request, ref):
    patient = get_patient(request.user, ref, *CLINICAL)
    patient = actions.reopen_record(actor=request.user, patient=patient)
    messages.success(request, reopened_words(patient))
    return redirect(patient)


def reopened_words(patient: Patient) -> str:
    """Say that a record is open; a death on record still keeps the person out of care."""
    if patient.died_on:
        return _("The record of %(name)s is open. The death is still on record.") % {"name": patient}
    text = _("Saved: %(name)s is in care again. Visits that were cancelled must be booked again.")
    return text % {"name": patient}


@require_http_methods(["GET", "POST"])
def contact(request, ref):
    patient = get_patient(request.user, ref, *CLINICAL)
    form = ContactForm(request.POST or None)
    if form.is_valid() and (logged := save_contact(request.user, patient, form)):
        return redirect(after_contact(request.POST, patient, saved=logged.ref))
    read(request.user, patient)
    context = {
        "patient": patient,
        "form": form,
        "today": patient.clinic.today(),
        "zone": patient.clinic.zone,
        "points": patient.contact_points.filter(ended_at=None),
        "contacts": patient.contacts.standing().select_related("by")[:5],
        "row": row_of(request.GET or request.POST),
        "page": page_of(request.GET or request.POST),
    }
    return render(request, "patients/contact.html", context, status=INVALID if form.errors else None)


def save_contact(user, patient: Patient, form: ContactForm) -> Contact | None:
    try:
        return actions.log_contact(actor=user, patient=patient, **form.cleaned_data)
    except actions.Refused as refusal:
        form.add_refusal(refusal)
        return None


@require_POST
def undo_contact(request, ref):
    contact = get_contact(request.user, ref, *CLINICAL)
    try:
        actions.undo_contact(actor=request.user, contact=contact)
        messages.success(request, _("Undone: the contact with %(name)s.") % {"name": contact.patient})
    except actions.Refused as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect(after_contact(request.POST, contact.patient))


def after_contact(data, patient: Patient, **query) -> str:
    """Return to the same row of the work-list, or to the person's page when they came from there."""
    page, row = page_of(data), row_of(data)
    if not page:
        return patient.get_absolute_url()
    path = reverse("pumps:worklist") + "?" + urlencode({"page": page, **query})
    return f"{path}#row-{row}" if row else path


def row_of(data) -> str:
    try:
        return str(uuid.UUID(data.get("row", "")))
    except ValueError:
        return ""


def page_of(data) -> str:
    page = data.get("page", "")
    return page if page.isascii() and page.isdigit() and len(page) <= 6 else ""


@require_http_methods(["GET", "POST"])
def my_reminders(request):
    """Ask a patient whether reminders come by e-mail; the answer is stored with the words they were asked in."""
    patient = get_own_patient(request.user)
    stored = patient.consents.filter(channel=EMAIL).values_list("is_granted", flat=True).first()
    form = RemindersForm(request.POST or None, stored=stored)
    if form.is_valid():
        actions.record_consent(
            actor=request.user,
            patient=patient,
            channel=EMAIL,
            is_granted=form.is_granted,
            text_shown=consent.own_text(),
            language=language(),
        )
        yes, no = _("Saved: reminders come by e-mail."), _("Saved: no reminders come by e-mail.")
        messages.success(request, yes if form.is_granted else no)
        return redirect("patients:my_reminders")
    log.record(actor=request.user, action="record.read", subject=patient)
    points = patient.contact_points.filter(kind=ContactPoint.Kind.EMAIL, ended_at=None)
    context = {"form": form, "points": points, "clinic": patient.clinic}
    return render(request, "patients/my_reminders.html", context, status=INVALID if form.errors else None)
