"""Open, correct and end a person's record; contacts and consent."""

import datetime
from datetime import date

import time_machine

from patients import actions
from patients.models import Contact, ContactPoint, Patient
from portal.audit.models import Event
from pumps.models import Visit
from tests.base import ClinicTestCase, at

NOW = "2026-06-01T14:00:00Z"


class PatientActionTestCase(ClinicTestCase):
    def setUp(self):
        clock = time_machine.travel(NOW, tick=False)
        clock.start()
        self.addCleanup(clock.stop)

    def refused(self, field, words, action, **values):
        events = Event.objects.count()
        with self.assertRaises(actions.Refused) as caught:
            action(actor=self.nora, **values)
        self.assertIn(words, caught.exception.message_dict[field][0])
        self.assertEqual(Event.objects.count(), events)

    def points(self, patient, kind="phone"):
        return list(patient.contact_points.filter(kind=kind, ended_at=None).values_list("value", flat=True))


class AddPatientTests(PatientActionTestCase):
    def new(self, **values):
        values = {"given_name": "Zoë", "family_name": "O'Brien-Ng", "birth_date": date(1980, 2, 29), **values}
        return Patient(**{"clinic": self.oak, "mrn": "700-1", **values})

    def add(self, actor=None, **values):
        reach = {name: values.pop(name) for name in ("phones", "emails", "consents") if name in values}
        return actions.add_patient(actor=actor or self.nora, patient=self.new(**values), **reach)

    def test_with_ways_to_reach_them_and_consent(self):
        patient = self.add(phones=["312-555-0142"], emails=["zoe@mail.example"], consents={"email": True})
        self.assertEqual(self.points(patient), ["+13125550142"])
        self.assertEqual(self.points(patient, "email"), ["zoe@mail.example"])
        consent = patient.consents.get()
        self.assertEqual(
            (consent.channel, consent.is_granted, consent.recorded_by), ("email", True, self.nora)
        )
        self.assertEqual(patient.search_name, "zoe o'brien-ng")
        self.assertEqual(Event.objects.get().action, "patient.added")

    def test_what_cannot_be(self):
        cases = [
            ("birth_date", "future", {"birth_date": date(2026, 6, 2)}),
            ("mrn", "", {"mrn": " "}),
            ("__all__", "MRN", {"mrn": self.rosa.mrn}),
            ("__all__", "one name", {"given_name": "", "family_name": ""}),
            ("time_zone", "zone", {"time_zone": "Mars/Base"}),
            ("phones", "area code", {"phones": ["call me"]}),
            ("phones", "area code", {"phones": ["12"]}),
            ("emails", "name@example.org", {"emails": ["a@"]}),
        ]
        for field, words, values in cases:
            with self.subTest(values=values):
                self.refused(field, words, self.add, **values)

    def test_the_same_mrn_at_another_clinic_is_another_person(self):
        self.add(clinic=self.cedar, mrn=self.rosa.mrn)


class EditPatientTests(PatientActionTestCase):
    def test_the_event_names_fields_not_values(self):
        self.rosa.preferred_name = "Rosita"
        actions.edit_patient(actor=self.nora, patient=self.rosa)
        event = Event.objects.get()
        self.assertEqual((event.action, event.detail), ("patient.edited", {"fields": ["preferred_name"]}))

    def test_nothing_changed_leaves_no_event(self):
        actions.edit_patient(
            actor=self.nora, patient=self.rosa, phones=["+13125550141"], consents={"email": True}
        )
        self.assertFalse(Event.objects.exists())

    def test_an_old_number_is_ended_not_deleted(self):
        actions.edit_patient(actor=self.nora, patient=self.rosa, phones=["312 555 0150", "+13125550151"])
        self.assertEqual(self.points(self.rosa), ["+13125550150", "+13125550151"])
        self.assertTrue(ContactPoint.objects.filter(value="+13125550141", ended_at__isnull=False).exists())

    def test_what_is_none_stays(self):
        actions.edit_patient(actor=self.nora, patient=self.rosa, phones=[])
        self.assertEqual(
            (self.points(self.rosa), self.points(self.rosa, "email")), ([], ["rosa@mail.example"])
        )


class DeathTests(PatientActionTestCase):
    def die(self, actor=None, day=date(2026, 5, 30)):
        return actions.record_death(actor=actor or self.nora, patient=self.rosa, died_on=day)

    def test_what_is_booked_is_cancelled_and_the_pump_stays(self):
        cycle, visit = self.fill(filled_on=date(2026, 5, 4)), self.book(starts_at=at("2026-06-02"))
        patient = self.die()
        visit.refresh_from_db()
        cycle.refresh_from_db()
        self.assertEqual((visit.state, visit.reason), (Visit.State.CANCELLED, "The patient died."))
        self.assertEqual((patient.is_living, patient.is_active), (False, False))
        self.assertIsNone(cycle.ended_on)
        self.assertEqual(Event.objects.latest("id").action, "patient.died")

    def test_undone_it_leaves_visits_cancelled(self):
        visit = self.book(starts_at=at("2026-06-08"))
        patient = actions.undo_death(actor=self.nora, patient=self.die())
        visit.refresh_from_db()
        self.assertEqual((patient.died_on, visit.state), (None, "cancelled"))
        events = Event.objects.count()
        actions.undo_death(actor=self.nora, patient=patient)
        self.assertEqual(Event.objects.count(), events)

    def test_what_cannot_be(self):
        self.refused("died_on", "future", self.die, day=date(2026, 6, 2))
        self.refused("died_on", "before the birth", self.die, day=date(1954, 7, 29))

    def test_a_closed_record_has_no_visits_either(self):
        visit = self.book(starts_at=at("2026-06-08"))
        patient = actions.close_record(actor=self.nora, patient=self.rosa, closed_on=date(2026, 6, 1))
        visit.refresh_from_db()
        self.assertEqual((visit.reason, patient.is_active), ("The record was closed.", False))


class ReopenTests(PatientActionTestCase):
    def close(self):
        return actions.close_record(actor=self.nora, patient=self.rosa, closed_on=date(2026, 6, 1))

    def test_the_pump_is_back_and_the_visit_stays_cancelled(self):
        visit = self.book(starts_at=at("2026-06-08"))
        patient = actions.reopen_record(actor=self.nora, patient=self.close())
        visit.refresh_from_db()
        self.assertEqual((patient.closed_on, patient.is_active, visit.state), (None, True, "cancelled"))
        event = Event.objects.latest("id")
        self.assertEqual((event.actor, event.action), (self.nora, "patient.reopened"))

    def test_twice_changes_nothing(self):
        patient = actions.reopen_record(actor=self.nora, patient=self.close())
        events = Event.objects.count()
        actions.reopen_record(actor=self.nora, patient=patient)
        self.assertEqual(Event.objects.count(), events)


class ContactTests(PatientActionTestCase):
    def log(self, actor=None, **values):
        values = {"channel": "call", "outcome": "left_message", "note": "", **values}
        return actions.log_contact(actor=actor or self.nora, patient=self.rosa, **values)

    def test_it_is_written_down(self):
        contact = self.log(note=" with her son ")
        self.assertEqual((contact.by, contact.note), (self.nora, "with her son"))
        self.assertEqual(Event.objects.get().detail, {"outcome": "left_message"})

    def test_what_cannot_be(self):
        for field, values in [
            ("outcome", {"outcome": "sang"}),
            ("channel", {"channel": ""}),
            ("note", {"note": "x" * 201}),
        ]:
            with self.subTest(field=field):
                self.refused(field, "", self.log, **values)

    def test_undone_within_ten_minutes_and_once(self):
        contact = self.log()
        with time_machine.travel(at("2026-06-01", 9) + datetime.timedelta(minutes=10), tick=False):
            undone = actions.undo_contact(actor=self.priya, contact=contact)
            again = actions.undo_contact(actor=self.nora, contact=contact)
        self.assertEqual((undone.undone_by, again.undone_by), (self.priya, self.priya))
        self.assertFalse(Contact.objects.standing().exists())

    def test_not_after_ten_minutes(self):
        contact = self.log()
        with time_machine.travel(at("2026-06-01", 9) + datetime.timedelta(minutes=11), tick=False):
            self.refused("__all__", "ten minutes", actions.undo_contact, contact=contact)


class ConsentTests(PatientActionTestCase):
    def test_the_last_word_counts(self):
        values = {"actor": self.nora, "patient": self.rosa, "channel": "email", "language": "es"}
        actions.record_consent(is_granted=True, text_shown="¿Podemos escribirle?", **values)
        consent = actions.record_consent(is_granted=False, text_shown="¿Podemos escribirle?", **values)
        self.assertEqual((consent.is_granted, consent.language), (False, "es"))
        self.assertEqual(self.rosa.consents.count(), 1)
        self.assertEqual(Event.objects.count(), 2)
