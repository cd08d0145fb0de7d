"""What a real mail server may answer, and what becomes of the message then."""

import datetime
import itertools
from itertools import pairwise
from types import SimpleNamespace
from unittest import mock

import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.core import mail
from django.template import TemplateSyntaxError
from django.test import override_settings

from patients.models import ContactPoint
from portal.audit.models import Event
from portal.reminders import engine, rendering
from portal.reminders.channels import mail as mail_channel
from portal.reminders.channels.mail import DOWN_AFTER
from portal.reminders.models import Heartbeat, Reminder
from tests.base import ClinicTestCase, at
from tests.reminders.mail import SMTP, smtp_server
from tests.reminders.many import make_due_pumps

NOON = at("2026-06-02", 12)
PEOPLE = 5
BAD = "m000002@mail.example"


class DeliveryTests(ClinicTestCase):
    def setUp(self):
        with time_machine.travel(NOON, tick=False):
            make_due_pumps(self.oak, PEOPLE)

    def sweep(self, minutes=0):
        with time_machine.travel(NOON + datetime.timedelta(minutes=minutes), tick=False):
            return engine.sweep()

    def row(self, address=BAD):
        return Reminder.objects.get(patient__contact_points__value=address, rung=7)

    def others_got_theirs(self, server):
        others = {f"m{number:06d}@mail.example" for number in range(PEOPLE)} - {BAD}
        self.assertLessEqual(others, set(server.recipients))
        self.assertEqual(len(server.recipients), len(set(server.recipients)))

    def test_all_arrive_over_one_connection(self):
        with smtp_server() as server:
            self.sweep()
        self.assertEqual(len(server.recipients), PEOPLE)
        self.others_got_theirs(server)

    def test_an_address_refused_for_good_is_marked_and_staff_see_it(self):
        with smtp_server() as server:
            server.at_rcpt[BAD] = "550 5.1.1 no such user"
            self.sweep()
            self.others_got_theirs(server)
            self.assertEqual((self.row().state, self.row().attempts), ("rejected", 1))
            self.assertTrue(ContactPoint.objects.get(value=BAD).is_bad)
            self.assertTrue(Event.objects.filter(action="contact_point.failed").exists())
            with time_machine.travel(NOON, tick=False):
                self.assertEqual(list(Reminder.objects.needs_attention([self.oak])), [self.row()])
                self.assertEqual(list(Reminder.objects.needs_attention([self.cedar])), [])
            self.sweep(60)
            self.assertNotIn(BAD, server.recipients)

    def test_a_refusal_by_policy_does_not_condemn_the_address(self):
        with smtp_server() as server:
            server.at_rcpt[BAD] = "550 5.7.1 your server is on a list"
            self.sweep()
        self.assertEqual(self.row().state, "rejected")
        self.assertFalse(ContactPoint.objects.get(value=BAD).is_bad)

    def test_a_passing_refusal_is_tried_again(self):
        for place, answer in (("at_rcpt", "451 later"), ("at_data", "451 later"), ("at_rcpt", "421 closing")):
            Reminder.objects.filter(state="accepted").update(accepted_at=NOON - datetime.timedelta(days=9))
            with self.subTest(place=place, answer=answer), smtp_server() as server:
                getattr(server, place)[BAD] = answer
                self.sweep()
                row = self.row()
                self.assertEqual(row.state, "retry")
                self.assertGreater(row.next_attempt_at, NOON + datetime.timedelta(seconds=50))
                getattr(server, place).clear()
                self.sweep(2)
                self.assertEqual(self.row().state, "accepted")
            Reminder.objects.filter(pk=self.row().pk).update(
                state="planned", attempts=0, next_attempt_at=NOON, accepted_at=None
            )

    def test_a_message_refused_after_its_text(self):
        with smtp_server() as server:
            server.at_data[BAD] = "552 too large"
            self.sweep()
            self.others_got_theirs(server)
        self.assertEqual(self.row().state, "rejected")
        self.assertFalse(ContactPoint.objects.get(value=BAD).is_bad)

    def test_no_answer_after_the_text_a_routine_message_goes_once(self):
        with smtp_server(timeout=0.4) as server:
            server.at_data[BAD] = "hang after"
            self.sweep()
            self.others_got_theirs(server)
            self.assertEqual((self.row().state, self.row().next_attempt_at), ("unknown", None))
            server.at_data.clear()
            self.sweep(30)
        self.assertEqual(server.recipients.count(BAD), 1)
        with time_machine.travel(NOON, tick=False):
            self.assertIn(self.row(), Reminder.objects.needs_attention([self.oak]))

    def test_no_answer_after_the_text_an_urgent_message_goes_once_more(self):
        Reminder.objects.all().delete()
        with (
            time_machine.travel(NOON + datetime.timedelta(days=4), tick=False),
            smtp_server(timeout=0.4) as server,
        ):
            server.at_data[BAD] = "hang after"
            engine.sweep()
        row = Reminder.objects.get(patient__contact_points__value=BAD, rung=3)
        self.assertEqual((row.state, row.doubts), ("unknown", 1))
        with (
            time_machine.travel(NOON + datetime.timedelta(days=4, minutes=9), tick=False),
            smtp_server() as server,
        ):
            engine.sweep()
            self.assertEqual(server.recipients, [])
        with (
            time_machine.travel(NOON + datetime.timedelta(days=4, minutes=11), tick=False),
            smtp_server() as server,
        ):
            engine.sweep()
            engine.sweep()
            self.assertEqual(server.recipients, [BAD])
            self.assertEqual(server.messages[0]["Message-ID"], rendering.message_id(row.key))

    def test_a_connection_lost_before_the_text_is_a_definite_failure(self):
        with smtp_server() as server:
            server.at_rcpt[BAD] = "421 shutting down"
            self.sweep()
            self.others_got_theirs(server)
        self.assertEqual(self.row().state, "retry")

    def test_no_server_at_all_then_one(self):
        with override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST="127.0.0.1", EMAIL_PORT=1, EMAIL_TIMEOUT=1):
            tally = self.sweep()
        self.assertEqual((tally.sent, tally.failed), (0, DOWN_AFTER))
        with smtp_server() as server:
            self.sweep(2)
        self.assertEqual(len(server.recipients), PEOPLE)

    def hang_for(self, server, people):
        server.at_data.update(dict.fromkeys(people, "hang"))

    def test_a_server_that_hangs_is_given_up_and_the_sweep_ends_whole(self):
        Reminder.objects.all().delete()
        with smtp_server(timeout=0.2) as server:
            self.hang_for(server, [f"m{number:06d}@mail.example" for number in range(PEOPLE)])
            tally = self.sweep()
        self.assertEqual((tally.sent, tally.failed, Heartbeat.objects.get().sweeps), (0, DOWN_AFTER, 1))
        rest = Reminder.objects.filter(rung=7, state="planned")
        self.assertEqual(set(rest.values_list("attempts", "owner")), {(0, "")})
        self.assertEqual(rest.count(), PEOPLE - DOWN_AFTER)
        with smtp_server() as server:
            self.sweep(1)
        self.assertEqual(len(server.recipients), PEOPLE - DOWN_AFTER)

    def test_a_server_that_hangs_in_the_middle_gets_no_more_and_the_rest_is_given_back(self):
        Reminder.objects.all().delete()
        with time_machine.travel(NOON, tick=False):
            make_due_pumps(self.oak, 10, first=PEOPLE)
        with smtp_server(timeout=0.2) as server:
            self.hang_for(server, [f"m{number:06d}@mail.example" for number in range(PEOPLE, PEOPLE + 10)])
            tally = self.sweep()
        self.assertEqual((tally.sent, tally.failed), (PEOPLE, DOWN_AFTER))
        rest = Reminder.objects.filter(rung=7, state="planned")
        self.assertEqual(set(rest.values_list("attempts", flat=True)), {0})
        self.assertEqual(rest.count(), 10 - DOWN_AFTER)
        self.assertFalse(Reminder.objects.filter(state="sending").exists())
        with smtp_server() as server:
            self.sweep(1)
        self.assertEqual(len(server.recipients), 10 - DOWN_AFTER)

    def test_single_failures_among_others_do_not_give_the_server_up(self):
        numbers = (0, 2, 4)
        with smtp_server(timeout=0.2) as server:
            self.hang_for(server, [f"m{number:06d}@mail.example" for number in numbers])
            tally = self.sweep()
        self.assertEqual((tally.sent, tally.failed), (PEOPLE - len(numbers), len(numbers)))

    def test_a_slow_server_does_not_outlast_the_sweep(self):
        with time_machine.travel(NOON, tick=False):
            make_due_pumps(self.oak, 10, first=PEOPLE)
        clock = itertools.count(step=engine.SEND_SECONDS / 20)
        slow = SimpleNamespace(monotonic=lambda: next(clock))
        with smtp_server() as server, mock.patch.object(engine, "time", slow):
            tally = self.sweep()
            first = len(server.recipients)
            self.assertEqual((tally.sent, tally.is_complete), (first, False))
            self.assertTrue(DOWN_AFTER < first < PEOPLE + 10)
            self.assertEqual(Reminder.objects.filter(state="planned", rung=7, attempts=0).count(), 15 - first)
            self.assertEqual(Heartbeat.objects.get().sweeps, 1)
            while not self.sweep().is_complete:
                pass
        self.assertEqual(len(server.recipients), PEOPLE + 10)
        self.others_got_theirs(server)

    def test_the_wait_grows_and_staff_see_a_message_that_never_leaves(self):
        waits = []
        with (
            mock.patch.object(mail_channel, "DOWN_AFTER", PEOPLE + 1),
            override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST="127.0.0.1", EMAIL_PORT=1, EMAIL_TIMEOUT=1),
        ):
            for minutes in (0, 3, 8, 20, 50, 130):
                self.sweep(minutes)
                now = NOON + datetime.timedelta(minutes=minutes)
                waits.append(round((self.row().next_attempt_at - now).total_seconds() / 60))
        self.assertEqual([wait > before for before, wait in pairwise(waits[:4])], [True] * 3)
        with time_machine.travel(NOON, tick=False):
            self.assertIn(self.row(), Reminder.objects.needs_attention([self.oak]))

    def test_a_message_that_cannot_be_written_is_set_aside(self):
        write = rendering.email_for

        def fail(row, *args):
            if row.pk == self.row().pk:
                raise TemplateSyntaxError("broken")
            return write(row, *args)

        with mock.patch.object(rendering, "email_for", fail):
            for minutes in (0, 2, 6, 12, 40, 120, 240):
                self.sweep(minutes)
        self.assertEqual(len(mail.outbox), PEOPLE - 1)
        self.assertEqual((self.row().state, self.row().attempts), ("quarantined", 6))
        with time_machine.travel(NOON, tick=False):
            self.assertIn(self.row(), Reminder.objects.needs_attention([self.oak]))

    def test_a_sweep_cut_short_after_an_outage_sets_no_message_aside(self):
        with (
            mock.patch.object(mail_channel, "DOWN_AFTER", PEOPLE + 1),
            override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST="127.0.0.1", EMAIL_PORT=1, EMAIL_TIMEOUT=1),
        ):
            for minutes in (0, 3, 8, 20, 50):
                self.sweep(minutes)
        self.assertEqual(self.row().attempts, 5)
        with mock.patch.object(engine.Mailer, "send", side_effect=SoftTimeLimitExceeded):
            self.assertRaises(SoftTimeLimitExceeded, self.sweep, 200)
        rows = Reminder.objects.filter(rung=7)
        self.assertEqual(set(rows.values_list("state", "attempts")), {("planned", 5), ("retry", 5)})
        with mock.patch.object(rendering, "email_for", side_effect=TemplateSyntaxError("once")):
            self.sweep(201)
        self.assertEqual(self.row().state, "retry")
        with smtp_server() as server:
            self.sweep(300)
            self.assertEqual(len(server.recipients), PEOPLE)

    def test_log_lines_and_rows_name_nobody(self):
        with smtp_server() as server, self.assertNoLogs("portal", "ERROR"):
            server.at_rcpt[BAD] = f"550 no such user {BAD}"
            self.sweep()
        row = self.row()
        self.assertNotIn("@", f"{row.reason} {row.last_error_class} {row.key}")
