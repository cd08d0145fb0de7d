"""Messages that did not arrive: the line on every staff page, the list of whom to call, and Handled."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from patients.models import ContactPoint
from portal.audit.models import Event
from portal.reminders import actions
from portal.reminders.context_processors import engine as processor
from portal.reminders.models import Heartbeat, Reminder, ReminderEvent
from tests.base import ClinicTestCase

URL = "/messages/failed/"
State, Audience = Reminder.State, Reminder.Audience


class FailedCase(ClinicTestCase):
    def setUp(self):
        Heartbeat.objects.create(name="engine", at=timezone.now())

    def message(self, pump=None, **fields):
        """A message to a patient that the mail server refused an hour ago."""
        pump = pump or self.pump
        values = {
            "clinic": pump.clinic,
            "patient": pump.patient,
            "pump": pump,
            "kind": Reminder.Kind.VISIT,
            "audience": Audience.PATIENT,
            "channel": "email",
            "key": f"k{Reminder.objects.count()}",
            "due_at": timezone.now() - datetime.timedelta(hours=1),
            "state": State.REJECTED,
        }
        return Reminder.objects.create(**{**values, **fields})

    def alarm_mail(self, **fields):
        values = {"kind": Reminder.Kind.ALARM, "audience": Audience.STAFF, "user": self.priya, "severity": 2}
        return self.message(**{**values, **fields})

    def accept(self, **fields):
        return self.message(state=State.ACCEPTED, accepted_at=timezone.now(), **fields)

    def page(self, user=None, **query):
        return self.sign_in(user or self.nora).get(URL, query)


class BannerTests(FailedCase):
    def count(self, user):
        request = type("Request", (), {"user": user})()
        return processor(request)["messages_failed"]()

    def test_it_counts_the_own_clinics_messages(self):
        self.message()
        self.alarm_mail()
        self.message(self.carlas_pump)
        self.assertEqual((self.count(self.nora), self.count(self.otto)), (2, 1))
        for user in (self.adam, self.sam, self.edie, self.rosa_user):
            self.assertEqual(self.count(user), 0)

    def test_one_query_tells_both(self):
        self.message()
        request = type("Request", (), {"user": self.nora})()
        self.assertTrue(self.nora.current_memberships)
        with self.assertNumQueries(1):
            values = processor(request)
            self.assertFalse(bool(values["engine_silent"]))
            self.assertEqual(values["messages_failed"](), 1)

    def test_it_stands_on_staff_pages_and_leads_to_the_list(self):
        self.message()
        one = self.sign_in(self.nora).get("/worklist/")
        self.assertContains(one, "1 message did not reach a person.")
        self.assertContains(one, f'<a href="{URL}">See whom to call</a>', html=True)
        self.message(self.dales_pump)
        self.assertContains(self.client.get("/alarms/"), "2 messages did not reach people.")
        self.assertNotContains(self.sign_in(self.dale_user).get("/my/"), "did not reach")

    def test_it_is_quiet_when_all_is_well(self):
        self.accept()
        self.assertNotContains(self.sign_in(self.nora).get("/worklist/"), "did not reach")

    def test_the_work_list_keeps_to_eight_queries(self):
        self.message()
        self.sign_in(self.nora).get("/worklist/")
        with self.assertNumQueries(8):
            self.client.get("/worklist/")


class NeedsAttentionTests(FailedCase):
    def found(self):
        return list(Reminder.objects.needs_attention([self.oak.pk]))

    def test_what_never_arrived(self):
        for fields in (
            {"state": State.REJECTED},
            {"state": State.QUARANTINED},
            {"state": State.UNKNOWN},
            {"state": State.RETRY, "attempts": 5, "next_attempt_at": timezone.now()},
        ):
            with self.subTest(**fields):
                row = self.message(**fields)
                self.assertEqual(self.found(), [row])
                Reminder.objects.filter(pk=row.pk).update(state=State.SUPERSEDED)

    def test_what_does_not_need_anybody(self):
        now = timezone.now()
        self.message(state=State.UNKNOWN, next_attempt_at=now)
        self.message(state=State.RETRY, attempts=4, next_attempt_at=now)
        self.message(state=State.SKIPPED)
        self.message(due_at=now - datetime.timedelta(days=14, minutes=1))
        self.message(handled_at=now, handled_by=self.nora)
        self.assertEqual(self.found(), [])

    def test_a_later_message_to_the_same_person_makes_it_good(self):
        row, staff = self.message(), self.alarm_mail()
        self.accept(kind=Reminder.Kind.ALARM, audience=Audience.STAFF, user=self.nora)
        self.assertEqual(self.found(), [row, staff])
        self.accept()
        self.assertEqual(self.found(), [staff])

    def test_nobody_calls_a_person_who_died(self):
        self.message()
        type(self.rosa).objects.filter(pk=self.rosa.pk).update(died_on=self.oak.today())
        self.assertEqual(self.found(), [])

    def test_who_and_when_go_together(self):
        row = self.message()
        with self.assertRaises(IntegrityError), transaction.atomic():
            Reminder.objects.filter(pk=row.pk).update(handled_at=timezone.now())


class ListTests(FailedCase):
    def test_one_row_for_each_person_with_phone_reason_and_pump(self):
        point = self.rosa.contact_points.get(kind="email")
        ContactPoint.objects.filter(pk=point.pk).update(is_bad=True)
        self.message(contact_point=point)
        self.message(contact_point=point)
        page = self.page()
        self.assertContains(page, "<tr>", count=2)
        for words in (
            "Rosa Villanueva",
            "2 messages in all",
            'href="tel:+13125550141"',
            "The mail server says this address does not exist.",
            "rosa@mail.example",
            f'href="{self.pump.get_absolute_url()}"',
        ):
            self.assertContains(page, words)

    def test_staff_and_the_on_call_contact_are_there_first(self):
        self.message(self.dales_pump)
        self.alarm_mail(state=State.QUARANTINED)
        self.alarm_mail(audience=Audience.ON_CALL, user=None, severity=3, state=State.UNKNOWN)
        html = self.page().content.decode()
        places = [html.index(words) for words in ("Dr. Osei", "Priya Nair, RN", "Dale Whitcomb")]
        self.assertEqual(places, sorted(places))
        for words in ("tel:+13125550188", "priya@oak.example", "could not be written", "may or may not"):
            self.assertIn(words, html)

    def test_each_state_has_its_words(self):
        for state in (State.REJECTED, State.QUARANTINED, State.UNKNOWN):
            self.message(state=state)
            self.assertEqual(self.page().status_code, 200)
        self.message(state=State.RETRY, attempts=6, next_attempt_at=timezone.now())
        self.assertContains(self.page(), "The portal keeps trying.")

    def test_no_phone(self):
        self.message()
        self.rosa.contact_points.filter(kind="phone").update(ended_at=timezone.now())
        self.assertContains(self.page(), "No phone number")

    def test_nothing_to_do(self):
        self.message(self.carlas_pump)
        self.assertContains(self.page(), "Every message arrived")

    def test_reading_is_on_record(self):
        self.message()
        self.page()
        event = Event.objects.get(action="failed_messages.read")
        self.assertEqual((event.actor, event.detail), (self.nora, {"people": 1}))

    def test_pages_and_queries(self):
        self.message()
        self.sign_in(self.nora).get(URL)
        with self.assertNumQueries(9):
            self.client.get(URL)
        for _number in range(12):
            for user in (self.nora, self.priya, self.osei):
                self.alarm_mail(user=user, pump=self.dales_pump, patient=self.dale)
        with self.assertNumQueries(9):
            self.client.get(URL)
        for number in ("2", "x", "-1", "999"):
            self.assertEqual(self.page(page=number).status_code, 200)

    def test_roles(self):
        for user in (self.adam, self.sam, self.edie, self.rosa_user):
            self.assertEqual(self.page(user).status_code, 403)
        self.client.logout()
        self.assertEqual(self.client.get(URL).status_code, 302)


class HandledTests(FailedCase):
    def press(self, row, user=None, **data):
        return self.sign_in(user or self.nora).post(f"/messages/{row.ref}/handled/", data)

    def test_it_takes_the_person_off_the_list_and_says_who_and_when(self):
        first, newest, other = self.message(), self.message(), self.message(self.dales_pump)
        response = self.press(newest, page="1")
        self.assertRedirects(response, f"{URL}?page=1", fetch_redirect_response=False)
        self.assertEqual(list(Reminder.objects.needs_attention([self.oak.pk])), [other])
        for row in (first, newest):
            row.refresh_from_db()
            self.assertEqual((row.handled_by, row.state), (self.nora, State.REJECTED))
            event = ReminderEvent.objects.get(reminder=row)
            self.assertEqual((event.to_state, event.reason), (State.REJECTED, "handled"))
        event = Event.objects.get(action="reminder.handled")
        self.assertEqual((event.actor, event.patient_ref), (self.nora, self.rosa.ref))
        self.assertContains(self.client.get(URL), "are handled")

    def test_a_second_press_and_a_stale_page_change_nothing(self):
        row = self.message()
        self.press(row)
        self.press(row, self.priya)
        row.refresh_from_db()
        self.assertEqual(row.handled_by, self.nora)
        self.assertEqual(Event.objects.filter(action="reminder.handled").count(), 1)

    def test_a_message_that_failed_since_stays(self):
        seen, since = self.message(), self.message()
        actions.mark_handled(actor=self.nora, reminder=seen)
        self.assertEqual(list(Reminder.objects.needs_attention([self.oak.pk])), [since])

    def test_staff_and_patient_are_handled_apart(self):
        self.message()
        staff = self.alarm_mail()
        self.press(staff)
        self.assertEqual(
            [row.audience for row in Reminder.objects.needs_attention([self.oak.pk])], ["patient"]
        )

    def test_roles_and_methods(self):
        row = self.message()
        for user, status in (
            (self.otto, 404),
            (self.adam, 403),
            (self.dale_user, 404),
            (self.rosa_user, 403),
        ):
            self.assertEqual(self.press(row, user).status_code, status)
        self.assertEqual(self.sign_in(self.nora).get(f"/messages/{row.ref}/handled/").status_code, 405)
        nowhere = "/messages/00000000-0000-0000-0000-000000000000/handled/"
        self.assertEqual(self.client.post(nowhere).status_code, 404)
        self.assertTrue(Reminder.objects.needs_attention([self.oak.pk]).exists())

    def test_a_hostile_page_leads_nowhere_else(self):
        self.assertRedirects(self.press(self.message(), page="//evil.example"), URL)
