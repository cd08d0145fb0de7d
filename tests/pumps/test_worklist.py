import datetime
import re

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from patients import actions as people
from patients.models import ChannelConsent, ContactPoint, Patient
from portal.accounts.models import Membership
from portal.audit.models import Event
from pumps import actions
from pumps.models import Cycle, Pump, Visit
from tests.base import ClinicTestCase, at, make_patient, make_pump

# Monday, 9:42 a.m. in Chicago. A fill of 20 mL at 0.5 mL a day is empty after 34 days at the earliest.
MONDAY = at("2026-11-23", 9, 42)
TODAY = MONDAY.date()


def day(offset):
    return TODAY + datetime.timedelta(days=offset)


class WorklistCase(ClinicTestCase):
    def setUp(self):
        traveller = time_machine.travel(MONDAY, tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)

    def page(self, user=None, **query):
        self.sign_in(user or self.nora)
        self.response = self.client.get("/worklist/", query)
        self.assertEqual(self.response.status_code, 200)
        return self.response.content.decode()

    def row(self, pump, user=None, **query):
        """Return the words of one row, spaces joined."""
        html = self.page(user, **query)
        start = html.index(f'id="row-{pump.ref}"')
        return words(html[start : html.index("</tr>", start)])

    def band(self, pump, **query):
        """Return the band in whose rows a pump stands."""
        before = self.page(**query).partition(f'id="row-{pump.ref}"')[0]
        return int(re.findall(r'<tbody id="band(\d)"', before)[-1])

    def filled(self, pump, days_ago=10, **fields):
        fields = {"filled_on": day(-days_ago), **fields}
        cycle = self.fill(pump, **fields)
        self.assertIsNotNone(cycle.refill_by)
        return cycle

    def due(self, pump, refill_by, earliest_empty_on=None):
        """Move the stored dates of a pump's cycle, as the arithmetic has tests of its own."""
        later = earliest_empty_on or refill_by + datetime.timedelta(days=4)
        names = ("alarm_on", "low_reservoir_alarm_on", "latest_alarm_on", "empty_on")
        cycle = pump.cycles.open().first() or self.filled(pump)
        Cycle.objects.filter(pk=cycle.pk).update(
            refill_by=refill_by, earliest_empty_on=later, **dict.fromkeys(names, later)
        )
        return cycle


def words(html):
    return " ".join(
        strip_tags(re.sub(r"<(?:td|span|br|th|li)", r" <x", html)).replace("\N{NO-BREAK SPACE}", " ").split()
    )


class AccessTests(WorklistCase):
    def test_nurses_and_physicians_open_it(self):
        for user in (self.nora, self.osei):
            self.assertIn("Villanueva", self.page(user))

    def test_other_roles_are_refused(self):
        for user in (self.adam, self.edie, self.sam, self.rosa_user):
            self.sign_in(user)
            self.assertEqual(self.client.get("/worklist/").status_code, 403, user)

    def test_the_anonymous_are_sent_to_sign_in(self):
        response = self.client.get("/worklist/")
        self.assertRedirects(response, "/accounts/login/?next=/worklist/", fetch_redirect_response=False)

    def test_only_reading_is_possible(self):
        self.sign_in(self.nora)
        self.assertEqual(self.client.post("/worklist/").status_code, 405)

    def test_another_clinics_people_are_not_shown(self):
        self.assertNotIn("Jensen", self.page(self.nora))
        html = self.page(self.otto)
        self.assertIn("Jensen", html)
        self.assertNotIn("Villanueva", html)

    def test_staff_of_two_clinics_see_both_and_each_row_names_its_clinic(self):
        Membership.objects.create(user=self.nora, clinic=self.cedar, role="nurse", starts_on=day(-1))
        self.assertIn("Cedar Clinic", self.row(self.carlas_pump))
        self.assertIn("Oak Street Clinic", self.row(self.pump))

    def test_a_role_that_has_ended_shows_nothing(self):
        Membership.objects.filter(user=self.nora).update(ends_on=day(-1))
        self.sign_in(self.nora)
        self.assertEqual(self.client.get("/worklist/").status_code, 403)

    def test_a_clinic_without_pumps_says_so(self):
        Pump.objects.filter(clinic=self.cedar).update(explanted_on=TODAY)
        self.assertIn("No pumps yet", self.page(self.otto))

    def test_the_reading_is_recorded(self):
        self.page()
        event = Event.objects.get(action="worklist.read")
        self.assertEqual((event.actor, event.clinic_ref), (self.nora, self.oak.ref))
        self.assertEqual(event.detail, {"page": 1, "pumps": 2})


class BandTests(WorklistCase):
    def test_no_fill_is_overdue(self):
        self.assertEqual(self.band(self.pump), 2)
        self.assertIn("No fill recorded", self.row(self.pump))
        self.assertIn("Record a fill", self.row(self.pump))

    def test_a_stopped_pump_is_overdue(self):
        self.fill(filled_on=day(-3), daily_dose_mcg=0)
        self.assertEqual(self.band(self.pump), 2)
        self.assertIn("Pump stopped", self.row(self.pump))

    def test_from_the_earliest_empty_day_act_now(self):
        self.due(self.pump, day(-1), earliest_empty_on=day(0))
        self.assertEqual(self.band(self.pump), 1)
        row = self.row(self.pump)
        self.assertIn("may be empty", row)
        self.assertIn("1 day overdue", row)
        self.assertIn("Call now", row)

    def test_a_two_tone_alarm_and_an_unsure_one_act_now(self):
        self.filled(self.pump)
        for tone, said in (("two", "Two-tone alarm"), ("unsure", "Alarm, tone not sure")):
            alarm = actions.record_alarm(
                actor=self.nora, pump=self.pump, tone=tone, heard_by="patient", heard_at=MONDAY
            )
            self.assertEqual(self.band(self.pump), 1)
            self.assertIn(f"{said}, 23-Nov-2026, 9:42 a.m.", self.row(self.pump))
            self.assertIn("Open the alarm", self.row(self.pump))
            actions.close_alarm(actor=self.nora, alarm=alarm, cause="x", outcome="no_fault", told="x")
        self.assertNotEqual(self.band(self.pump), 1)

    def test_a_one_tone_alarm_follows_its_target(self):
        self.due(self.pump, day(60))
        actions.record_alarm(actor=self.nora, pump=self.pump, tone="one", heard_by="patient", heard_at=MONDAY)
        self.assertEqual(self.band(self.pump), 4)
        self.assertIn("One-tone alarm 23-Nov-2026, call by 5:00 p.m., 23-Nov-2026", self.row(self.pump))
        with time_machine.travel(at("2026-11-23", 17, 1), tick=False):
            self.assertEqual(self.band(self.pump), 2)
            self.assertIn("past its time", self.row(self.pump))

    def test_a_visit_after_refill_by_does_not_count(self):
        self.due(self.pump, day(9))
        self.book(starts_at=at(day(9), 16))
        self.assertEqual(self.band(self.pump), 5)
        self.due(self.pump, day(8))
        self.assertEqual(self.band(self.pump), 3)
        row = self.row(self.pump)
        self.assertIn("after the refill-by date", row)
        self.assertIn("Move the visit", row)

    def test_a_missed_visit_is_derived_two_hours_after_its_end(self):
        self.due(self.pump, day(30))
        visit = self.book(starts_at=at(day(1), 9))
        over = visit.ends_at + datetime.timedelta(hours=2)
        with time_machine.travel(over - datetime.timedelta(seconds=1), tick=False):
            self.assertEqual(self.band(self.pump), 5)
        with time_machine.travel(over, tick=False):
            self.assertEqual(self.band(self.pump), 2)
            self.assertIn("was 24-Nov-2026, did not come", self.row(self.pump))
            self.assertIn("Book visit", self.row(self.pump))

    def test_eri_needs_a_plan(self):
        self.due(self.pump, day(60))
        Pump.objects.filter(pk=self.pump.pk).update(eri_on=day(-14))
        self.assertEqual(self.band(self.pump), 4)
        self.assertIn("ERI 09-Nov-2026", self.row(self.pump))

    def test_filled_today_is_done(self):
        self.filled(self.pump, days_ago=0)
        self.assertEqual(self.band(self.pump), 6)
        self.assertIn("Today, refilled", self.row(self.pump))

    def test_far_off_and_unbooked_stands_in_later_collapsed(self):
        self.due(self.pump, day(15))
        html = self.page()
        self.assertEqual(self.band(self.pump), 7)
        later = html[html.index("<details") : html.index("</details>")]
        self.assertIn(f"row-{self.pump.ref}", later)
        self.assertNotIn("open", later[: later.index(">")])

    def test_with_nobody_else_later_stands_open(self):
        self.due(self.pump, day(15))
        Pump.objects.filter(pk=self.dales_pump.pk).update(explanted_on=TODAY)
        self.assertRegex(self.page(), r"<details[^>]* open>")

    def test_all_reasons_are_said(self):
        self.due(self.pump, day(-4), earliest_empty_on=day(-1))
        Pump.objects.filter(pk=self.pump.pk).update(eri_on=day(-14))
        for tone in ("two", "one"):
            actions.record_alarm(
                actor=self.nora, pump=self.pump, tone=tone, heard_by="patient", heard_at=MONDAY
            )
        row = self.row(self.pump)
        for said in ("4 days overdue", "may be empty", "ERI", "Two-tone alarm", "One-tone alarm", "None"):
            self.assertIn(said, row)

    def test_due_since_the_day_of_the_fill_says_due_now(self):
        self.filled(self.pump, days_ago=1)
        self.due(self.pump, day(-2), earliest_empty_on=day(3))
        self.assertIn("due now", self.row(self.pump))

    def test_the_dead_the_closed_and_the_explanted_are_left_out(self):
        Pump.objects.filter(pk=self.dales_pump.pk).update(explanted_on=TODAY)
        for ended in ("died_on", "closed_on"):
            Patient.objects.filter(pk=self.rosa.pk).update(
                **{"died_on": None, "closed_on": None, ended: TODAY}
            )
            self.assertIn("No pumps yet", self.page())

    def test_each_clinic_has_its_own_today(self):
        """At 11:30 p.m. in Chicago it is the next day in Albany."""
        late = at("2026-11-23", 23, 30)
        for pump in (self.dales_pump, self.carlas_pump):
            self.due(pump, day(0))
        Membership.objects.create(user=self.nora, clinic=self.cedar, role="nurse", starts_on=day(-1))
        with time_machine.travel(late, tick=False):
            self.assertEqual(self.band(self.dales_pump), 3)
            self.assertEqual(self.band(self.carlas_pump), 2)


class RowTests(WorklistCase):
    def test_it_shows_who_when_and_how_to_reach_them(self):
        self.due(self.pump, day(6))
        self.book(starts_at=at(day(2), 10, 30))
        row = self.row(self.pump)
        for said in (
            "Rosa Villanueva",
            "30-Jul-1954 (72)",
            "MRN 330-951",
            "29-Nov-2026",
            "in 6 days",
            "25-Nov-2026 (Wed)",
            "10:30 a.m.",
            "Room 1, with Nora Lind",
            "312-555-0141",
            "Spanish",
            "No contact yet",
        ):
            self.assertIn(said, row)

    def test_a_visit_today_starts_the_refill(self):
        self.due(self.pump, day(6))
        self.book(starts_at=at(TODAY, 10, 30))
        row = self.row(self.pump)
        self.assertIn("Today, 10:30 a.m.", row)
        self.assertIn("Start refill", row)

    def test_dates_that_cannot_be_worked_out_lead_to_the_record_of_the_fill(self):
        cycle = self.filled(self.pump)
        dates = ("refill_by", "earliest_empty_on", "alarm_on", "low_reservoir_alarm_on", "latest_alarm_on")
        none = dict.fromkeys((*dates, "empty_on"))
        Cycle.objects.filter(pk=cycle.pk).update(**none, binding="", cannot_compute="daily_dose")
        row = self.row(self.pump)
        self.assertIn("Cannot be computed", row)
        self.assertIn("Amend the fill", row)
        self.assertNotIn("Record a fill", row)
        self.assertIn(f'href="/fills/{cycle.ref}/amend/"', self.page())
        self.book(starts_at=at(day(2)))
        self.assertIn("Amend the fill", self.row(self.pump))
        Visit.objects.update(starts_at=at(TODAY, 10, 30), ends_at=at(TODAY, 11))
        self.assertIn("Start refill", self.row(self.pump))

    def test_a_stopped_pump_still_leads_to_a_new_fill(self):
        self.fill(filled_on=day(-3), daily_dose_mcg=0)
        self.assertIn("Record a fill", self.row(self.pump))

    def test_who_asked_for_another_time_is_moved(self):
        self.due(self.pump, day(6))
        visit = self.book(starts_at=at(day(2)))
        self.assertNotIn("Move the visit", self.row(self.pump))
        actions.ask_change(actor=self.rosa_user, visit=visit, note="")
        self.assertIn("Move the visit", self.row(self.pump))
        self.assertIn(f'href="/visits/{visit.ref}/move/"', self.page())
        self.due(self.pump, day(-5), earliest_empty_on=day(0))
        self.assertIn("Call now", self.row(self.pump))

    def test_who_asked_for_another_time_today_is_moved_until_the_visit_begins(self):
        self.due(self.pump, day(6))
        visit = self.book(starts_at=at(TODAY, 10, 30))
        actions.ask_change(actor=self.rosa_user, visit=visit, note="")
        self.assertIn("Move the visit", self.row(self.pump))
        with time_machine.travel(at(TODAY, 10, 31), tick=False):
            self.assertIn("Start refill", self.row(self.pump))

    def test_the_patients_answer_is_shown(self):
        self.due(self.pump, day(6))
        visit = self.book(starts_at=at(day(2)))
        actions.confirm_visit(actor=self.rosa_user, visit=visit)
        self.assertIn("confirmed", self.row(self.pump))
        actions.ask_change(actor=self.rosa_user, visit=visit, note="after noon <b>")
        row = self.page()
        self.assertIn("asked to change", row)
        self.assertIn("after noon &lt;b&gt;", row)

    def test_it_says_when_only_a_call_reaches_them(self):
        self.assertIn("E-mail", self.row(self.pump))
        ChannelConsent.objects.filter(patient=self.rosa).update(is_granted=False)
        self.assertIn("No e-mail consent, phone only", self.row(self.pump))
        ContactPoint.objects.filter(patient=self.rosa, kind="email").update(is_bad=True)
        self.assertIn("E-mail does not arrive, phone only", self.row(self.pump))
        ContactPoint.objects.filter(patient=self.rosa, kind="email").update(ended_at=MONDAY)
        self.assertIn("No e-mail, phone only", self.row(self.pump))
        ContactPoint.objects.filter(patient=self.rosa).update(is_bad=True)
        row = self.row(self.pump)
        self.assertIn("No phone number", row)
        self.assertIn("312-555-0141 does not reach them", row)

    def test_it_tells_of_a_third_language_and_an_interpreter(self):
        Patient.objects.filter(pk=self.rosa.pk).update(other_language="Polish", needs_interpreter=True)
        row = self.row(self.pump)
        self.assertIn("Polish: messages go out in English", row)
        self.assertIn("Interpreter", row)

    def test_the_last_contact_stands_with_its_undo_for_ten_minutes(self):
        people.log_contact(
            actor=self.nora, patient=self.rosa, channel="call", outcome="left_message", note="after 2 p.m."
        )
        row = self.row(self.pump)
        self.assertIn("23-Nov-2026, left message: after 2 p.m.", row)
        self.assertIn("Undo", row)
        with time_machine.travel(MONDAY + datetime.timedelta(minutes=11), tick=False):
            self.assertNotIn("Undo", self.row(self.pump))

    def test_hostile_words_stay_words(self):
        Patient.objects.filter(pk=self.rosa.pk).update(
            given_name="<script>alert(1)</script>", allergy_note="{{7*7}}"
        )
        html = self.page()
        self.assertNotIn("<script>alert", html)
        self.assertIn("&lt;script&gt;", html)

    def test_no_date_could_be_read_two_ways(self):
        self.filled(self.pump)
        self.assertNotRegex(self.page(), r"\b\d{1,2}/\d{1,2}/\d{2,4}\b")


class CountsAndPagesTests(WorklistCase):
    def many(self, count):
        people = [
            make_patient(self.oak, f"M-{number}", "Ann", f"Many{number:03d}") for number in range(count)
        ]
        return [make_pump(patient, f"M{number}") for number, patient in enumerate(people)]

    def test_counts_link_to_their_bands(self):
        self.due(self.pump, day(-1))
        self.filled(self.dales_pump, days_ago=0)
        html = self.page()
        self.assertIn('href="#band2"', html)
        self.assertIn('href="#band6"', html)
        self.assertNotIn('href="#band1"', html)
        self.assertIn("<b>0</b>", html)

    def test_the_page_says_when_it_was_read_and_the_rules(self):
        html = self.page()
        self.assertIn("Updated 9:42\N{NO-BREAK SPACE}a.m.", html)
        self.assertIn("Times are clinic time (Chicago).", html)
        self.assertIn("no date to go by", html)

    def test_fifty_rows_a_page_and_band_headers_again(self):
        self.many(60)
        first, second = self.page(), self.page(page="2")
        self.assertEqual(first.count('class="list__row'), 50)
        self.assertEqual(second.count('class="list__row'), 12)
        self.assertIn("continued from the page before", second)
        self.assertNotIn("continued from the page before", first)
        self.assertIn('<b>62<span class="visually-hidden">', second)

    def test_a_band_on_a_later_page_is_linked_there(self):
        self.many(60)
        self.due(self.pump, day(40))
        html = self.page()
        self.assertIn('href="?page=2#band7"', html)
        self.assertIn("Later: 1, from page 2", html)

    def test_page_values_that_are_none(self):
        self.many(60)
        for value in ("0", "-1", "abc", "1.5", "9" * 20, "9" * 5000, "१", "", "\x00"):
            with self.subTest(value[:20]):
                self.assertIn('class="list__row', self.page(page=value))

    def test_a_saved_contact_is_told_with_its_undo(self):
        contact = people.log_contact(
            actor=self.nora, patient=self.rosa, channel="call", outcome="left_message"
        )
        html = self.page(saved=str(contact.ref))
        self.assertIn("Saved: left message for Rosa Villanueva", html)
        self.assertIn(f"/contacts/{contact.ref}/undo/", html)

    def test_saved_values_that_are_none(self):
        other = people.log_contact(actor=self.otto, patient=self.carla, channel="call", outcome="reached")
        for value in ("", "x", str(other.ref), "00000000-0000-0000-0000-000000000000"):
            self.assertNotIn("Saved:", self.page(saved=value))

    def test_eight_queries_however_many_rows_and_however_long_the_past(self):
        self.page()
        few = self.count_queries()
        for pump in [*self.many(60), self.pump]:
            self.filled(pump, days_ago=100)
            self.filled(pump, days_ago=5)
        self.book(starts_at=at(day(2)))
        people.log_contact(actor=self.nora, patient=self.rosa, channel="call", outcome="reached")
        actions.record_alarm(actor=self.nora, pump=self.pump, tone="one", heard_by="patient", heard_at=MONDAY)
        self.assertEqual(self.count_queries(), few)
        self.assertLessEqual(few, 8)

    def count_queries(self):
        with CaptureQueriesContext(connection) as queries:
            self.client.get("/worklist/")
        return len(queries)
