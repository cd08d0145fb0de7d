"""The implanted pump and its catheter."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from patients.models import Patient
from portal.accounts.models import CLINICAL, Clinic
from pumps.models.catalog import PumpModel


class PumpQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the person's own pumps, and those of the clinics where they are clinical staff."""
        return self.filter(
            Q(patient__user=user) | Q(clinic__in=[clinic.pk for clinic in user.clinics(*CLINICAL)])
        )

    def implanted(self):
        return self.filter(explanted_on=None)

    def in_care(self):
        """Return pumps that must never be missing from a work-list."""
        return self.implanted().filter(patient__died_on=None, patient__closed_on=None)


class Pump(models.Model):
    """One implanted pump. Ended by explant with a date, never deleted."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The patient's clinic, kept here so that indexes and queries start with it.
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="pumps")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="pumps")
    model = models.ForeignKey(PumpModel, models.PROTECT, related_name="pumps")
    serial = models.CharField(_("serial number"), max_length=40)
    implanted_on = models.DateField(_("implanted on"), null=True, blank=True)
    explanted_on = models.DateField(_("explanted on"), null=True, blank=True)
    explant_reason = models.CharField(_("reason"), max_length=200, blank=True)
    site = models.CharField(_("site"), max_length=80, blank=True)
    lead_days = models.PositiveSmallIntegerField(
        _("lead days"), null=True, blank=True, help_text=_("The clinic's when empty.")
    )
    eri_on = models.DateField(_("ERI recorded on"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PumpQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["clinic"], condition=Q(explanted_on=None), name="pumps_pump_clinic_implanted"
            ),
            models.Index(fields=["patient"], name="pumps_pump_by_patient"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(serial=""), name="pumps_pump_has_serial"),
            models.UniqueConstraint(
                fields=["clinic", "serial"],
                condition=Q(explanted_on=None),
                name="pumps_pump_serial_unique_in_clinic",
                violation_error_message=_(
                    "This serial number is already recorded for another implanted pump."
                ),
            ),
            models.CheckConstraint(
                condition=Q(explanted_on=None)
                | Q(implanted_on=None)
                | Q(explanted_on__gte=F("implanted_on")),
                name="pumps_pump_explanted_after_implant",
                violation_error_message=_("The explant date is before the implant date."),
            ),
            models.CheckConstraint(
                condition=Q(lead_days=None) | Q(lead_days__lte=60), name="pumps_pump_lead_days_at_most_60"
            ),
        ]

    def __str__(self):
        return f"{self.model} {self.serial}"

    def get_absolute_url(self):
        return reverse("pumps:pump", args=[self.ref])

    @property
    def effective_lead_days(self) -> int:
        return self.clinic.lead_days if self.lead_days is None else self.lead_days


class Catheter(models.Model):
    """The tube from the pump to the intrathecal space."""

    pump = models.ForeignKey(Pump, models.PROTECT, related_name="catheters")
    model = models.CharField(_("model"), max_length=40, blank=True)
    tip_level = models.CharField(_("tip at"), max_length=10, blank=True)
    length_cm = models.DecimalField(_("length (cm)"), max_digits=5, decimal_places=1, null=True, blank=True)
    implanted_on = models.DateField(_("implanted on"), null=True, blank=True)
    explanted_on = models.DateField(_("explanted on"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(length_cm=None) | Q(length_cm__gt=0), name="pumps_catheter_length_positive"
            ),
            models.UniqueConstraint(
                fields=["pump"], condition=Q(explanted_on=None), name="pumps_catheter_one_in_place"
            ),
        ]

    def __str__(self):
        return self.model or str(_("catheter"))
