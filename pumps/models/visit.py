"""A booked refill visit: one nurse, one room, one span of time."""

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import CLINICAL, Clinic, Room
from pumps.models.cycle import Cycle
from pumps.models.device import Pump


class VisitQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(
            Q(pump__patient__user=user) | Q(clinic__in=[clinic.pk for clinic in user.clinics(*CLINICAL)])
        )

    def booked(self):
        return self.filter(state=Visit.State.BOOKED)

    def awaited(self, now):
        """Return booked visits that do not count as missed yet."""
        return self.booked().filter(ends_at__gt=now - Visit.MISSED_AFTER)

    def overlapping(self, starts_at, ends_at):
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class Visit(models.Model):
    """A refill visit. Moved, cancelled, missed or done; never deleted."""

    # Without a fill, a visit counts as missed this long after its end.
    MISSED_AFTER = datetime.timedelta(hours=2)

    class State(models.TextChoices):
        BOOKED = "booked", _("booked")
        DONE = "done", _("done")
        MOVED = "moved", _("moved")
        CANCELLED = "cancelled", _("cancelled")
        MISSED = "missed", _("missed")

    class OwnReason(models.TextChoices):
        """Why the portal itself cancels a visit: stored as English, shown in the reader's language."""

        EXPLANTED = "The pump was explanted.", _("The pump was explanted.")
        DIED = "The patient died.", _("The patient died.")
        CLOSED = "The record was closed.", _("The record was closed.")
        FILLED = "The pump was filled before.", _("The pump was filled before.")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="visits")
    pump = models.ForeignKey(Pump, models.PROTECT, related_name="visits")
    nurse = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="visits")
    room = models.ForeignKey(Room, models.PROTECT, related_name="visits")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    state = models.CharField(max_length=10, choices=State, default=State.BOOKED)
    state_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    booked_at = models.DateTimeField(default=timezone.now)
    moved_from = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="moved_to")
    cycle = models.OneToOneField(Cycle, models.PROTECT, null=True, blank=True, related_name="visit")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    change_asked_at = models.DateTimeField(null=True, blank=True)
    change_note = models.CharField(_("what would suit you"), max_length=300, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        indexes = [
            models.Index(fields=["clinic", "starts_at"], name="pumps_visit_clinic_starts"),
            models.Index(fields=["pump", "-starts_at"], name="pumps_visit_pump_starts"),
            models.Index(fields=["clinic"], condition=Q(state="booked"), name="pumps_visit_clinic_booked"),
            models.Index(
                fields=["nurse", "starts_at"], condition=Q(state="booked"), name="pumps_visit_nurse_booked"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="pumps_visit_ends_after_start",
                violation_error_message=_("A visit must end after it starts."),
            ),
            models.UniqueConstraint(
                fields=["pump"],
                condition=Q(state="booked"),
                name="pumps_visit_one_booked",
                violation_error_message=_("A visit is already booked for this pump. Move it instead."),
            ),
            models.CheckConstraint(
                condition=Q(cycle=None) | Q(state="done"), name="pumps_visit_with_fill_is_done"
            ),
            # PostgreSQL also excludes two booked visits of one nurse or one room at once (migration 0003).
        ]

    def __str__(self):
        return f"{self.get_state_display()} {self.ref}"

    @property
    def patient(self):
        return self.pump.patient

    @property
    def reason_words(self) -> str:
        """Return the reason as somebody typed it, or the portal's own in the language of the reader."""
        known = dict(self.OwnReason.choices)
        return str(known.get(self.reason, self.reason))

    def counts_as_missed(self, now: datetime.datetime) -> bool:
        """Return whether this visit passed without a fill, whether or not anyone marked it."""
        if self.state == self.State.BOOKED:
            return now >= self.ends_at + self.MISSED_AFTER
        return self.state == self.State.MISSED
