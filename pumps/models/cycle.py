"""The refill cycle: a fill and the dates derived from it. It ends when the pump is filled again."""

import datetime
import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import CLINICAL, Clinic
from pumps import refill
from pumps.models.device import Pump
from pumps.models.program import Program


class CycleQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(
            Q(pump__patient__user=user) | Q(clinic__in=[clinic.pk for clinic in user.clinics(*CLINICAL)])
        )

    def standing(self):
        """Leave out fills that an amendment replaced."""
        return self.filter(superseded_at=None)

    def open(self):
        """Return the fill each pump runs on now."""
        return self.standing().filter(ended_on=None)


class Cycle(models.Model):
    """A fill as recorded, the settings its dates were derived with, and those dates."""

    class Binding(models.TextChoices):
        ALARM = "alarm", _("low-reservoir alarm")
        ACCURACY = "accuracy", _("pump accuracy")
        STABILITY = "stability", _("drug stability")
        BEYOND_USE = "beyond_use", _("beyond-use date")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="cycles")
    pump = models.ForeignKey(Pump, models.PROTECT, related_name="cycles")
    program = models.ForeignKey(Program, models.PROTECT, related_name="cycles")

    # What the nurse wrote down.
    filled_on = models.DateField(_("filled on"))
    residual_ml = models.DecimalField(
        _("residual volume drawn (mL)"), max_digits=5, decimal_places=2, null=True
    )
    expected_residual_ml = models.DecimalField(max_digits=5, decimal_places=2, null=True, editable=False)
    left_ml = models.DecimalField(
        _("volume left in (mL)"), max_digits=5, decimal_places=2, default=Decimal(0)
    )
    filled_ml = models.DecimalField(_("fill volume (mL)"), max_digits=5, decimal_places=2)
    alarm_ml = models.DecimalField(_("low-reservoir alarm (mL)"), max_digits=5, decimal_places=2)
    is_diluted = models.BooleanField(_("diluted"), null=True)
    is_first_fill = models.BooleanField(_("first fill of this pump"), default=False)
    beyond_use_on = models.DateField(_("beyond-use date"), null=True, blank=True)
    printed_alarm_on = models.DateField(_("alarm date on the printout"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    # Drawn with the form, so that a second press of the button makes no second fill.
    key = models.UUIDField(null=True, unique=True, editable=False)
    ended_on = models.DateField(null=True, blank=True)

    # An amendment is a new row; the original stays, marked as replaced.
    amends = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="amended_by")
    amend_reason = models.CharField(_("reason for the amendment"), max_length=300, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    # What the dates were derived with.
    stability_days = models.PositiveSmallIntegerField(null=True, blank=True)
    stability_source = models.CharField(max_length=300, blank=True)
    # The limit a clinic's file gave for this fill; the earlier of it and the table's counts.
    file_stability_days = models.PositiveSmallIntegerField(null=True, blank=True)
    lead_days = models.PositiveSmallIntegerField()
    accuracy = models.DecimalField(max_digits=5, decimal_places=4)

    # Derived, stored in the same transaction as what moves them. All None: stopped, or cannot be computed.
    low_reservoir_alarm_on = models.DateField(null=True, editable=False)
    latest_alarm_on = models.DateField(null=True, editable=False)
    alarm_on = models.DateField(null=True, editable=False)
    empty_on = models.DateField(null=True, editable=False)
    earliest_empty_on = models.DateField(null=True, editable=False)
    stable_until = models.DateField(null=True, editable=False)
    refill_by = models.DateField(null=True, editable=False)
    binding = models.CharField(max_length=12, choices=Binding, blank=True, editable=False)
    printed_alarm_agrees = models.BooleanField(null=True, editable=False)
    is_stopped = models.BooleanField(default=False, editable=False)
    # Why there is no date, as a field name of pumps.refill.ImpossibleInput.
    cannot_compute = models.CharField(max_length=40, blank=True, editable=False)
    # What the dates were last derived from (pumps/inputs.py); empty: derived when recorded, not yet compared.
    inputs_hash = models.CharField(max_length=32, blank=True, default="", editable=False)

    objects = CycleQuerySet.as_manager()

    class Meta:
        ordering = ["-filled_on", "-id"]
        indexes = [
            models.Index(
                fields=["clinic", "refill_by"],
                condition=Q(ended_on=None, superseded_at=None),
                name="pumps_cycle_clinic_refill_by",
            ),
            models.Index(
                fields=["clinic", "earliest_empty_on"],
                condition=Q(ended_on=None, superseded_at=None),
                name="pumps_cycle_clinic_earliest",
            ),
            models.Index(fields=["pump", "-filled_on"], name="pumps_cycle_pump_filled"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["pump"], condition=Q(ended_on=None, superseded_at=None), name="pumps_cycle_one_open"
            ),
            models.CheckConstraint(
                condition=Q(filled_ml__gt=0),
                name="pumps_cycle_filled_positive",
                violation_error_message=_("The fill volume must be more than 0 mL."),
            ),
            models.CheckConstraint(condition=Q(left_ml__gte=0), name="pumps_cycle_left_not_negative"),
            models.CheckConstraint(
                condition=Q(residual_ml=None) | Q(residual_ml__gte=0),
                name="pumps_cycle_residual_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(alarm_ml__gte=0, alarm_ml__lt=F("filled_ml") + F("left_ml")),
                name="pumps_cycle_alarm_below_volume",
                violation_error_message=_("The alarm volume must be below the volume in the reservoir."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("filled_on")),
                name="pumps_cycle_ends_after_fill",
            ),
            models.CheckConstraint(
                condition=Q(beyond_use_on=None) | Q(beyond_use_on__gte=F("filled_on")),
                name="pumps_cycle_beyond_use_after_fill",
                violation_error_message=_("The beyond-use date is before the fill."),
            ),
            models.CheckConstraint(
                condition=Q(amends=None, amend_reason="") | (Q(amends__isnull=False) & ~Q(amend_reason="")),
                name="pumps_cycle_amendment_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(refill_by__isnull=False, cannot_compute="", is_stopped=False)
                | Q(refill_by=None, is_stopped=True, cannot_compute="")
                | (Q(refill_by=None, is_stopped=False) & ~Q(cannot_compute="")),
                name="pumps_cycle_date_or_reason",
            ),
            models.CheckConstraint(
                condition=Q(refill_by=None)
                | Q(
                    alarm_on__isnull=False,
                    low_reservoir_alarm_on__isnull=False,
                    earliest_empty_on__isnull=False,
                    alarm_on__lte=F("low_reservoir_alarm_on"),
                    refill_by__lt=F("earliest_empty_on"),
                ),
                name="pumps_cycle_refill_before_empty",
            ),
        ]

    def __str__(self):
        return f"{self.pump} {self.filled_on}"

    @property
    def patient(self):
        return self.pump.patient

    @property
    def volume_ml(self) -> Decimal:
        return self.filled_ml + self.left_ml

    def fill(self) -> refill.Fill:
        """Return what pumps.refill computes with: this row, its program and its pump's model."""
        model = self.pump.model
        days = self.stability_days
        return refill.Fill(
            filled_on=self.filled_on,
            filled_ml=self.filled_ml,
            left_ml=self.left_ml,
            alarm_ml=self.alarm_ml,
            infusion=self.program.infusion(),
            lead_days=self.lead_days,
            stable_until=None if days is None else self.filled_on + datetime.timedelta(days=days),
            beyond_use_on=self.beyond_use_on,
            printed_alarm_on=self.printed_alarm_on,
            accuracy=self.accuracy,
            capacity_ml=model.capacity_ml,
            flow_range=refill.FlowRange(model.least_flow_ml_per_day, model.most_flow_ml_per_day),
        )
