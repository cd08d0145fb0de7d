"""The settings a pump runs on, as a person read them off the programmer."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pumps.models.catalog import Drug
from pumps.models.device import Pump
from pumps.refill import Infusion


class Program(models.Model):
    """Settings in force from a day, until the next program replaces them."""

    class Mode(models.TextChoices):
        SIMPLE = "simple", _("simple continuous")
        STOPPED = "stopped", _("stopped")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pump = models.ForeignKey(Pump, models.PROTECT, related_name="programs")
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.SIMPLE)
    starts_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    # Patient-activated bolus (myPTM); an amount of the first drug. None: no extra doses.
    bolus_dose_mcg = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    max_activations = models.PositiveSmallIntegerField(null=True, blank=True)
    lockout_minutes = models.PositiveIntegerField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-starts_on", "-id"]
        indexes = [models.Index(fields=["pump", "-starts_on"], name="pumps_program_pump_starts")]
        constraints = [
            models.UniqueConstraint(
                fields=["pump"], condition=Q(ended_on=None), name="pumps_program_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("starts_on")),
                name="pumps_program_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(bolus_dose_mcg=None, max_activations=None, lockout_minutes=None)
                | Q(
                    # An unknown comparison counts as kept: both must be there.
                    bolus_dose_mcg__isnull=False,
                    max_activations__isnull=False,
                    bolus_dose_mcg__gt=0,
                    max_activations__gt=0,
                ),
                name="pumps_program_bolus_whole",
                violation_error_message=_("An extra dose needs its size and the most per day together."),
            ),
        ]

    def __str__(self):
        return f"{self.get_mode_display()} {self.starts_on}"

    @property
    def main_line(self) -> "DrugLine":
        """Return the drug that drives the flow."""
        return self.lines.all()[0]

    def infusion(self) -> Infusion:
        """Return the arithmetic of this program; the first drug drives the flow."""
        line = self.main_line
        return Infusion(
            concentration_mcg_per_ml=line.concentration_mcg_per_ml,
            daily_dose_mcg=line.daily_dose_mcg,
            bolus_dose_mcg=self.bolus_dose_mcg or Decimal(0),
            max_activations=self.max_activations or 0,
            lockout_minutes=self.lockout_minutes or 0,
        )


class DrugLine(models.Model):
    """One drug of a program. Position 0 drives the flow; the others follow it."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField(default=0)
    drug = models.ForeignKey(Drug, models.PROTECT, related_name="+")
    concentration_mcg_per_ml = models.DecimalField(max_digits=14, decimal_places=4)
    daily_dose_mcg = models.DecimalField(max_digits=14, decimal_places=4)
    # The unit the nurse works in; pages show it, the arithmetic uses mcg.
    unit = models.CharField(max_length=3, choices=Drug.Unit)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["program", "position"], name="pumps_drugline_position_once"),
            models.UniqueConstraint(fields=["program", "drug"], name="pumps_drugline_drug_once"),
            models.CheckConstraint(
                condition=Q(concentration_mcg_per_ml__gt=0),
                name="pumps_drugline_concentration_positive",
                violation_error_message=_("The concentration must be more than 0."),
            ),
            models.CheckConstraint(
                condition=Q(daily_dose_mcg__gte=0),
                name="pumps_drugline_dose_not_negative",
                violation_error_message=_("The daily dose must not be negative."),
            ),
        ]

    def __str__(self):
        return str(self.drug)
