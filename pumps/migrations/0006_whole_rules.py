"""Let no unknown value slip through two rules: half an extra dose, and a refill-by date beside no other date."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("pumps", "0005_visit_clinic_booked"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="cycle",
            name="pumps_cycle_refill_before_empty",
        ),
        migrations.RemoveConstraint(
            model_name="program",
            name="pumps_program_bolus_whole",
        ),
        migrations.AddConstraint(
            model_name="cycle",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refill_by", None),
                    models.Q(
                        ("alarm_on__isnull", False),
                        ("alarm_on__lte", models.F("low_reservoir_alarm_on")),
                        ("earliest_empty_on__isnull", False),
                        ("low_reservoir_alarm_on__isnull", False),
                        ("refill_by__lt", models.F("earliest_empty_on")),
                    ),
                    _connector="OR",
                ),
                name="pumps_cycle_refill_before_empty",
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("bolus_dose_mcg", None), ("lockout_minutes", None), ("max_activations", None)),
                    models.Q(
                        ("bolus_dose_mcg__gt", 0),
                        ("bolus_dose_mcg__isnull", False),
                        ("max_activations__gt", 0),
                        ("max_activations__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="pumps_program_bolus_whole",
                violation_error_message="An extra dose needs its size and the most per day together.",
            ),
        ),
    ]
