"""Keep a fingerprint of what a cycle's dates were derived from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pumps", "0003_exclusions")]

    operations = [
        migrations.AddField(
            "cycle", "inputs_hash", models.CharField(blank=True, default="", editable=False, max_length=32)
        ),
    ]
