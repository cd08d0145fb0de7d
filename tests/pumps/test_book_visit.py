import datetime
import threading
from datetime import date, time

import pytest
import time_machine
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from portal.accounts.models import Closure, Membership, Role, Room
from portal.audit.models import Event
from pumps import actions
from pumps.models import Pump, Visit
from tests.base import ClinicTestCase, ClinicTransactionTestCase, at, make_patient, make_pump

# A Monday, 9:00 in Chicago. The fill of that day must be followed by 30 June.
NOW = "2026-06-01T14:00:00Z"


class VisitTestCase(ClinicTestCase):
    def setUp(self):
        clock = time_machine.travel(NOW, tick=False)
        clock.start()
        self.addCleanup(clock.stop)

    def refused(self, field, words, action=None, **values):
        """Expect a refusal that names the field; no visit and no event may be stored."""
        before = (list(Visit.objects.values_list("pk", "state")), Event.objects.count())
        with self.assertRaises(actions.Refused) as caught:
            (action or self.book)(**values)
        self.assertIn(words, caught.exception.message_dict[field][0])
        self.assertEqual((list(Visit.objects.values_list("pk", "state")), Event.objects.count()), before)


class BookVisitTests(VisitTestCase):
    def test_it_books(self):
        self.fill()
        visit = self.book(starts_at=at("2026-06-30"))
        self.assertEqual(
            (visit.state, visit.clinic, visit.booked_by), (Visit.State.BOOKED, self.oak, self.nora)
        )
        event = Event.objects.latest("id")
        self.assertEqual((event.action, event.subject_ref), ("visit.booked", visit.ref))

    def test_without_a_fill_the_next_ten_working_days(self):
        self.refused("starts_at", "Too far ahead", starts_at=at("2026-06-15"))
        self.assertEqual(self.book(starts_at=at("2026-06-12")).state, "booked")

    def test_after_refill_by_is_refused(self):
        self.fill()
        self.refused("starts_at", "After the refill-by date (30-Jun-2026)", starts_at=at("2026-07-01"))

    def test_once_refill_by_is_past_the_next_ten_working_days(self):
        self.fill()
        with time_machine.travel("2026-07-01T14:00:00Z", tick=False):
            self.refused("starts_at", "choose 14-Jul-2026 or a day before it", starts_at=at("2026-07-15"))
            self.refused("starts_at", "Too far ahead", starts_at=at("2031-07-16"))
            self.assertEqual(self.book(starts_at=at("2026-07-14")).state, "booked")

    def test_closures_do_not_count_among_the_ten(self):
        self.fill()
        Closure.objects.create(clinic=self.oak, on=date(2026, 7, 3), name="Independence Day")
        with time_machine.travel("2026-07-01T14:00:00Z", tick=False):
            self.assertEqual(self.book(starts_at=at("2026-07-15")).state, "booked")

    def test_the_day_before_refill_by_the_limit_still_holds(self):
        self.fill()
        with time_machine.travel("2026-06-29T14:00:00Z", tick=False):
            self.refused("starts_at", "After the refill-by date", starts_at=at("2026-07-01"))

    def test_on_refill_by_itself_the_next_ten_working_days(self):
        self.fill()
        with time_machine.travel("2026-06-30T14:00:00Z", tick=False):
            self.refused("starts_at", "Too far ahead", starts_at=at("2026-07-14"))
            self.assertEqual(self.book(starts_at=at("2026-07-13")).state, "booked")

    def test_whom_and_where(self):
        gone = Membership.objects.get(user=self.priya)
        gone.ends_on = date(2026, 6, 7)
        gone.save()
        closed_room = Room.objects.create(clinic=self.oak, name="Store", is_active=False)
        cases = [
            ("nurse", {"nurse": self.osei}),
            ("nurse", {"nurse": self.otto}),
            ("nurse", {"nurse": self.adam}),
            ("nurse", {"nurse": self.rosa_user}),
            # Her role ends before the day of the visit.
            ("nurse", {"nurse": self.priya}),
            ("room", {"room": self.cedar_room}),
            ("room", {"room": closed_room}),
        ]
        for field, values in cases:
            with self.subTest(values=values):
                self.refused(field, "Choose", starts_at=at("2026-06-08"), **values)

    def test_when(self):
        Closure.objects.create(clinic=self.oak, on=date(2026, 6, 19), name="Juneteenth")
        cases = [
            ("2026-06-06", 10, 60, "closed on 06-Jun-2026"),
            ("2026-06-07", 10, 60, "closed"),
            ("2026-06-19", 10, 60, "closed on 19-Jun-2026"),
            ("2026-06-08", 7, 60, "open from 8:00"),
            ("2026-06-08", 16, 61, "open from"),
            ("2026-06-08", 23, 120, "open from"),
            ("2026-05-29", 10, 60, "past"),
            ("2026-06-01", 8, 60, "past"),
        ]
        for day, hour, minutes, words in cases:
            with self.subTest(day=day, hour=hour):
                self.refused("starts_at", words, starts_at=at(day, hour), minutes=minutes)

    def test_how_long(self):
        for minutes, words in [(0, "after it starts"), (-30, "after it starts"), (481, "8 hours")]:
            with self.subTest(minutes=minutes):
                self.refused("ends_at", words, starts_at=at("2026-06-08", 8), minutes=minutes)

    def test_until_closing_and_later_today_are_fine(self):
        self.book(starts_at=at("2026-06-01", 16))
        self.book(self.dales_pump, starts_at=at("2026-06-01", 8, 30), room=self.room2)

    def test_only_for_a_pump_in_care(self):
        changes = [
            (Pump, self.pump.pk, {"explanted_on": date(2026, 5, 1)}, "explanted"),
            (type(self.rosa), self.rosa.pk, {"died_on": date(2026, 5, 1)}, "died"),
            (type(self.rosa), self.rosa.pk, {"closed_on": date(2026, 5, 1)}, "closed"),
        ]
        for model, pk, values, words in changes:
            with self.subTest(words=words), transaction.atomic():
                model.objects.filter(pk=pk).update(**values)
                self.refused("__all__", words, starts_at=at("2026-06-08"))
                model.objects.filter(pk=pk).update(**dict.fromkeys(values))

    def test_one_nurse_and_one_room_at_a_time(self):
        self.book(starts_at=at("2026-06-08", 10))
        other = {"pump": self.dales_pump}
        for minute in (-59, -30, 0, 30, 59):
            start = at("2026-06-08", 10) + datetime.timedelta(minutes=minute)
            with self.subTest(minute=minute):
                self.refused("nurse", "already has a visit", starts_at=start, room=self.room2, **other)
                self.refused("room", "already taken", starts_at=start, nurse=self.priya, **other)
        self.book(starts_at=at("2026-06-08", 11), **other)

    def test_a_cancelled_visit_frees_the_time(self):
        visit = self.book(starts_at=at("2026-06-08"))
        actions.cancel_visit(actor=self.nora, visit=visit, reason="patient ill")
        self.book(self.dales_pump, starts_at=at("2026-06-08"))

    def test_one_visit_for_each_pump(self):
        self.book(starts_at=at("2026-06-08"))
        self.refused("__all__", "already booked", starts_at=at("2026-06-09"))

    def test_a_missed_visit_makes_way(self):
        missed = self.book(starts_at=at("2026-06-01", 10))
        with time_machine.travel(at("2026-06-01", 12, 59), tick=False):
            self.refused("__all__", "already booked", starts_at=at("2026-06-09"))
        with time_machine.travel(at("2026-06-01", 13), tick=False):
            self.book(starts_at=at("2026-06-09"))
        missed.refresh_from_db()
        self.assertEqual(missed.state, Visit.State.MISSED)

    def test_the_clinics_zone_decides(self):
        zone = self.cedar.zone
        start = datetime.datetime(2026, 6, 8, 8, 0, tzinfo=zone)  # 7:00 in Chicago
        visit = self.book(self.carlas_pump, starts_at=start, nurse=self.otto, room=self.cedar_room)
        self.assertEqual(visit.clinic, self.cedar)

    def test_a_time_the_clocks_skip_is_refused(self):
        with self.assertRaises(actions.Refused):
            actions.clinic_moment(self.oak, date(2026, 3, 8), time(2, 30))
        moment = actions.clinic_moment(self.oak, date(2026, 3, 8), time(3, 30))
        self.assertEqual(moment, datetime.datetime(2026, 3, 8, 8, 30, tzinfo=datetime.UTC))

    @pytest.mark.postgres
    def test_postgresql_holds_the_rule_by_itself(self):
        if connection.vendor != "postgresql":
            self.skipTest("exclusion constraints exist on PostgreSQL only")
        first = self.book(starts_at=at("2026-06-08"))
        cases = [
            ("pumps_visit_nurse_free", {"nurse": self.nora, "room": self.room2}),
            ("pumps_visit_room_free", {"nurse": self.priya, "room": self.room1}),
        ]
        for name, values in cases:
            with self.subTest(name=name), self.assertRaises(IntegrityError) as caught, transaction.atomic():
                Visit.objects.create(
                    clinic=self.oak,
                    pump=self.dales_pump,
                    starts_at=first.starts_at,
                    ends_at=first.ends_at,
                    booked_by=self.nora,
                    **values,
                )
            self.assertIn(name, str(caught.exception))


class ParallelBookingTests(ClinicTransactionTestCase):
    """Twenty people press at once."""

    PRESSES = 20

    def next_monday(self):
        today = timezone.now().date()
        return at(today + datetime.timedelta(days=14 - today.weekday()))

    def race(self, press):
        """Run one press in each of twenty threads that start together; return what each raised."""
        gate, outcomes = threading.Barrier(self.PRESSES), [None] * self.PRESSES

        def run(number):
            try:
                gate.wait(30)
                press(number)
            except Exception as error:
                outcomes[number] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=[number]) for number in range(self.PRESSES)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return outcomes

    def some_pumps(self):
        people = [
            make_patient(self.oak, f"P{number}", "Ann", f"Other{number}") for number in range(self.PRESSES)
        ]
        return [make_pump(person, f"NGP9{person.mrn}") for person in people]

    def test_one_slot_goes_to_exactly_one(self):
        pumps, start = self.some_pumps(), self.next_monday()
        outcomes = self.race(lambda number: self.book(pumps[number], starts_at=start))
        self.assertEqual(Visit.objects.booked().count(), 1)
        refused = [outcome for outcome in outcomes if outcome is not None]
        self.assertEqual([type(error) for error in refused], [actions.Refused] * (self.PRESSES - 1))
        self.assertEqual(
            {error.message_dict["nurse"][0] for error in refused}, {"This nurse already has a visit then."}
        )

    def test_one_pump_gets_exactly_one_visit(self):
        start = self.next_monday()
        hours = [start.replace(hour=8 + number % 8) for number in range(self.PRESSES)]
        outcomes = self.race(lambda number: self.book(starts_at=hours[number]))
        self.assertEqual(Visit.objects.booked().count(), 1)
        self.assertEqual(sum(isinstance(outcome, actions.Refused) for outcome in outcomes), self.PRESSES - 1)

    def test_one_form_makes_exactly_one_fill(self):
        record = self.fill_record()
        outcomes = self.race(
            lambda number: actions.record_fill(actor=self.nora, pump=self.pump, record=record)
        )
        self.assertEqual(outcomes, [None] * self.PRESSES)
        self.assertEqual(self.pump.cycles.count(), 1)


class ClinicRoleTests(VisitTestCase):
    def test_a_nurse_of_two_clinics_is_one_person(self):
        Membership.objects.create(
            user=self.nora, clinic=self.cedar, role=Role.NURSE, starts_on=date(2020, 1, 1)
        )
        self.book(starts_at=at("2026-06-08", 10))
        self.refused(
            "nurse",
            "already has a visit",
            pump=self.carlas_pump,
            starts_at=at("2026-06-08", 10),
            room=self.cedar_room,
        )
