"""Whether a record is still the one that a form was filled in from, and who changed it since."""

import hashlib
import json
from collections.abc import Iterable

from django.utils.translation import gettext as _

from patients.models import Patient
from portal.audit.models import Event

CHANGES = ("patient.edited", "consent.recorded", "contact_point.trusted")


def version_of(patient: Patient, names: Iterable[str]) -> str:
    """Return a short mark of what is stored: these fields, how to reach the person, what they agreed to."""
    points = patient.contact_points.filter(ended_at=None).order_by("kind", "position", "pk")
    stored = [
        Patient.objects.filter(pk=patient.pk).values_list(*names).get(),
        list(points.values_list("kind", "value", "position", "is_bad")),
        list(patient.consents.order_by("channel").values_list("channel", "is_granted")),
    ]
    return hashlib.sha256(json.dumps(stored, default=str).encode()).hexdigest()[:32]


def changed_words(patient: Patient) -> str:
    """Say who changed the record last, and which fields, beside a form that was not saved."""
    event = (
        Event.objects.filter(patient_ref=patient.ref, action__in=CHANGES)
        .select_related("actor")
        .order_by("-id")
        .first()
    )
    who = str(event.actor) if event and event.actor else _("Somebody")
    labels = {field.name: str(field.verbose_name) for field in Patient._meta.fields}
    fields = event.detail.get("fields", []) if event else []
    what = ", ".join(labels.get(name, _("how to reach the person")) for name in fields)
    return _(
        "%(who)s changed this record after you opened it (%(what)s). Nothing was saved. What you typed is still "
        "here: compare it with the record, then save again to put yours in its place."
    ) % {"who": who, "what": what or _("how to reach the person")}
