import datetime

from django.utils import timezone

from patients import actions
from patients.models import Patient
from portal.audit.models import Event
from pumps import actions as pump_actions
from pumps.models import Pump
from tests.base import ClinicTestCase, at, make_pump


class PatientTests(ClinicTestCase):
    def setUp(self):
        self.url = f"/patients/{self.rosa.ref}/"
        self.sign_in(self.nora)

    def html(self):
        response = self.client.get(self.url)
        self.assertEqual(response.status_code, 200)
        return response.content.decode()

    def test_the_summary_comes_first(self):
        Patient.objects.filter(pk=self.rosa.pk).update(allergy_note="latex", other_language="Polish")
        html = self.html()
        for said in ("Rosa Villanueva", "30-Jul-1954", "330-951", "latex", "Polish", "312-555-0141"):
            self.assertIn(said, html)
        self.assertLess(html.index("latex"), html.index('id="pumps"'))
        self.assertIn('class="banner"', html)

    def test_the_pump_with_its_state(self):
        self.assertIn("No fill recorded", self.html())
        cycle = self.fill(filled_on=self.oak.today() - datetime.timedelta(days=3))
        html = self.html()
        self.assertIn("NGP000001H", html)
        self.assertIn(cycle.refill_by.strftime("%d-%b-%Y"), html)
        self.assertIn("None booked", html)

    def test_the_next_visit_and_its_place(self):
        cycle = self.fill()
        starts_at = at(cycle.refill_by, 10)
        self.book(starts_at=starts_at)
        html = self.html()
        self.assertIn("10:00\N{NO-BREAK SPACE}a.m.", html)
        self.assertIn("Room 1", html)

    def test_an_open_alarm_is_linked(self):
        alarm = pump_actions.record_alarm(
            actor=self.nora, pump=self.pump, tone="two", heard_by="patient", heard_at=timezone.now()
        )
        html = self.html()
        self.assertIn("Open alarm, two tones", html)
        self.assertIn(f"/alarms/{alarm.ref}/close/", html)

    def test_an_explanted_pump_stands_below_the_one_in_place(self):
        Pump.objects.filter(pk=self.pump.pk).update(explanted_on=self.oak.today(), explant_reason="worn out")
        make_pump(self.rosa, "NGP000009H")
        html = self.html()
        self.assertIn("worn out", html)
        self.assertLess(html.index("NGP000009H"), html.index("NGP000001H"))

    def test_without_a_pump_it_says_what_to_do(self):
        Pump.objects.filter(pk=self.pump.pk).delete()
        self.assertIn("No pump on record", self.html())

    def test_contacts_with_who_and_undone_ones_marked(self):
        for outcome in ("no_answer", "reached"):
            contact = actions.log_contact(
                actor=self.nora, patient=self.rosa, channel="call", outcome=outcome, note="x < y"
            )
        actions.undo_contact(actor=self.nora, contact=contact)
        html = self.html()
        self.assertIn("no answer", html)
        self.assertIn("x &lt; y", html)
        self.assertIn("undone by Nora Lind", html)

    def test_the_reading_is_recorded(self):
        self.html()
        event = Event.objects.get(action="patient.read")
        self.assertEqual((event.actor, event.patient_ref), (self.nora, self.rosa.ref))

    def test_roles(self):
        for user, status in (
            (self.osei, 200),
            (self.otto, 404),
            (self.adam, 403),
            (self.edie, 404),
            (self.sam, 404),
            (self.dale_user, 404),
            (self.rosa_user, 404),
        ):
            self.sign_in(user)
            with self.subTest(user):
                self.assertIn(self.client.get(self.url).status_code, (status, 403))
                self.assertEqual(self.client.get(self.url).status_code == 200, status == 200)

    def test_refs_that_are_none(self):
        for ref in ("00000000-0000-0000-0000-000000000000", "1", "१२", "x"):
            self.assertEqual(self.client.get(f"/patients/{ref}/").status_code, 404)

    def test_the_anonymous_are_sent_to_sign_in(self):
        self.client.logout()
        self.assertEqual(self.client.get(self.url).status_code, 302)
