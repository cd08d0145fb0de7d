"""The audit table refuses changes, whoever asks and however."""

from django.db import DatabaseError, connection, transaction

from portal.audit import log, triggers
from portal.audit.models import AppendOnly, Event
from tests.base import ClinicTestCase


class AppendOnlyTests(ClinicTestCase):
    def setUp(self):
        # On SQLite the tests live without the rule against deletion, for their own clean-up.
        if connection.vendor == "sqlite":
            triggers.install(connection, ["DELETE"])
        self.event = log.record(actor=self.nora, action="record.read", subject=self.rosa)

    def test_raw_sql_is_refused(self):
        statements = [
            "UPDATE audit_event SET action = 'nothing'",
            "UPDATE audit_event SET detail = detail WHERE id = %s",
            "DELETE FROM audit_event",
            "DELETE FROM audit_event WHERE id = %s",
        ]
        for statement in statements:
            with (
                self.subTest(statement=statement),
                self.assertRaises(DatabaseError) as caught,
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement, [self.event.pk] if "%s" in statement else [])
            self.assertIn(triggers.SENTENCE, str(caught.exception))
        self.assertEqual(Event.objects.get(), self.event)

    def test_the_orm_is_refused_before_it_asks(self):
        calls = [
            self.event.save,
            self.event.delete,
            Event.objects.all().delete,
            lambda: Event.objects.update(action="x"),
        ]
        for call in calls:
            with self.assertRaises(AppendOnly):
                call()

    def test_the_rule_can_be_lifted_and_put_back(self):
        triggers.remove(connection)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM audit_event")
        triggers.install(connection)
        log.record(actor=self.nora, action="record.read", subject=self.rosa)
        with self.assertRaises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM audit_event")
