"""The person: names, how to reach them, what they agreed to, and each contact with them."""

import contextlib
import datetime
import unicodedata
import uuid
import zoneinfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import dates
from portal.accounts.models import CLINICAL, Clinic, validate_zone

# In their own spelling, in every language of the page.
LANGUAGES = [("en", "English"), ("es", "Español")]


def fold(text: str) -> str:
    """Return text for searching and sorting: no accents, no letter case, single spaces."""
    plain = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


class PatientQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the person's own record, and those of the clinics where they are clinical staff."""
        return self.filter(Q(user=user) | Q(clinic__in=[clinic.pk for clinic in user.clinics(*CLINICAL)]))

    def living(self):
        return self.filter(died_on=None, closed_on=None)

    def matching(self, words):
        """Return people whose name holds every word, or whose MRN or birth date is exactly the text."""
        found = Q(mrn__iexact=words)
        with contextlib.suppress(ValueError):
            found |= Q(birth_date=datetime.date.fromisoformat(words))
        parts = [Q(search_name__contains=part) for part in fold(words).split()[:6]]
        if parts:
            found |= Q(*parts)
        return self.filter(found)


class Patient(models.Model):
    """A person under a clinic's care. Never deleted: died, or closed with a date."""

    class Sex(models.TextChoices):
        FEMALE = "female", _("female")
        MALE = "male", _("male")
        OTHER = "other", _("other")
        UNKNOWN = "unknown", _("not recorded")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="patients")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="patient"
    )
    mrn = models.CharField(_("MRN"), max_length=64)
    given_name = models.CharField(_("given name"), max_length=80, blank=True)
    family_name = models.CharField(_("family name"), max_length=80, blank=True)
    preferred_name = models.CharField(_("preferred name"), max_length=80, blank=True)
    birth_date = models.DateField(_("birth date"))
    sex = models.CharField(_("sex"), max_length=10, choices=Sex, default=Sex.UNKNOWN)
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=LANGUAGES,
        default="en",
        help_text=_("In which the portal writes."),
    )
    other_language = models.CharField(
        _("speaks another language"),
        max_length=40,
        blank=True,
        help_text=_("If neither English nor Spanish: messages go out in English, and staff are told."),
    )
    needs_interpreter = models.BooleanField(_("needs an interpreter"), default=False)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[validate_zone],
        help_text=_("The clinic's when empty."),
    )
    address_line = models.CharField(_("street"), max_length=160, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    state = models.CharField(_("state"), max_length=40, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=40, blank=True)
    allergy_note = models.CharField(_("allergies"), max_length=200, blank=True)
    died_on = models.DateField(_("died on"), null=True, blank=True)
    closed_on = models.DateField(_("record closed on"), null=True, blank=True)
    search_name = models.CharField(max_length=260, editable=False, db_index=False)
    sort_name = models.CharField(max_length=260, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering = ["sort_name"]
        indexes = [models.Index(fields=["clinic", "sort_name"], name="patients_clinic_sort_name")]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "mrn"],
                name="patients_patient_mrn_unique_in_clinic",
                violation_error_message=_("Another patient of this clinic has this MRN."),
            ),
            models.CheckConstraint(condition=~Q(mrn=""), name="patients_patient_has_mrn"),
            models.CheckConstraint(
                condition=~Q(given_name="") | ~Q(family_name=""),
                name="patients_patient_has_name",
                violation_error_message=_("Give at least one name."),
            ),
            models.CheckConstraint(
                condition=Q(died_on=None) | Q(died_on__gte=F("birth_date")),
                name="patients_patient_died_after_birth",
                violation_error_message=_("The date of death is before the birth date."),
            ),
        ]

    def __str__(self):
        return self.full_name

    def save(self, *args, **kwargs):
        self.search_name = fold(f"{self.given_name} {self.family_name} {self.preferred_name}")
        self.sort_name = fold(f"{self.family_name} {self.given_name}")
        fields = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, "search_name", "sort_name"}
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("patients:patient", args=[self.ref])

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.given_name, self.family_name) if part)

    @property
    def greeting_name(self) -> str:
        """Return the one name that messages may carry; never the family name."""
        return self.preferred_name or self.given_name

    @property
    def is_living(self) -> bool:
        return self.died_on is None

    @property
    def is_active(self) -> bool:
        return self.died_on is None and self.closed_on is None

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone or self.clinic.time_zone)

    def age_on(self, day: datetime.date) -> int:
        return dates.age_on(self.birth_date, min(day, self.died_on or day))


class ContactPoint(models.Model):
    """A phone number or an e-mail address of a patient."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("phone")
        EMAIL = "email", _("e-mail")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="contact_points")
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=254)
    label = models.CharField(_("whose or which"), max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_bad = models.BooleanField(_("does not reach the person"), default=False)
    bad_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(value=""), name="patients_contactpoint_has_value"),
            models.CheckConstraint(
                condition=Q(bad_at=None) | Q(is_bad=True), name="patients_contactpoint_bad_since_it_is_bad"
            ),
            models.UniqueConstraint(
                fields=["patient", "kind", "value"],
                condition=Q(ended_at=None),
                name="patients_contactpoint_once",
            ),
        ]

    def __str__(self):
        return self.get_kind_display()


class ChannelConsent(models.Model):
    """What a patient said about one channel, in which words, and who wrote it down."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("text message")
        PHONE = "phone", _("phone call")

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="consents")
    channel = models.CharField(max_length=10, choices=Channel)
    is_granted = models.BooleanField()
    text_shown = models.TextField(blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="en")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "channel"], name="patients_channelconsent_one_per_channel"
            ),
        ]

    def __str__(self):
        return f"{self.get_channel_display()}: {'yes' if self.is_granted else 'no'}"


class ContactQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(undone_at=None)


class Contact(models.Model):
    """One attempt to reach a patient and what came of it; undone within ten minutes, never deleted."""

    UNDO = datetime.timedelta(minutes=10)

    class Channel(models.TextChoices):
        CALL = "call", _("call")
        IN_PERSON = "in_person", _("in person")
        OTHER = "other", _("other")

    class Outcome(models.TextChoices):
        REACHED = "reached", _("reached")
        LEFT_MESSAGE = "left_message", _("left message")
        NO_ANSWER = "no_answer", _("no answer")
        WRONG_NUMBER = "wrong_number", _("wrong number")
        WILL_CALL_BACK = "will_call_back", _("will call back")
        DECLINED = "declined", _("chose not to book")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="contacts")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    channel = models.CharField(_("how"), max_length=10, choices=Channel, default=Channel.CALL)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome)
    note = models.CharField(_("note"), max_length=200, blank=True)
    # The form it was written in: a second press makes no second contact.
    key = models.UUIDField(null=True, unique=True, editable=False)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["patient", "-at"], name="patients_contact_patient_at")]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="patients_contact_undone_whole",
            ),
        ]

    def __str__(self):
        return f"{self.get_channel_display()}: {self.get_outcome_display()}"

    def can_undo(self, now: datetime.datetime) -> bool:
        return self.undone_at is None and now - self.at <= self.UNDO
