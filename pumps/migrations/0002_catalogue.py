"""Load the reference figures: pump models, drugs and stability limits."""

from django.db import migrations

from pumps import catalogue


def load(apps, schema_editor):
    catalogue.load(apps)


class Migration(migrations.Migration):
    dependencies = [("pumps", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
