"""What can be done to a person's record: each verb is one transaction and one audit event."""

from collections.abc import Callable, Iterable, Mapping

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException, is_possible_number

from patients.models import ChannelConsent, Contact, ContactPoint, Patient
from patients.version import changed_words, version_of
from portal.accounts.models import Clinic
from portal.audit import log
from portal.refusal import Refused, refuse, refusing
from portal.shown import short
from portal.wakeups import wake_engine

__all__ = [
    "Refused",
    "add_patient",
    "close_record",
    "edit_patient",
    "log_contact",
    "record_consent",
    "record_death",
    "reopen_record",
    "trust_point",
    "undo_contact",
    "undo_death",
    "when_care_ends",
]

EDITABLE = (
    "mrn",
    "given_name",
    "family_name",
    "preferred_name",
    "birth_date",
    "sex",
    "language",
    "other_language",
    "needs_interpreter",
    "time_zone",
    "address_line",
    "city",
    "state",
    "postal_code",
    "country",
    "allergy_note",
)
# What else ends when a person's care ends. Apps above add their own verb (pumps/apps.py): imports point down.
when_care_ends: list[Callable[[Patient], None]] = []


def to_e164(text: object) -> str:
    """Return a phone number in its one stored form; refuse what cannot be one."""
    try:
        number = text if isinstance(text, PhoneNumber) else PhoneNumber.from_string(str(text), region="US")
    except NumberParseException:
        number = None
    if number is None or not is_possible_number(number):
        refuse("phones", _("Enter a phone number with its area code, such as 312-555-0123."))
    return number.as_e164


def _address(text: object) -> str:
    value = str(text).strip()
    try:
        validate_email(value)
    except ValidationError:
        refuse("emails", _("Enter an e-mail address such as name@example.org."))
    return value


def _hold_clinic(patient: Patient) -> None:
    """Let two who write the same MRN wait for each other, so that the second sees the first."""
    list(Clinic.objects.select_for_update(no_key=True).filter(pk=patient.clinic_id).values_list("pk"))


def _lock(patient: Patient) -> Patient:
    return (
        Patient.objects.select_for_update(of=("self",), no_key=True)
        .select_related("clinic")
        .get(pk=patient.pk)
    )


def _check(patient: Patient, now) -> None:
    patient.mrn = patient.mrn.strip()
    today = patient.clinic.today(now)
    if patient.birth_date and patient.birth_date > today:
        refuse(
            "birth_date",
            _("The birth date is in the future. Enter %(day)s or earlier.") % {"day": short(today)},
        )
    with refusing():
        patient.full_clean(exclude=["search_name", "sort_name"])


def _set_points(patient: Patient, kind: str, values: Iterable[str]) -> bool:
    """Keep these ways to reach a person, in this order; end the others. Return whether anything changed."""
    wanted = list(dict.fromkeys(values))
    standing = {point.value: point for point in patient.contact_points.filter(kind=kind, ended_at=None)}
    gone = [point.pk for value, point in standing.items() if value not in wanted]
    changed = bool(gone)
    ContactPoint.objects.filter(pk__in=gone).update(ended_at=timezone.now())
    for position, value in enumerate(wanted):
        point = standing.get(value)
        if point is None:
            ContactPoint.objects.create(patient=patient, kind=kind, value=value, position=position)
        elif point.position != position:
            point.position = position
            point.save(update_fields=["position"])
        changed = changed or point is None
    return changed


def _set_reach(patient: Patient, phones, emails, consents, actor) -> list[str]:
    """Store how to reach a person and what they agreed to; return what changed."""
    changed = []
    if phones is not None and _set_points(patient, ContactPoint.Kind.PHONE, map(to_e164, phones)):
        changed.append("phones")
    if emails is not None and _set_points(patient, ContactPoint.Kind.EMAIL, map(_address, emails)):
        changed.append("emails")
    stored = dict(patient.consents.values_list("channel", "is_granted"))
    for channel, is_granted in (consents or {}).items():
        if stored.get(channel) != is_granted:
            _set_consent(patient, channel, is_granted, actor=actor)
            changed.append(f"consent_{channel}")
    return changed


def _set_consent(
    patient: Patient, channel: str, is_granted: bool, *, actor, text_shown="", language=""
) -> None:
    ChannelConsent.objects.update_or_create(
        patient=patient,
        channel=channel,
        defaults={
            "is_granted": is_granted,
            "text_shown": text_shown,
            "language": language or patient.language,
            "recorded_by": actor,
            "recorded_at": timezone.now(),
        },
    )


@transaction.atomic
def add_patient(
    *,
    actor,
    patient,
    phones: Iterable = (),
    emails: Iterable = (),
    consents: Mapping[str, bool] | None = None,
    now=None,
):
    """Open a person's record, with how to reach them and what they agreed to."""
    _hold_clinic(patient)
    _check(patient, now)
    patient.save()
    _set_reach(patient, phones, emails, consents, actor)
    log.record(actor=actor, action="patient.added", subject=patient)
    return patient


@transaction.atomic
def edit_patient(*, actor, patient, phones=None, emails=None, consents=None, version=None, now=None):
    """Correct a person's record; what is None stays as it is. Refuse to overwrite a later `version`."""
    _hold_clinic(patient)
    stored = _lock(patient)
    if version and version != version_of(stored, EDITABLE):
        refuse(None, changed_words(stored))
    changed = [name for name in EDITABLE if getattr(stored, name) != getattr(patient, name)]
    _check(patient, now)
    if changed:
        patient.save(update_fields=EDITABLE)
    changed += _set_reach(patient, phones, emails, consents, actor)
    if changed:
        log.record(actor=actor, action="patient.edited", subject=patient, detail={"fields": changed})
        wake_engine()
    return patient


@transaction.atomic
def record_death(*, actor, patient, died_on, now=None):
    """Record a death: what is booked is cancelled, and no reminder goes out any more."""
    patient = _lock(patient)
    today = patient.clinic.today(now)
    if died_on > today:
        refuse(
            "died_on",
            _("The date of death is in the future. Enter %(day)s or earlier.") % {"day": short(today)},
        )
    if died_on < patient.birth_date:
        refuse("died_on", _("The date of death is before the birth date."))
    patient.died_on = died_on
    patient.save(update_fields=["died_on"])
    for end in when_care_ends:
        end(patient)
    log.record(actor=actor, action="patient.died", subject=patient)
    wake_engine()
    return patient


@transaction.atomic
def close_record(*, actor, patient, closed_on):
    """End a person's care here, with a day; what is booked is cancelled."""
    patient = _lock(patient)
    patient.closed_on = closed_on
    patient.save(update_fields=["closed_on"])
    for end in when_care_ends:
        end(patient)
    log.record(actor=actor, action="patient.closed", subject=patient)
    wake_engine()
    return patient


@transaction.atomic
def undo_death(*, actor, patient):
    """Take back a death recorded by mistake; visits cancelled with it stay cancelled."""
    patient = _lock(patient)
    if patient.died_on is None:
        return patient
    patient.died_on = None
    patient.save(update_fields=["died_on"])
    log.record(actor=actor, action="patient.death_undone", subject=patient)
    wake_engine()
    return patient


@transaction.atomic
def reopen_record(*, actor, patient):
    """Take a closed record back into care; visits cancelled with it stay cancelled."""
    patient = _lock(patient)
    if patient.closed_on is None:
        return patient
    patient.closed_on = None
    patient.save(update_fields=["closed_on"])
    log.record(actor=actor, action="patient.reopened", subject=patient)
    wake_engine()
    return patient


def _same_press(contact: Contact) -> Contact | None:
    """Return the contact that this very form already made."""
    first = Contact.objects.filter(key=contact.key).first() if contact.key else None
    if first is None:
        return None
    told = ("patient_id", "channel", "outcome", "note")
    if first.undone_at or any(getattr(first, name) != getattr(contact, name) for name in told):
        refuse(None, _("This form was already used. Open it again to log another contact."))
    return first


@transaction.atomic
def log_contact(*, actor, patient, channel, outcome, note="", key=None):
    """Write down an attempt to reach a person and what came of it."""
    patient = _lock(patient)
    contact = Contact(patient=patient, by=actor, channel=channel, outcome=outcome, note=note.strip(), key=key)
    with refusing():
        contact.clean_fields(exclude=["patient", "by", "undone_by"])
    if first := _same_press(contact):
        return first
    contact.save()
    log.record(actor=actor, action="contact.logged", subject=contact, detail={"outcome": str(outcome)})
    return contact


@transaction.atomic
def undo_contact(*, actor, contact, now=None):
    """Take a contact back, within ten minutes; a second press changes nothing."""
    now = now or timezone.now()
    contact = (
        Contact.objects.select_for_update(of=("self",)).select_related("patient__clinic").get(pk=contact.pk)
    )
    if contact.undone_at:
        return contact
    if not contact.can_undo(now):
        refuse(None, _("A contact can be undone for ten minutes. Log another one instead."))
    contact.undone_at, contact.undone_by = now, actor
    contact.save(update_fields=["undone_at", "undone_by"])
    log.record(actor=actor, action="contact.undone", subject=contact)
    return contact


@transaction.atomic
def trust_point(*, actor, point):
    """Take back that an address or a number does not reach a person: messages try it again."""
    point = (
        ContactPoint.objects.select_for_update(of=("self",))
        .select_related("patient__clinic")
        .get(pk=point.pk)
    )
    if not point.is_bad:
        return point
    point.is_bad, point.bad_at = False, None
    point.save(update_fields=["is_bad", "bad_at"])
    log.record(actor=actor, action="contact_point.trusted", subject=point)
    wake_engine()
    return point


@transaction.atomic
def record_consent(*, actor, patient, channel, is_granted, text_shown, language):
    """Write down what a person said about one channel, and in which words they were asked."""
    patient = _lock(patient)
    _set_consent(patient, channel, is_granted, actor=actor, text_shown=text_shown, language=language)
    log.record(
        actor=actor,
        action="consent.recorded",
        subject=patient,
        detail={"channel": str(channel), "is_granted": bool(is_granted)},
    )
    wake_engine()
    return patient.consents.get(channel=channel)
