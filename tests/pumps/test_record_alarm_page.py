import datetime
import uuid

import time_machine

from patients.models import ChannelConsent
from pumps.models import Alarm, Pump
from tests.base import ClinicTestCase, at
from tests.triples import triple

# Monday, 9:42 a.m. in Chicago.
NOW = at("2026-11-23", 9, 42)


class RecordAlarmPageTests(ClinicTestCase):
    def setUp(self):
        traveller = time_machine.travel(NOW, tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)
        self.url = f"/pumps/{self.pump.ref}/alarms/new/"
        self.sign_in(self.nora)

    def payload(self, **changes):
        heard_on = changes.pop("heard_on", NOW.date())
        values = {
            "tone": "two",
            "kind": "unknown",
            "heard_by": "patient",
            "heard_time": "8:55 a.m.",
            "note": "Like a siren",
            "key": str(uuid.uuid4()),
        }
        return {**values, **triple("heard_on", heard_on), **changes}

    def post(self, follow=False, **changes):
        return self.client.post(self.url, self.payload(**changes), follow=follow)

    def test_it_records_what_was_told(self):
        response = self.post()
        alarm = Alarm.objects.get()
        self.assertRedirects(response, f"/alarms/{alarm.ref}/close/")
        self.assertEqual(
            (alarm.pump, alarm.tone, alarm.heard_by, alarm.recorded_by),
            (self.pump, "two", "patient", self.nora),
        )
        self.assertEqual((alarm.heard_at, alarm.note), (at("2026-11-23", 8, 55), "Like a siren"))

    def test_after_two_tones_the_page_says_who_is_told_and_what_to_say(self):
        response = self.post(follow=True)
        for said in (
            "Call the person now",
            "Nora Lind, Priya Nair",
            "The on-call contact is e-mailed too: Dr. Osei",
            "Say: call the 24-hour line now",
            "312-555-0199",
            "Say: call 911 now if",
            "The person gets the matching message by e-mail.",
        ):
            self.assertContains(response, said)

    def test_after_one_tone_the_page_says_by_when(self):
        response = self.post(follow=True, tone="one")
        self.assertContains(response, "Call the person by 5:00\N{NO-BREAK SPACE}p.m., 23-Nov-2026")
        self.assertNotContains(response, "on-call contact")
        self.assertNotContains(response, "Say: call the 24-hour line now")

    def test_not_sure_is_treated_as_two_tones(self):
        response = self.post(follow=True, tone="unsure")
        self.assertContains(response, "treated as two tones")
        self.assertContains(response, "Say: call the 24-hour line now")

    def test_it_says_when_nobody_could_be_mailed(self):
        ChannelConsent.objects.filter(patient=self.rosa).update(is_granted=False)
        type(self.oak).objects.filter(pk=self.oak.pk).update(on_call_email="")
        response = self.post(follow=True)
        self.assertContains(response, "The person gets no e-mail")
        self.assertContains(response, "call the on-call physician yourself")

    def test_it_stands_on_the_work_list_at_once(self):
        self.post()
        self.assertContains(self.client.get("/worklist/"), "Two-tone alarm")

    def test_a_second_press_makes_one_alarm(self):
        key = str(uuid.uuid4())
        first, second = self.post(key=key), self.post(key=key)
        self.assertEqual(first["Location"], second["Location"])
        self.assertEqual(Alarm.objects.count(), 1)

    def test_nothing_is_chosen_beforehand_but_the_kind(self):
        html = self.client.get(self.url).content.decode()
        self.assertEqual(html.count(" checked"), 1)

    def test_bad_input(self):
        tomorrow = NOW.date() + datetime.timedelta(days=1)
        cases = [
            ({"tone": ""}, "What it sounded like is missing."),
            ({"tone": "three"}, "three"),
            ({"heard_by": ""}, "Heard by is missing."),
            ({"heard_time": "9:43 a.m."}, "it cannot be in the future"),
            ({"heard_on": tomorrow}, "First heard on"),
            ({"heard_on": None}, "First heard on"),
            ({"heard_time": ""}, "There is a problem"),
            ({"heard_time": "25:00"}, "First heard at"),
            ({"heard_time": "23:59:60"}, "First heard at"),
            ({"note": "a\u202eb"}, "What was said"),
            ({"key": "x"}, "There is a problem"),
        ]
        for changes, said in cases:
            with self.subTest(changes):
                response = self.post(**changes)
                self.assertContains(response, said, status_code=422)
                self.assertContains(response, "There is a problem", status_code=422)
        self.assertFalse(Alarm.objects.exists())

    def test_before_the_implant(self):
        response = self.post(heard_on=datetime.date(2020, 5, 5))
        self.assertContains(response, "before the implant", status_code=422)

    def test_an_explanted_pump(self):
        Pump.objects.filter(pk=self.pump.pk).update(explanted_on=NOW.date())
        self.assertContains(self.post(), "explanted", status_code=422)

    def test_roles(self):
        for user, status in ((self.otto, 404), (self.adam, 403)):
            self.sign_in(user)
            self.assertEqual(self.client.get(self.url).status_code, status)
            self.assertEqual(self.post().status_code, status)
        for user in (self.edie, self.sam, self.rosa_user):
            self.sign_in(user)
            self.assertIn(self.post().status_code, (403, 404))
        self.client.logout()
        self.assertEqual(self.post().status_code, 302)
        self.assertFalse(Alarm.objects.exists())
