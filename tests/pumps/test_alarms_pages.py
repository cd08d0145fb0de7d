import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.audit.models import Event
from pumps import actions
from pumps.models import Alarm
from tests.base import ClinicTestCase, make_patient, make_pump


class AlarmCase(ClinicTestCase):
    def setUp(self):
        self.sign_in(self.nora)

    def alarm(self, pump=None, tone="two", actor=None):
        return actions.record_alarm(
            actor=actor or self.nora,
            pump=pump or self.pump,
            tone=tone,
            heard_by="patient",
            heard_at=timezone.now(),
        )

    def close(self, alarm):
        return actions.close_alarm(
            actor=self.nora, alarm=alarm, cause="low volume", outcome="refilled", told="the patient"
        )


class ListTests(AlarmCase):
    def html(self, **query):
        response = self.client.get("/alarms/", query)
        self.assertEqual(response.status_code, 200)
        return response.content.decode()

    def test_without_alarms_it_says_so(self):
        self.assertIn("No alarms on record", self.html())

    def test_open_ones_first_the_gravest_on_top(self):
        closed = self.close(self.alarm())
        one = self.alarm(self.dales_pump, "one")
        two = self.alarm(self.pump, "two")
        html = self.html()
        places = [html.index(str(alarm.ref)) for alarm in (two, one, closed)]
        self.assertEqual(places, sorted(places))
        self.assertIn("open: act now", html)
        self.assertIn("refilled", html)

    def test_another_clinics_alarms_are_not_shown(self):
        self.alarm(self.carlas_pump, actor=self.otto)
        self.assertNotIn("Jensen", self.html())

    def test_pages_and_queries(self):
        self.alarm()
        self.html()
        one = self.count()
        for number in range(60):
            self.alarm(
                make_pump(make_patient(self.oak, f"P{number}", "Ann", f"Many{number}"), f"S{number}"), "one"
            )
        self.assertIn("Page 1 of 2", self.html())
        self.assertEqual(self.count(), one)
        for page in ("2", "0", "abc", "9" * 30):
            self.assertIn("Many", self.html(page=page))

    def count(self):
        with CaptureQueriesContext(connection) as queries:
            self.client.get("/alarms/")
        return len(queries)

    def test_roles(self):
        for user in (self.adam, self.edie, self.sam, self.rosa_user):
            self.sign_in(user)
            self.assertEqual(self.client.get("/alarms/").status_code, 403)
        self.client.logout()
        self.assertEqual(self.client.get("/alarms/").status_code, 302)


class CloseTests(AlarmCase):
    def setUp(self):
        super().setUp()
        self.open = self.alarm()
        self.url = f"/alarms/{self.open.ref}/close/"

    def post(self, **changes):
        values = {"cause": "Low volume", "outcome": "refilled", "told": "Rosa and Dr. Osei"}
        return self.client.post(self.url, {**values, **changes})

    def test_it_closes_with_all_three(self):
        self.assertRedirects(self.post(), "/alarms/")
        self.open.refresh_from_db()
        self.assertEqual(
            (self.open.closed_by, self.open.cause, self.open.outcome, self.open.told),
            (self.nora, "Low volume", "refilled", "Rosa and Dr. Osei"),
        )
        event = Event.objects.get(action="alarm.closed")
        self.assertEqual((event.actor, event.patient_ref), (self.nora, self.rosa.ref))

    def test_without_one_of_them_it_stays_open(self):
        for name, said in (
            ("cause", "Cause is missing."),
            ("outcome", "Outcome is missing."),
            ("told", "Who was told is missing."),
        ):
            for blank in ("",) if name == "outcome" else ("", "   "):
                with self.subTest(name=name, blank=blank):
                    self.assertContains(self.post(**{name: blank}), said, status_code=422)
        self.assertEqual(Alarm.objects.open().count(), 1)

    def test_bad_input_keeps_what_was_typed(self):
        response = self.post(cause="pump \u202e", told="Rosa herself")
        self.assertContains(response, "Rosa herself", status_code=422)
        self.assertContains(self.post(outcome="x"), "There is a problem", status_code=422)
        self.assertContains(self.post(told="x" * 201), "There is a problem", status_code=422)

    def test_a_closed_alarm_is_shown_and_cannot_be_closed_again(self):
        self.post()
        page = self.client.get(self.url)
        self.assertContains(page, "Closed alarm")
        self.assertContains(page, "Rosa and Dr. Osei")
        self.assertNotContains(page, "What happens next")
        self.assertEqual(self.post(cause="Other").status_code, 422)
        self.open.refresh_from_db()
        self.assertEqual(self.open.cause, "Low volume")

    def test_the_reading_is_recorded(self):
        self.client.get(self.url)
        self.assertEqual(Event.objects.get(action="patient.read").patient_ref, self.rosa.ref)

    def test_a_late_one_says_so(self):
        alarm = self.alarm(self.dales_pump, "one")
        Alarm.objects.filter(pk=alarm.pk).update(
            recorded_at=timezone.now() - datetime.timedelta(days=3),
            target_at=timezone.now() - datetime.timedelta(days=2),
        )
        self.assertContains(self.client.get(f"/alarms/{alarm.ref}/close/"), "That time has passed.")

    def test_roles(self):
        for user, status in ((self.otto, 404), (self.adam, 403)):
            self.sign_in(user)
            self.assertEqual(self.client.get(self.url).status_code, status)
            self.assertEqual(self.post().status_code, status)
        self.client.logout()
        self.assertEqual(self.post().status_code, 302)
        self.assertEqual(Alarm.objects.open().count(), 1)
