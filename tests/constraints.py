"""Rules of the database, broken on purpose by a hand that goes round the actions."""

import uuid

from django.db import IntegrityError, connection, models, transaction


class BreaksRules:
    """Mixed into a TestCase: acts that the database must refuse, naming the rule."""

    def breaks(self, name, act):
        with self.assertRaises(IntegrityError) as caught, transaction.atomic():
            act()
        # SQLite names a broken check, and the columns of a unique rule.
        if connection.vendor == "postgresql" or "CHECK" in str(caught.exception):
            self.assertIn(name, str(caught.exception))

    def copy(self, row, values):
        """Insert the row again, with new values where a column of its own must not repeat."""
        fresh = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        fresh.pop(row._meta.pk.attname)
        if "ref" in fresh:
            fresh["ref"] = uuid.uuid4()
        models.Model.save(type(row)(**{**fresh, **values}), force_insert=True)
