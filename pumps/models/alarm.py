"""A sound of the pump that a person told us about. The portal never hears a pump."""

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import CLINICAL, Clinic
from pumps.models.device import Pump


class AlarmQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(
            Q(pump__patient__user=user) | Q(clinic__in=[clinic.pk for clinic in user.clinics(*CLINICAL)])
        )

    def open(self):
        return self.filter(closed_at=None)

    def critical(self):
        return self.filter(tone__in=Alarm.CRITICAL_TONES)


class Alarm(models.Model):
    """An alarm as told: tone, when, by whom; closed with cause, outcome and who was told."""

    class Tone(models.TextChoices):
        TWO = "two", _("two tones")
        ONE = "one", _("one tone")
        UNSURE = "unsure", _("not sure")

    class Kind(models.TextChoices):
        UNKNOWN = "unknown", _("not known yet")
        LOW_RESERVOIR = "low_reservoir", _("low reservoir")
        EMPTY_RESERVOIR = "empty_reservoir", _("empty reservoir")
        ERI = "eri", _("elective replacement (ERI)")
        END_OF_SERVICE = "eos", _("end of service")
        STALL = "stall", _("motor stall")
        STOPPED = "stopped", _("pump stopped over 48 hours")
        MEMORY = "memory", _("memory error or reset")
        OTHER = "other", _("other")

    class HeardBy(models.TextChoices):
        PATIENT = "patient", _("patient")
        CAREGIVER = "caregiver", _("caregiver")
        STAFF = "staff", _("staff")
        OTHER = "other", _("someone else")

    class Outcome(models.TextChoices):
        REFILLED = "refilled", _("refilled")
        REPROGRAMMED = "reprogrammed", _("reprogrammed or alarm silenced")
        SENT_TO_EMERGENCY = "emergency", _("sent to the emergency department")
        REPLACEMENT_PLANNED = "replacement", _("replacement planned")
        NO_FAULT = "no_fault", _("checked, no fault found")
        NOT_THE_PUMP = "not_pump", _("not the pump")

    # Not sure is treated as two tones.
    CRITICAL_TONES = (Tone.TWO, Tone.UNSURE)

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="alarms")
    pump = models.ForeignKey(Pump, models.PROTECT, related_name="alarms")
    tone = models.CharField(_("tone"), max_length=10, choices=Tone)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.UNKNOWN)
    heard_by = models.CharField(_("heard by"), max_length=10, choices=HeardBy)
    heard_at = models.DateTimeField(_("first heard"))
    note = models.CharField(_("what was said"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    # Drawn with the form, so that a second press of the button makes no second alarm.
    key = models.UUIDField(null=True, unique=True, editable=False)
    # One tone: the time by which the clinic calls. Two tones: at once, the recording itself.
    target_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cause = models.CharField(_("cause"), max_length=200, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)
    told = models.CharField(_("who was told"), max_length=200, blank=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at"]
        indexes = [
            models.Index(fields=["clinic"], condition=Q(closed_at=None), name="pumps_alarm_clinic_open"),
            models.Index(fields=["pump", "-recorded_at"], name="pumps_alarm_pump_recorded"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, outcome="")
                | (
                    Q(closed_at__isnull=False, closed_by__isnull=False)
                    & ~Q(outcome="")
                    & ~Q(cause="")
                    & ~Q(told="")
                ),
                name="pumps_alarm_closed_whole",
                violation_error_message=_("Closing an alarm needs its cause, the outcome and who was told."),
            ),
            models.CheckConstraint(
                condition=Q(target_at__gte=F("recorded_at")), name="pumps_alarm_target_not_before_recording"
            ),
        ]

    def __str__(self):
        return f"{self.get_tone_display()} {self.ref}"

    @property
    def patient(self):
        return self.pump.patient

    @property
    def is_critical(self) -> bool:
        return self.tone in self.CRITICAL_TONES

    def is_late(self, now: datetime.datetime) -> bool:
        """Return whether an open one-tone alarm is past the time by which the clinic calls."""
        return self.closed_at is None and now > self.target_at
