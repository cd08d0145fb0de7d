"""The ledger of messages, their transitions, and the engine's heartbeat. No message body is stored."""

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from patients.models import ContactPoint, Patient
from portal.accounts.models import Clinic
from portal.reminders import planning
from pumps.models import Alarm, Cycle, Pump, Visit


class ReminderQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(clinic__in=[clinic.pk for clinic in user.clinics("nurse", "physician")])

    def waiting(self):
        """Return rows whose message has not left and may still leave."""
        return self.filter(state__in=Reminder.WAITING)

    def claimable(self, now):
        """Return rows to send now: due, in doubt and to be repeated, or left by a process that died."""
        return self.filter(
            Q(state__in=Reminder.WAITING, next_attempt_at__lte=now)
            | Q(state=Reminder.State.UNKNOWN, next_attempt_at__lte=now)
            | Q(state=Reminder.State.SENDING, lease_until__lt=now)
        )

    def unsent(self, now):
        """Return rows that still hold and have not left, whether an attempt failed or none was made."""
        return self.filter(
            Q(state__in=Reminder.WAITING) | Q(state=Reminder.State.SENDING, lease_until__lt=now),
            Q(valid_until=None) | Q(valid_until__gt=now),
            due_at__lte=now,
        )

    def accepted(self):
        return self.filter(state=Reminder.State.ACCEPTED)

    def routine(self):
        return self.filter(kind__in=planning.PRIORITY)

    def same_person(self, reminder):
        """Return the messages to the recipient of this one about the same patient."""
        return self.filter(patient=reminder.patient_id, audience=reminder.audience, user=reminder.user_id)

    def needs_attention(self, clinics, now=None):
        """Return recent messages that never arrived, that no later one made good and that nobody handled."""
        later = Reminder.objects.accepted().filter(
            Q(user=OuterRef("user")) | Q(user=None),
            pump=OuterRef("pump"),
            audience=OuterRef("audience"),
            pk__gt=OuterRef("pk"),
        )
        return (
            self.filter(
                clinic__in=clinics,
                due_at__gt=(now or timezone.now()) - Reminder.ATTENTION,
                handled_at=None,
                patient__died_on=None,
            )
            .filter(
                Q(state__in=[Reminder.State.REJECTED, Reminder.State.QUARANTINED])
                | Q(state=Reminder.State.UNKNOWN, next_attempt_at=None)
                | Q(state=Reminder.State.RETRY, attempts__gte=Reminder.MANY_ATTEMPTS)
            )
            .exclude(Exists(later))
        )


class Reminder(models.Model):
    """One message to one recipient over one channel, from the plan to its acceptance by a server."""

    ATTENTION = datetime.timedelta(days=14)
    MANY_ATTEMPTS = 5

    class Kind(models.TextChoices):
        VISIT = planning.Kind.VISIT.value, _("visit reminder")
        UNBOOKED = planning.Kind.UNBOOKED.value, _("please call to book")
        OVERDUE = planning.Kind.OVERDUE.value, _("overdue, please call today")
        MISSED = planning.Kind.MISSED.value, _("missed visit")
        ALARM = planning.Kind.ALARM.value, _("alarm, one tone")
        ALARM_CRITICAL = planning.Kind.ALARM_CRITICAL.value, _("alarm, two tones or not sure")

    class Audience(models.TextChoices):
        PATIENT = planning.Audience.PATIENT.value, _("patient")
        STAFF = planning.Audience.STAFF.value, _("staff")
        ON_CALL = planning.Audience.ON_CALL.value, _("on-call contact")

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("text message")

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        SENDING = "sending", _("being sent")
        RETRY = "retry", _("to be tried again")
        HELD = "held", _("held")
        ACCEPTED = "accepted", _("accepted by the mail server")
        SKIPPED = "skipped", _("skipped")
        SUPERSEDED = "superseded", _("no longer needed")
        REJECTED = "rejected", _("refused by the mail server")
        QUARANTINED = "quarantined", _("could not be written")
        UNKNOWN = "unknown", _("not known whether it arrived")

    WAITING = (State.PLANNED, State.RETRY)
    # Never left, so that a change of the state they were planned from may plan them again.
    DROPPED = (State.SKIPPED, State.SUPERSEDED)

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="reminders")
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, related_name="reminders")
    pump = models.ForeignKey(Pump, models.PROTECT, null=True, related_name="reminders")
    cycle = models.ForeignKey(Cycle, models.PROTECT, null=True, related_name="reminders")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="reminders")
    alarm = models.ForeignKey(Alarm, models.PROTECT, null=True, related_name="reminders")
    kind = models.CharField(max_length=20, choices=Kind)
    audience = models.CharField(max_length=10, choices=Audience)
    channel = models.CharField(max_length=10, choices=Channel)
    # Staff; patients are reached through the contact point of the day.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    contact_point = models.ForeignKey(ContactPoint, models.PROTECT, null=True, related_name="+")
    # Days before the visit or refill_by; negative: after refill_by.
    rung = models.SmallIntegerField(default=0)
    severity = models.PositiveSmallIntegerField(default=0)
    key = models.CharField(max_length=120, unique=True)
    due_at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, choices=State, default=State.PLANNED)
    reason = models.CharField(max_length=40, blank=True)
    # Counts claims: whoever holds an older generation may no longer change the row.
    generation = models.PositiveIntegerField(default=0)
    owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Sendings whose outcome is not known.
    doubts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=200, blank=True)
    accepted_at = models.DateTimeField(null=True)
    last_error_class = models.CharField(max_length=80, blank=True)
    # Somebody took care of a message that did not arrive.
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["clinic", "state", "due_at"], name="reminders_clinic_state_due"),
            models.Index(
                fields=["-severity", "next_attempt_at"],
                condition=Q(state__in=["planned", "retry", "unknown"]),
                name="reminders_next_attempt",
            ),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="reminders_lease"),
            models.Index(
                fields=["pump"], condition=Q(state__in=["planned", "retry"]), name="reminders_pump_waiting"
            ),
            models.Index(
                fields=["patient", "accepted_at"],
                condition=Q(state="accepted"),
                name="reminders_patient_accepted",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(key=""), name="reminders_reminder_has_key"),
            models.CheckConstraint(
                condition=Q(state="accepted", accepted_at__isnull=False) | ~Q(state="accepted"),
                name="reminders_reminder_accepted_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="sending", lease_until__isnull=False) & ~Q(owner="") | ~Q(state="sending"),
                name="reminders_reminder_sending_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "retry"], next_attempt_at__isnull=False)
                | ~Q(state__in=["planned", "retry"]),
                name="reminders_reminder_waiting_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(audience="staff", user__isnull=False) | (~Q(audience="staff") & Q(user=None)),
                name="reminders_reminder_staff_has_user",
            ),
            models.CheckConstraint(
                condition=Q(handled_at=None, handled_by=None)
                | Q(handled_at__isnull=False, handled_by__isnull=False),
                name="reminders_reminder_handled_whole",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("due_at")),
                name="reminders_reminder_valid_after_due",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.ref}"

    @property
    def is_urgent(self) -> bool:
        """Return whether a second copy is better than none when the outcome of a sending is not known."""
        return self.kind not in (self.Kind.VISIT, self.Kind.UNBOOKED) or self.rung <= 3


class ReminderEvent(models.Model):
    """One transition of one message. Only ever appended."""

    reminder = models.ForeignKey(Reminder, models.PROTECT, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    generation = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.from_state} → {self.to_state}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("Transitions are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("Transitions are never deleted.")


class Heartbeat(models.Model):
    """The last complete sweep: planned, claimed, sent, and stored."""

    name = models.CharField(max_length=20, unique=True, default="engine")
    node = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    sweeps = models.PositiveBigIntegerField(default=0)
    planned = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    oldest_overdue_seconds = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.name} {self.at}"
