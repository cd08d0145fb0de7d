"""Reference figures as rows, each with its source and who confirmed it."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Sourced(models.Model):
    """A figure that says where it comes from; without `confirmed_on` it is shown as unconfirmed."""

    source = models.CharField(_("source"), max_length=300)
    confirmed_by = models.CharField(_("confirmed by"), max_length=120, blank=True)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_confirmed(self) -> bool:
        return bool(self.confirmed_by and self.confirmed_on)


class PumpModel(Sourced):
    """A pump model with its reservoir, flow range and accuracy."""

    code = models.CharField(_("model"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    maker = models.CharField(_("maker"), max_length=60)
    capacity_ml = models.DecimalField(_("reservoir capacity (mL)"), max_digits=5, decimal_places=2)
    default_alarm_ml = models.DecimalField(_("usual alarm volume (mL)"), max_digits=5, decimal_places=2)
    least_flow_ml_per_day = models.DecimalField(max_digits=8, decimal_places=4)
    most_flow_ml_per_day = models.DecimalField(max_digits=8, decimal_places=4)
    accuracy = models.DecimalField(
        _("flow accuracy, as a fraction"), max_digits=5, decimal_places=4, default=Decimal("0.145")
    )
    service_years = models.PositiveSmallIntegerField(_("stops after (years)"), null=True, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    capacity_ml__gt=0, default_alarm_ml__gte=0, default_alarm_ml__lt=F("capacity_ml")
                ),
                name="pumps_pumpmodel_alarm_below_capacity",
                violation_error_message=_("The alarm volume must be below the reservoir capacity."),
            ),
            models.CheckConstraint(
                condition=Q(
                    least_flow_ml_per_day__gte=0, most_flow_ml_per_day__gt=F("least_flow_ml_per_day")
                ),
                name="pumps_pumpmodel_flow_range",
            ),
            models.CheckConstraint(
                condition=Q(accuracy__gte=0, accuracy__lt=1), name="pumps_pumpmodel_accuracy_is_fraction"
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.code}"


class Drug(models.Model):
    """A drug by its lower-case generic name; tall-man letters for staff, plain for patients."""

    class Unit(models.TextChoices):
        MG = "mg", "mg"
        MCG = "mcg", "mcg"

    name = models.CharField(_("name"), max_length=40, unique=True)
    tall_man = models.CharField(max_length=40, blank=True)
    name_es = models.CharField(max_length=40)
    usual_unit = models.CharField(max_length=3, choices=Unit)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="pumps_drug_has_name"),
        ]

    def __str__(self):
        return self.name

    def patient_name(self, language: str) -> str:
        return self.name_es if language == "es" else self.name


class StabilityLimit(Sourced):
    """How long a drug keeps in the pump; None in `first_fill` or `diluted` means either."""

    drug = models.ForeignKey(Drug, models.PROTECT, related_name="stability_limits")
    first_fill = models.BooleanField(null=True, blank=True)
    diluted = models.BooleanField(null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("days"))

    class Meta:
        ordering = ["drug__name", "days"]
        constraints = [
            models.CheckConstraint(condition=Q(days__gt=0), name="pumps_stabilitylimit_days_positive"),
        ]

    def __str__(self):
        return f"{self.drug}: {self.days} days"
