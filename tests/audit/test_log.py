"""The audit is written with each act and cannot be altered."""

from django.db import DatabaseError, connection, transaction

from portal.audit import log
from portal.audit.models import AppendOnly, Event
from tests.base import ClinicTestCase


class RecordTests(ClinicTestCase):
    def test_an_event_names_actor_patient_clinic_and_subject(self):
        event = log.record(actor=self.nora, action="pump.read", subject=self.pump)
        self.assertEqual(event.actor, self.nora)
        self.assertEqual(event.patient_ref, self.rosa.ref)
        self.assertEqual(event.clinic_ref, self.oak.ref)
        self.assertEqual((event.subject_type, event.subject_ref), ("pumps.pump", self.pump.ref))

    def test_a_patient_is_found_as_the_subject_itself(self):
        event = log.record(actor=None, action="patient.added", subject=self.carla)
        self.assertEqual((event.patient_ref, event.clinic_ref), (self.carla.ref, self.cedar.ref))
        self.assertIsNone(event.actor)

    def test_events_about_a_patient(self):
        log.record(actor=self.nora, action="pump.read", subject=self.pump)
        log.record(actor=self.nora, action="pump.read", subject=self.dales_pump)
        self.assertEqual(Event.objects.about(self.rosa.ref).count(), 1)


class AppendOnlyTests(ClinicTestCase):
    def setUp(self):
        self.event = log.record(actor=self.nora, action="pump.read", subject=self.pump)

    def test_the_model_refuses_changes(self):
        self.event.action = "other"
        with self.assertRaises(AppendOnly):
            self.event.save()
        with self.assertRaises(AppendOnly):
            self.event.delete()
        with self.assertRaises(AppendOnly):
            Event.objects.update(action="other")
        with self.assertRaises(AppendOnly):
            Event.objects.all().delete()

    def test_the_database_refuses_an_update(self):
        with self.assertRaises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE audit_event SET action = 'other' WHERE id = %s", [self.event.pk])
        self.event.refresh_from_db()
        self.assertEqual(self.event.action, "pump.read")
