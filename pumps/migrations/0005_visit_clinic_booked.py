"""Let the work-list read one clinic's booked visits without those of the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pumps", "0004_cycle_inputs_hash")]

    operations = [
        migrations.AddIndex(
            "visit",
            models.Index(
                condition=models.Q(state="booked"), fields=["clinic"], name="pumps_visit_clinic_booked"
            ),
        ),
    ]
