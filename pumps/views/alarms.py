"""Alarms that people told us about: the list, recording one, and closing it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, F, Value, When
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.access import CLINICAL, require_role
from portal.accounts.models import Membership
from portal.audit import log
from pumps import actions
from pumps.access import get_alarm, get_pump
from pumps.forms.alarms import AlarmForm, CloseAlarmForm
from pumps.models import Alarm

PAGE_SIZE = 50
INVALID = 422


@require_safe
def alarms(request):
    clinics = require_role(request.user, *CLINICAL)
    page = Paginator(ordered(clinics), PAGE_SIZE).get_page(request.GET.get("page"))
    log.record(actor=request.user, action="alarms.read", detail={"alarms": len(page.object_list)})
    now = timezone.now()
    rows = [(alarm, alarm.is_late(now)) for alarm in page]
    context = {"page": page, "rows": rows, "has_many_clinics": len(clinics) > 1}
    return render(request, "pumps/alarms.html", context)


def ordered(clinics):
    """Return open alarms first, the gravest and the soonest due on top, then those closed last."""
    critical_first = Case(When(tone__in=Alarm.CRITICAL_TONES, then=Value(0)), default=Value(1))
    return (
        Alarm.objects.filter(clinic__in=clinics)
        .select_related("pump__patient", "clinic", "closed_by")
        .order_by(F("closed_at").desc(nulls_first=True), critical_first, "target_at", "pk")
    )


@require_http_methods(["GET", "POST"])
def record_alarm(request, ref):
    pump = get_pump(request.user, ref, *CLINICAL)
    form = AlarmForm(request.POST or None, clinic=pump.clinic, now=timezone.now())
    if form.is_valid() and (alarm := save_alarm(request.user, pump, form)):
        messages.success(request, _("Saved: the alarm is open until somebody closes it."))
        return redirect(reverse("pumps:close_alarm", args=[alarm.ref]))
    log.record(actor=request.user, action="patient.read", subject=pump.patient)
    context = {"pump": pump, "patient": pump.patient, "form": form, "today": pump.clinic.today()}
    return render(request, "pumps/alarm_record.html", context, status=INVALID if form.errors else None)


def save_alarm(user, pump, form: AlarmForm) -> Alarm | None:
    try:
        return actions.record_alarm(actor=user, pump=pump, **form.alarm)
    except actions.Refused as refusal:
        form.add_refusal(refusal)
        return None


@require_http_methods(["GET", "POST"])
def close_alarm(request, ref):
    alarm = get_alarm(request.user, ref, *CLINICAL)
    form = CloseAlarmForm(request.POST or None)
    if form.is_valid() and save_closing(request.user, alarm, form):
        messages.success(request, _("Saved: the alarm of %(name)s is closed.") % {"name": alarm.patient})
        return redirect("pumps:alarms")
    log.record(actor=request.user, action="patient.read", subject=alarm.patient)
    context = {
        "alarm": alarm,
        "patient": alarm.patient,
        "form": form,
        "today": alarm.clinic.today(),
        "zone": alarm.clinic.zone,
        "is_late": alarm.is_late(timezone.now()),
        "mailed": staff_of(alarm.clinic),
        "patient_is_mailed": may_mail(alarm.patient),
    }
    return render(request, "pumps/alarm_close.html", context, status=INVALID if form.errors else None)


def save_closing(user, alarm: Alarm, form: CloseAlarmForm) -> bool:
    try:
        actions.close_alarm(actor=user, alarm=alarm, **form.cleaned_data)
    except actions.Refused as refusal:
        form.add_refusal(refusal)
        return False
    return True


def staff_of(clinic) -> list[str]:
    """Return the names of those who are e-mailed about an alarm at once."""
    members = Membership.objects.in_force(timezone.now().date()).filter(clinic=clinic, role__in=CLINICAL)
    return list(members.order_by("user__name").values_list("user__name", flat=True).distinct())


def may_mail(patient) -> bool:
    """Return whether the matching message can reach the patient."""
    has_address = patient.contact_points.filter(kind="email", is_bad=False, ended_at=None).exists()
    return has_address and patient.consents.filter(channel="email", is_granted=True).exists()
