"""The append-only record of who did what, and who looked."""

import uuid

from django.conf import settings
from django.db import models


class AppendOnly(Exception):
    """An audit event was about to be changed or deleted."""


class EventQuerySet(models.QuerySet):
    def about(self, patient_ref: uuid.UUID):
        return self.filter(patient_ref=patient_ref)

    def update(self, **kwargs):
        raise AppendOnly("Audit events are never changed.")

    def delete(self):
        raise AppendOnly("Audit events are never deleted.")

    bulk_update = update


class Event(models.Model):
    """One act or one reading. `detail` carries codes, counts and refs, never a name, dose or diagnosis."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    clinic_ref = models.UUIDField(null=True)
    patient_ref = models.UUIDField(null=True)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_ref = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    request_id = models.CharField(max_length=32, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["clinic_ref", "at"], name="audit_event_clinic_at"),
            models.Index(fields=["patient_ref", "at"], name="audit_event_patient_at"),
            models.Index(fields=["subject_ref", "at"], name="audit_event_subject_at"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(action=""), name="audit_event_has_action"),
        ]
        ordering = ["id"]

    def __str__(self):
        return f"{self.action} {self.ref}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise AppendOnly("Audit events are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("Audit events are never deleted.")
