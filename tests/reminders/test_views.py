"""Health, the silent-engine banner and the demo's outbox."""

import datetime
import json
import tempfile
from pathlib import Path

from django.core import mail
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from portal.reminders import engine, health, outbox
from portal.reminders.context_processors import engine as processor
from portal.reminders.models import Heartbeat
from tests.base import ClinicTestCase

OUTBOX = "portal.reminders.outbox.EmailBackend"


def beat(minutes_ago=0, **fields):
    at = timezone.now() - datetime.timedelta(minutes=minutes_ago)
    Heartbeat.objects.update_or_create(name="engine", defaults={"at": at, **fields})


class HealthTests(ClinicTestCase):
    url = "/health/"

    def test_it_answers_anyone_200_after_a_sweep(self):
        engine.sweep()
        response = self.client.get(self.url)
        self.assertEqual((response.status_code, response.json()["engine"]), (200, "ok"))

    def test_503_before_the_first_sweep_and_after_ten_silent_minutes(self):
        self.assertEqual(self.client.get(self.url).status_code, 503)
        beat(9)
        self.assertEqual(self.client.get(self.url).status_code, 200)
        beat(10)
        self.assertEqual(self.client.get(self.url).json()["engine"], "silent")

    def test_503_when_reminders_pile_up(self):
        beat(oldest_overdue_seconds=3600)
        response = self.client.get(self.url)
        self.assertEqual((response.status_code, response.json()["engine"]), (503, "behind"))

    def test_it_names_nobody_and_is_not_kept(self):
        beat()
        response = self.client.get(self.url)
        self.assertEqual(
            set(response.json()), {"database", "engine", "last_sweep_at", "oldest_overdue_seconds"}
        )
        self.assertIn("no-store", response["Cache-Control"])

    def test_it_only_reads(self):
        self.assertEqual(self.client.post(self.url).status_code, 405)


class BannerTests(ClinicTestCase):
    def silent_for(self, user):
        request = type("Request", (), {"user": user})()
        return bool(processor(request)["engine_silent"])

    def test_staff_see_it_after_ten_minutes_and_patients_never(self):
        self.assertTrue(self.silent_for(self.nora))
        self.assertFalse(self.silent_for(self.rosa_user))
        beat(11)
        self.assertTrue(self.silent_for(self.adam))
        beat(9)
        self.assertFalse(self.silent_for(self.nora))

    def test_one_query_and_only_when_looked_at(self):
        request = type("Request", (), {"user": self.nora})()
        self.assertTrue(self.nora.current_memberships)
        with self.assertNumQueries(0):
            values = processor(request)
        with self.assertNumQueries(1):
            bool(values["engine_silent"])

    def test_a_sweep_takes_it_away(self):
        engine.sweep()
        self.assertFalse(health.is_silent())


class OutboxTests(ClinicTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        changes = override_settings(OUTBOX_DIR=Path(folder.name) / "outbox", EMAIL_BACKEND=OUTBOX, DEMO=True)
        changes.enable()
        self.addCleanup(changes.disable)
        self.url = reverse("demo_outbox")

    def send(self, subject, clinic, to="rosa@mail.example"):
        headers = {"List-Id": f"<{clinic.ref}.reminders.localhost>"} if clinic else {}
        mail.EmailMessage(subject, "Call <b>us</b>", "us@clinic.example", [to], headers=headers).send()

    def test_a_clinic_admin_reads_the_own_clinics_messages_newest_first(self):
        self.send("First", self.oak)
        self.send("Second", self.oak)
        self.send("Theirs", self.cedar)
        page = self.sign_in(self.adam).get(self.url).content.decode()
        self.assertEqual(page.count("<article"), 2)
        self.assertLess(page.index("Second"), page.index("First"))
        self.assertIn("rosa@mail.example", page)
        self.assertIn("&lt;b&gt;us", page)
        self.assertNotIn("Theirs", page)
        self.assertIn("at any hour", page)

    def test_mail_of_the_sign_in_pages_by_its_recipient(self):
        self.send("Reset", None, to="nora@oak.example")
        self.send("Reset elsewhere", None, to="otto@cedar.example")
        page = self.sign_in(self.adam).get(self.url).content.decode()
        self.assertEqual(page.count("<article"), 1)

    def test_nothing_yet(self):
        self.assertContains(self.sign_in(self.adam).get(self.url), "Nothing has been sent yet.")

    def test_pages(self):
        for number in range(26):
            self.send(f"Message {number}", self.oak)
        self.assertEqual(self.sign_in(self.adam).get(f"{self.url}?page=2").content.count(b"<article"), 1)
        self.assertEqual(self.client.get(f"{self.url}?page=x").status_code, 200)

    def test_other_roles_and_the_anonymous(self):
        self.assertEqual(self.client.get(self.url).status_code, 302)
        for user in (self.nora, self.rosa_user, self.edie, self.sam):
            self.assertEqual(self.sign_in(user).get(self.url).status_code, 403)

    def test_outside_the_demo_there_is_no_such_page(self):
        with override_settings(DEMO=False):
            self.assertEqual(self.sign_in(self.adam).get(self.url).status_code, 404)

    def test_a_broken_file_is_left_out(self):
        self.send("Whole", self.oak)
        (outbox.paths()[0].with_name("1-x.json")).write_text("{")
        self.assertEqual(len(list(outbox.messages())), 1)

    def test_files_appear_whole(self):
        self.send("One", self.oak)
        self.assertEqual([path.suffix for path in Path(outbox.paths()[0]).parent.iterdir()], [".json"])
        self.assertEqual(json.loads(outbox.paths()[0].read_text())["subject"], "One")
