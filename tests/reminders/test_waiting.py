"""How long messages have waited: a mail server that refuses all of them must not look well."""

import datetime
from unittest import TestCase
from zoneinfo import ZoneInfo

import time_machine
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.reminders import engine, health, waiting
from portal.reminders.models import Heartbeat, Reminder
from pumps import actions
from tests.base import ClinicTestCase, at
from tests.reminders.mail import SMTP, smtp_server
from tests.reminders.many import make_due_pumps

NOON = at("2026-06-02", 12)
PEOPLE = 4
DOWN = {"EMAIL_BACKEND": SMTP, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": 1, "EMAIL_TIMEOUT": 1}


class WaitingTests(ClinicTestCase):
    def sweep(self, moment):
        with time_machine.travel(moment, tick=False):
            return engine.sweep()

    def due(self, count=PEOPLE):
        """Make messages due at nine and plan them at noon; nothing has been tried yet."""
        with time_machine.travel(NOON, tick=False):
            make_due_pumps(self.oak, count)

    def status(self, moment):
        with time_machine.travel(moment, tick=False):
            response = self.client.get("/health/")
        return response.status_code, response.json()["engine"]

    def after(self, minutes):
        return NOON + datetime.timedelta(minutes=minutes)

    def test_nothing_waits_when_all_have_left(self):
        self.due()
        self.sweep(NOON)
        self.assertEqual(Heartbeat.objects.get().oldest_overdue_seconds, 0)
        self.assertEqual(self.status(NOON), (200, "ok"))

    @override_settings(**DOWN)
    def test_no_server(self):
        self.due()
        for minutes in range(0, 20, 2):
            self.sweep(self.after(minutes))
        self.assertEqual(self.status(self.after(19)), (503, "behind"))

    def refused_by_all(self, place, answer):
        self.due()
        with smtp_server() as server:
            people = [f"m{number:06d}@mail.example" for number in range(PEOPLE)]
            getattr(server, place).update(dict.fromkeys(people, answer))
            for minutes in range(0, 20, 2):
                self.sweep(self.after(minutes))
            self.assertEqual(self.status(self.after(19)), (503, "behind"))
            getattr(server, place).clear()
            self.sweep(self.after(90))
        self.assertEqual(self.status(self.after(90)), (200, "ok"))

    def test_a_server_that_refuses_every_recipient(self):
        self.refused_by_all("at_rcpt", "451 later")

    def test_a_server_that_refuses_every_message(self):
        self.refused_by_all("at_data", "451 later")

    def test_one_mailbox_that_is_full_is_no_outage(self):
        self.due()
        with smtp_server() as server:
            server.at_rcpt["m000002@mail.example"] = "452 full"
            for minutes in range(0, 40, 2):
                self.sweep(self.after(minutes))
        self.assertEqual(self.status(self.after(39)), (200, "ok"))

    @override_settings(**DOWN)
    def test_a_failed_alarm_waits_at_night_too(self):
        night = at("2026-06-02", 3)
        with time_machine.travel(night, tick=False):
            actions.record_alarm(
                actor=self.nora, pump=self.dales_pump, tone="two", heard_by="patient", heard_at=night
            )
        for minutes in range(0, 20, 2):
            self.sweep(night + datetime.timedelta(minutes=minutes))
        self.assertEqual(self.status(night + datetime.timedelta(minutes=18)), (503, "behind"))

    @override_settings(**DOWN)
    def test_no_message_has_waited_longer_than_it_is_there(self):
        with time_machine.travel(NOON - datetime.timedelta(days=7), tick=False):
            actions.record_alarm(
                actor=self.nora, pump=self.dales_pump, tone="two", heard_by="patient", heard_at=timezone.now()
            )
        self.sweep(NOON)
        self.assertTrue(Reminder.objects.filter(state="retry", due_at__lt=NOON).exists())
        self.assertEqual(self.status(NOON), (200, "ok"))

    def test_what_waits_for_the_morning_or_no_longer_holds_is_not_late(self):
        self.due()
        self.sweep(at("2026-06-02", 20))
        self.assertEqual(self.status(at("2026-06-02", 20)), (200, "ok"))
        self.assertEqual(Reminder.objects.filter(state="planned", rung=7).count(), PEOPLE)
        tried = {"state": "retry", "attempts": 2, "next_attempt_at": NOON}
        Reminder.objects.filter(rung=7).update(valid_until=NOON, **tried)
        self.assertEqual(waiting.oldest_seconds(self.after(60)), 0)

    @override_settings(**DOWN)
    def test_an_outage_of_the_day_is_told_all_night(self):
        self.due()
        for hour in range(12, 24):
            self.sweep(at("2026-06-02", hour))
        self.assertEqual(self.status(at("2026-06-02", 23)), (503, "behind"))

    def test_a_row_given_back_keeps_its_place(self):
        self.due()
        with time_machine.travel(NOON, tick=False):
            engine.reconcile(timezone.now())
            before = dict(Reminder.objects.waiting().values_list("pk", "next_attempt_at"))
            owner, _ = engine.ledger.claim(50, NOON)
            engine.ledger.release(owner, self.after(30))
        self.assertEqual(dict(Reminder.objects.waiting().values_list("pk", "next_attempt_at")), before)

    def test_one_query_however_many_wait(self):
        self.due(30)
        with time_machine.travel(NOON, tick=False):
            engine.reconcile(NOON)
        with CaptureQueriesContext(connection) as captured:
            self.assertEqual(waiting.oldest_seconds(self.after(30)), 1800)
        self.assertEqual(len(captured), 1)

    def test_staff_are_told_on_every_page_and_patients_never(self):
        Heartbeat.objects.create(at=timezone.now(), oldest_overdue_seconds=health.BEHIND_SECONDS + 1)
        words = "Messages are not leaving."
        self.assertContains(self.sign_in(self.nora).get("/worklist/"), words)
        self.assertNotContains(self.sign_in(self.rosa_user).get("/my/"), words)
        Heartbeat.objects.update(oldest_overdue_seconds=health.BEHIND_SECONDS)
        self.assertNotContains(self.sign_in(self.nora).get("/worklist/"), words)

    def test_silence_is_the_worse_news(self):
        Heartbeat.objects.create(
            at=timezone.now() - health.SILENT_AFTER, oldest_overdue_seconds=health.BEHIND_SECONDS + 1
        )
        page = self.sign_in(self.nora).get("/worklist/")
        self.assertContains(page, "Reminders are not going out.")
        self.assertNotContains(page, "Messages are not leaving.")


class OpenTimeTests(TestCase):
    cases = [
        ("2026-06-02 09:00", "2026-06-02 09:20", 20),
        ("2026-06-02 18:50", "2026-06-02 23:00", 10),
        ("2026-06-02 18:50", "2026-06-03 09:05", 15),
        ("2026-06-02 20:00", "2026-06-03 08:00", 0),
        ("2026-06-02 09:00", "2026-06-04 10:00", 21 * 60),
        # The clocks go back in the night of 1 November.
        ("2026-10-31 18:00", "2026-11-01 10:00", 120),
    ]

    def test_only_the_open_hours_count(self):
        zone = ZoneInfo("America/Chicago")
        for start, end, minutes in self.cases:
            moments = [datetime.datetime.fromisoformat(text).replace(tzinfo=zone) for text in (start, end)]
            with self.subTest(start=start, end=end):
                found = waiting.open_time(*[each.astimezone(datetime.UTC) for each in moments], zone)
                self.assertEqual(found, datetime.timedelta(minutes=minutes))
