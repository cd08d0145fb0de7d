"""On PostgreSQL the windows in which versions of one text are public cannot overlap; actions hold it everywhere."""

from django.db import migrations

NAME = "education_publication_windows_apart"
ADD = f"""
    ALTER TABLE education_publication ADD CONSTRAINT {NAME} EXCLUDE USING gist (
        int8range(translation_id, translation_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&
    ) WHERE (withdrawn_at IS NULL)
"""


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ADD)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE education_publication DROP CONSTRAINT {NAME}")


class Migration(migrations.Migration):
    dependencies = [("education", "0001_initial")]

    operations = [migrations.RunPython(add, remove)]
