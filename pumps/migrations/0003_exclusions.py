"""Let PostgreSQL refuse two booked visits of one nurse, or in one room, at the same time.

SQLite cannot hold such a rule; there the action looks again inside its immediate transaction.
"""

from django.db import migrations

RULES = {"pumps_visit_nurse_free": "nurse_id", "pumps_visit_room_free": "room_id"}
ADD = """
    ALTER TABLE pumps_visit ADD CONSTRAINT {name} EXCLUDE USING gist (
        int8range({column}, {column}, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&
    ) WHERE (state = 'booked')
"""


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, column in RULES.items():
            schema_editor.execute(ADD.format(name=name, column=column))


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in RULES:
            schema_editor.execute(f"ALTER TABLE pumps_visit DROP CONSTRAINT {name}")


class Migration(migrations.Migration):
    dependencies = [("pumps", "0002_catalogue")]

    operations = [migrations.RunPython(add, remove)]
