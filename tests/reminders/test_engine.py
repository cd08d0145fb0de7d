"""A sweep from state to the mail server: what is planned, sent, held back and taken back."""

import datetime
import threading
from unittest import mock

import time_machine
from django.core import mail
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from patients.models import ChannelConsent, ContactPoint
from portal.accounts.models import Membership
from portal.reminders import engine, ledger, reconcile
from portal.reminders.models import Heartbeat, Reminder, ReminderEvent
from pumps import actions
from tests.base import ClinicTestCase, ClinicTransactionTestCase, at
from tests.reminders.mail import smtp_server
from tests.reminders.many import make_due_pumps

FILLED = datetime.date(2026, 6, 1)  # 20 mL at 0.5 mL a day: refill by 30 June.


class EngineTestCase(ClinicTestCase):
    def filled(self, pump=None):
        with time_machine.travel(at("2026-06-01", 10), tick=False):
            return self.fill(pump, filled_on=FILLED)

    def booked(self, day="2026-06-16", pump=None, on="2026-06-01"):
        with time_machine.travel(at(on, 11), tick=False):
            return self.book(pump, at(day, 9, 30))

    def sweep(self, day, hour=9, minute=0):
        with time_machine.travel(at(day, hour, minute), tick=False):
            return engine.sweep()

    def states(self, **which):
        return dict(Reminder.objects.filter(**which).values_list("rung", "state"))


class SweepTests(EngineTestCase):
    def test_a_booked_visit_gives_four_rows_and_each_leaves_once(self):
        self.filled()
        self.booked()
        self.assertEqual(self.sweep("2026-06-01", 12).planned, 4)
        for day, total in (("2026-06-02", 1), ("2026-06-09", 2), ("2026-06-13", 3), ("2026-06-15", 4)):
            self.sweep(day, 8, 59)
            self.sweep(day)
            self.assertEqual(len(mail.outbox), total, day)
            self.assertEqual(self.sweep(day, 9, 5), engine.Tally(), day)
        self.assertEqual(set(self.states().values()), {"accepted"})

    def test_in_the_patients_language_with_the_first_name_only(self):
        self.filled()
        self.booked()
        self.sweep("2026-06-02")
        message = mail.outbox[0]
        self.assertEqual(message.subject, "Recordatorio de cita: martes 16 de junio")
        self.assertEqual(message.to, ["rosa@mail.example"])
        self.assertIn("Rosa", message.body)
        self.assertNotIn("Villanueva", message.body)

    def test_unbooked_then_overdue(self):
        self.filled(self.dales_pump)
        Reminder.objects.all().delete()
        subjects = []
        cycle = self.dales_pump.cycles.get()
        for day in range(-15, 8):
            self.sweep(str(cycle.refill_by + datetime.timedelta(days=day)))
            subjects += [(day, message.subject) for message in mail.outbox]
            mail.outbox.clear()
        week, today = "Please call to book your next visit", "Please call today to book a visit"
        expected = [(-14, week), (-7, week), (-3, week), (-1, week), (1, today), (4, today), (7, today)]
        self.assertEqual(subjects, expected)

    def test_a_moved_visit_takes_its_messages_back(self):
        self.filled()
        visit = self.booked()
        self.sweep("2026-06-01", 12)
        with time_machine.travel(at("2026-06-08", 10), tick=False):
            actions.move_visit(
                actor=self.nora,
                visit=visit,
                nurse=self.nora,
                room=self.room1,
                starts_at=at("2026-06-22", 9, 30),
                ends_at=at("2026-06-22", 10, 30),
            )
        self.sweep("2026-06-09")
        self.assertEqual(mail.outbox, [])
        self.assertEqual(set(self.states(visit=visit).values()), {"superseded"})
        self.assertEqual(self.states(visit__starts_at=at("2026-06-22", 9, 30))[14], "skipped")

    def test_after_fourteen_silent_days_only_the_newest_is_sent(self):
        self.filled()
        self.booked("2026-06-17")
        self.sweep("2026-06-01", 12)
        self.sweep("2026-06-15")
        self.assertEqual(len(mail.outbox), 1)
        self.assertEqual(self.states(), {14: "superseded", 7: "superseded", 3: "accepted", 1: "planned"})

    def test_quiet_hours_wait(self):
        self.filled()
        self.booked()
        self.sweep("2026-06-02", 19, 0)
        self.sweep("2026-06-03", 8, 59)
        self.assertEqual(mail.outbox, [])
        self.sweep("2026-06-03", 9, 0)
        self.assertEqual(len(mail.outbox), 1)

    def test_a_patients_own_zone_counts(self):
        self.rosa.time_zone = "America/Los_Angeles"
        self.rosa.save()
        self.filled()
        self.booked()
        self.sweep("2026-06-02", 10, 59)
        self.assertEqual(mail.outbox, [])
        self.sweep("2026-06-02", 11, 0)
        self.assertEqual(len(mail.outbox), 1)

    def test_the_dead_and_the_explanted_hear_nothing(self):
        self.filled()
        self.booked()
        self.sweep("2026-06-01", 12)
        self.rosa.died_on = datetime.date(2026, 6, 1)
        self.rosa.save()
        self.sweep("2026-06-02")
        self.assertEqual(mail.outbox, [])
        self.assertEqual(set(self.states().values()), {"superseded"})

    def test_without_consent_nothing_and_with_it_again(self):
        ChannelConsent.objects.filter(patient=self.rosa).update(is_granted=False)
        self.filled()
        self.booked()
        self.sweep("2026-06-02")
        self.assertEqual(mail.outbox, [])
        self.assertEqual(Reminder.objects.filter(reason="no_consent").count(), 4)
        ChannelConsent.objects.filter(patient=self.rosa).update(is_granted=True)
        self.sweep("2026-06-02", 10)
        self.assertEqual(len(mail.outbox), 1)

    def test_the_missed_text_and_none_after_a_new_booking(self):
        self.filled()
        self.booked()
        self.sweep("2026-06-16", 12, 30)
        self.assertEqual(mail.outbox[-1].subject, "Hoy le esperamos y no vino")

    def test_a_second_sweep_changes_nothing(self):
        self.filled()
        self.booked()
        self.sweep("2026-06-02")
        before = list(Reminder.objects.values()), ReminderEvent.objects.count()
        self.sweep("2026-06-02")
        self.assertEqual((list(Reminder.objects.values()), ReminderEvent.objects.count()), before)

    def test_nothing_to_do_is_normal_and_leaves_a_heartbeat(self):
        self.assertEqual(self.sweep("2026-06-02"), engine.Tally())
        self.assertEqual(Heartbeat.objects.get().sweeps, 1)

    def test_one_bad_zone_does_not_stop_the_others(self):
        self.dale.time_zone = "Mars/Olympus"
        self.dale.save()
        self.filled(self.dales_pump)
        self.filled()
        self.booked()
        self.sweep("2026-06-02")
        self.assertEqual(len(mail.outbox), 1)

    def test_the_number_of_queries_does_not_grow(self):
        make_due_pumps(self.oak, 2)
        few = self.queries_of_planning()
        make_due_pumps(self.oak, 60, first=10)
        self.assertEqual(self.queries_of_planning(), few)

    def queries_of_planning(self):
        from django.test.utils import CaptureQueriesContext

        # Inserting many rows takes several statements on SQLite; looking at them does not.
        reconcile.reconcile(timezone.now())
        with CaptureQueriesContext(connection) as captured:
            reconcile.reconcile(timezone.now())
        return len(captured)

    def test_every_transition_has_an_event(self):
        self.filled()
        self.booked()
        self.sweep("2026-06-02")
        row = Reminder.objects.get(rung=14)
        steps = list(row.events.values_list("from_state", "to_state"))
        self.assertEqual(steps, [("", "planned"), ("planned", "sending"), ("sending", "accepted")])

    @override_settings(DEMO=True)
    def test_the_demo_clinic_sends_at_any_hour(self):
        type(self.oak).objects.filter(pk=self.oak.pk).update(sends_at_any_hour=True)
        self.filled()
        self.booked("2026-06-15")
        self.sweep("2026-06-01", 23)
        self.assertEqual(len(mail.outbox), 1)

    def test_outside_the_demo_the_same_setting_counts_for_nothing(self):
        type(self.oak).objects.filter(pk=self.oak.pk).update(sends_at_any_hour=True)
        self.filled()
        self.booked("2026-06-15")
        self.sweep("2026-06-01", 23)
        self.assertEqual(mail.outbox, [])


class AlarmTests(EngineTestCase):
    def alarm(self, tone, day="2026-06-02", hour=3):
        with time_machine.travel(at(day, hour), tick=False):
            return actions.record_alarm(
                actor=self.nora, pump=self.dales_pump, tone=tone, heard_by="patient", heard_at=at(day, hour)
            )

    def test_two_tones_at_night_reach_everybody_at_once(self):
        self.alarm("two")
        self.sweep("2026-06-02", 3)
        to = {message.to[0]: message.subject for message in mail.outbox}
        staff = "A patient report needs you now"
        expected = dict.fromkeys(
            ["nora@oak.example", "priya@oak.example", "osei@oak.example", "oncall@oak.example"], staff
        )
        self.assertEqual(to, expected | {"dale@mail.example": "Oak Street Clinic: we got your report"})
        patient = next(message for message in mail.outbox if message.to == ["dale@mail.example"])
        self.assertIn("now, day or night", patient.body)

    def test_one_tone_promises_a_call_today(self):
        self.alarm("one", hour=10)
        self.sweep("2026-06-02", 10)
        patient = next(message for message in mail.outbox if message.to == ["dale@mail.example"])
        self.assertIn("We will call you by 5 PM today.", patient.body)
        self.assertNotIn("oncall@oak.example", [message.to[0] for message in mail.outbox])

    def test_in_the_evening_it_promises_tomorrow_and_before_a_weekend_nothing(self):
        for day, words in (("2026-06-02", "by 10 AM tomorrow"), ("2026-06-05", "now, day or night")):
            with self.subTest(day):
                mail.outbox.clear()
                self.alarm("one", day, hour=18)
                self.sweep(day, 18)
                patient = next(message for message in mail.outbox if message.to == ["dale@mail.example"])
                self.assertIn(words, patient.body)

    def test_a_closed_alarm_is_not_announced(self):
        alarm = self.alarm("one")
        actions.close_alarm(actor=self.nora, alarm=alarm, cause="phone", outcome="not_pump", told="Dale")
        self.sweep("2026-06-02", 3)
        self.assertEqual(mail.outbox, [])

    def test_staff_whose_role_ended_and_other_clinics_hear_nothing(self):
        Membership.objects.filter(user=self.priya).update(ends_on=datetime.date(2026, 6, 1))
        self.alarm("two")
        self.sweep("2026-06-02", 3)
        to = {message.to[0] for message in mail.outbox}
        self.assertFalse(to & {"priya@oak.example", "otto@cedar.example", "adam@oak.example"})

    def test_each_once_however_many_sweeps(self):
        self.alarm("two")
        for minute in range(3):
            self.sweep("2026-06-02", 3, minute)
        self.assertEqual(len(mail.outbox), 5)


class CheckedAgainTests(EngineTestCase):
    """What changes between claim and sending is seen: each row is checked just before it leaves."""

    def between_claim_and_send(self, change):
        self.filled()
        visit = self.booked()
        self.sweep("2026-06-01", 12)
        fence = ledger.fence

        def change_first(*args):
            change(visit)
            return fence(*args)

        with mock.patch.object(ledger, "fence", change_first):
            self.sweep("2026-06-02")
        return Reminder.objects.get(rung=14)

    def test_cancelled(self):
        row = self.between_claim_and_send(
            lambda visit: actions.cancel_visit(actor=self.nora, visit=visit, reason="ill")
        )
        self.assertEqual((mail.outbox, row.state), ([], "superseded"))

    def test_died(self):
        def die(_visit):
            type(self.rosa).objects.filter(pk=self.rosa.pk).update(died_on=datetime.date(2026, 6, 1))

        self.assertEqual((self.between_claim_and_send(die).state, mail.outbox), ("superseded", []))

    def test_opted_out(self):
        def opt_out(_visit):
            ChannelConsent.objects.update(is_granted=False)

        row = self.between_claim_and_send(opt_out)
        self.assertEqual((row.state, row.reason, mail.outbox), ("superseded", "no_consent", []))

    def test_address_gone(self):
        def leave(_visit):
            ContactPoint.objects.filter(kind="email").update(ended_at=timezone.now())

        self.assertEqual(self.between_claim_and_send(leave).reason, "no_email")

    def test_a_new_address_is_the_one_used(self):
        def change(_visit):
            ContactPoint.objects.filter(value="rosa@mail.example").update(value="new@mail.example")

        self.between_claim_and_send(change)
        self.assertEqual(mail.outbox[0].to, ["new@mail.example"])

    def test_taken_by_another_worker(self):
        def take(_visit):
            Reminder.objects.update(owner="other", generation=9)

        row = self.between_claim_and_send(take)
        self.assertEqual((row.state, row.generation, mail.outbox), ("sending", 9, []))


class CapTests(EngineTestCase):
    def test_one_routine_message_a_day(self):
        self.filled()
        self.booked()
        self.sweep("2026-06-02")
        row = Reminder.objects.get(rung=14)
        Reminder.objects.filter(rung=7).update(due_at=row.due_at, next_attempt_at=row.due_at)
        with mock.patch.object(engine.state, "plan", lambda one, now: [planned_again(one, now)]):
            self.sweep("2026-06-02", 12)
        self.assertEqual((len(mail.outbox), Reminder.objects.get(rung=7).reason), (1, "day_full"))

    def overdue_after_a_missed_visit(self, messages):
        """Sweep from the refill-by day on, which had a visit nobody came to; return what left on which day."""
        cycle = self.filled(self.dales_pump)
        day = cycle.refill_by
        self.booked(str(day), self.dales_pump)
        with time_machine.travel(at(str(day - datetime.timedelta(days=4)), 12), tick=False):
            reconcile.reconcile(timezone.now())
        self.accept_before(day, messages)
        left = []
        for ago in range(6):
            for hour in (9, 13, 18):
                self.sweep(str(day + datetime.timedelta(days=ago)), hour)
                left += [(ago, message.subject) for message in mail.outbox]
                mail.outbox.clear()
        return left

    def accept_before(self, day, messages):
        """Let so many routine messages have arrived in the days before."""
        rows = Reminder.objects.filter(patient=self.dale, kind="visit").order_by("-due_at")[:messages]
        for ago, row in enumerate(rows, 1):
            moment = at(str(day - datetime.timedelta(days=ago)), 9)
            Reminder.objects.filter(pk=row.pk).update(
                state="accepted", accepted_at=moment, next_attempt_at=None
            )

    def test_overdue_leaves_in_a_full_week_and_once_a_day(self):
        today = "Please call today to book a visit"
        for messages in (2, 3, 4):
            with self.subTest(messages), transaction.atomic():
                left = self.overdue_after_a_missed_visit(messages)
                self.assertEqual(left[0][0], 0)
                self.assertEqual(left[1:], [(1, today), (4, today)])
                transaction.set_rollback(True)

    def test_overdue_on_a_full_day_waits_for_the_next_morning(self):
        cycle = self.filled(self.dales_pump)
        day = cycle.refill_by + datetime.timedelta(days=1)
        with time_machine.travel(at(str(day), 8), tick=False):
            reconcile.reconcile(timezone.now())
        overdue = Reminder.objects.get(rung=-1)
        Reminder.objects.filter(rung=1).update(
            state="accepted", accepted_at=at(str(day), 9), next_attempt_at=None
        )
        self.sweep(str(day), 10)
        overdue.refresh_from_db()
        tomorrow = day + datetime.timedelta(days=1)
        self.assertEqual((mail.outbox, overdue.state), ([], "planned"))
        self.assertEqual(overdue.next_attempt_at, at(str(tomorrow), 9))
        self.sweep(str(tomorrow), 9)
        overdue.refresh_from_db()
        self.assertEqual((len(mail.outbox), overdue.state), (1, "accepted"))

    def test_a_call_to_book_still_gives_way_in_a_full_week(self):
        cycle = self.filled(self.dales_pump)
        day = cycle.refill_by - datetime.timedelta(days=1)
        with time_machine.travel(at(str(day), 8), tick=False):
            reconcile.reconcile(timezone.now())
        for ago, rung in enumerate((14, 7, 3), 1):
            moment = at(str(day - datetime.timedelta(days=ago)), 9)
            Reminder.objects.filter(rung=rung).update(
                state="accepted", accepted_at=moment, next_attempt_at=None
            )
        self.sweep(str(day), 10)
        self.assertEqual((mail.outbox, Reminder.objects.get(rung=1).reason), ([], "week_full"))


def planned_again(one, now):
    """Return the seven-day rung as if it were due today."""
    from dataclasses import replace

    made = next(each for each in engine.planning.plan(one.state, now) if each.rung == 7)
    return replace(made, due_at=now - datetime.timedelta(hours=1), skip="")


class TwoWorkersTests(ClinicTransactionTestCase):
    def test_two_at_once_send_each_message_once(self):
        with time_machine.travel(at("2026-06-02", 10), tick=True), smtp_server() as server:
            make_due_pumps(self.oak, 120)
            threads = [threading.Thread(target=self.sweep_and_close) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.sweep_and_close()
        self.assertEqual(len(server.recipients), 120)
        self.assertEqual(len(set(server.recipients)), 120)
        self.assertEqual(Reminder.objects.accepted().count(), 120)

    def test_a_lease_shorter_than_the_batch_makes_no_duplicates(self):
        with (
            time_machine.travel(at("2026-06-02", 10), tick=True),
            smtp_server(REMINDER_LEASE_SECONDS=0.3) as server,
        ):
            make_due_pumps(self.oak, 60)
            server.on_data = lambda _envelope: threading.Event().wait(0.02)
            threads = [threading.Thread(target=self.sweep_and_close) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for _ in range(3):
                self.sweep_and_close()
        self.assertEqual(len(server.recipients), len(set(server.recipients)))
        self.assertEqual(len(set(server.recipients)), 60)

    def sweep_and_close(self):
        try:
            engine.sweep()
        finally:
            if threading.current_thread() is not threading.main_thread():
                connection.close()
