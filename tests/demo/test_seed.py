"""The invented clinics: sixty pumps, one near-miss of each kind, at any hour of any day."""

import datetime
from collections import Counter
from zoneinfo import ZoneInfo

import time_machine
from django.test import TestCase

from patients.models import ChannelConsent, Contact, ContactPoint, Patient
from portal.accounts.models import Clinic, User
from portal.audit.models import Event
from portal.demo import cases, seed
from portal.demo.accounts import ACCOUNTS, CEDAR, OAK, PASSWORD
from pumps.models import Alarm, Cycle, Pump, Visit
from pumps.worklist import Scope, entries

CHICAGO = ZoneInfo("America/Chicago")
DAY = datetime.timedelta(days=1)


def standing(clinic, now):
    """Return what each case shows, with its pump and band."""
    found = dict(entries(Scope([clinic], now)))
    pumps = Pump.objects.in_bulk(found)
    people = Patient.objects.filter(clinic=clinic)
    by_name = {(person.given_name, person.family_name): person.pk for person in people}
    everyone = cases.oak() if clinic.name == OAK else cases.cedar()
    shown = {}
    for case, person in everyone:
        patient = by_name[person.given, person.family]
        pump = next(pump for pump in pumps.values() if pump.patient_id == patient)
        shown[case.shows] = (pump, found[pump.pk])
    return shown


class Seeded(TestCase):
    """The demo as made on an ordinary Wednesday morning."""

    now = datetime.datetime(2026, 6, 17, 10, 20, tzinfo=CHICAGO)

    @classmethod
    def setUpTestData(cls):
        cls.clock = time_machine.travel(cls.now, tick=False)
        with cls.clock:
            cls.said = seed.everything()
        cls.oak, cls.cedar = (Clinic.objects.get(name=name) for name in (OAK, CEDAR))
        cls.today = cls.oak.today(cls.now)

    def setUp(self):
        self.clock.start()
        self.addCleanup(self.clock.stop)
        self.shown = standing(self.oak, self.now)

    def pump(self, shows):
        return self.shown[shows][0]

    def band(self, shows):
        return self.shown[shows][1]

    def cycle(self, shows):
        return self.pump(shows).cycles.open().get()


class OnTheList:
    def test_sixty_pumps_of_which_most_ask_for_something(self):
        bands = [band for _pump, band in entries(Scope([self.oak], self.now))]
        self.assertEqual(len(bands), 60)
        self.assertGreaterEqual(sum(band <= 5 for band in bands), 45)
        self.assertEqual(set(bands), {1, 2, 3, 4, 5, 6, 7})

    def test_the_second_clinic_has_twelve(self):
        self.assertEqual(len(entries(Scope([self.cedar], self.now))), 12)

    def test_it_says_what_it_made(self):
        self.assertIn("72 pumps", self.said)

    def test_everyone_can_sign_in_and_sees_their_own_place(self):
        self.assertEqual(User.objects.count(), len(ACCOUNTS))
        kim = User.objects.get(email="kim.tran@oak.example")
        self.assertTrue(kim.check_password(PASSWORD))
        self.assertEqual([clinic.name for clinic in kim.clinics("nurse")], [OAK])
        for email in ("rosa@mail.example", "dale@mail.example"):
            self.assertEqual(User.objects.get(email=email).patient.clinic, self.oak)

    def test_ages_of_the_two_with_an_account(self):
        ages = {p.given_name: p.age_on(self.today) for p in Patient.objects.exclude(user=None)}
        self.assertEqual(ages, {"Rosa": 71, "Dale": 57})


class NearMisses:
    def test_the_day_it_may_be_empty(self):
        today, tomorrow = "may be empty from today", "may be empty from tomorrow"
        self.assertEqual(self.cycle(today).earliest_empty_on, self.today)
        self.assertEqual(self.cycle(tomorrow).earliest_empty_on, self.today + DAY)
        self.assertEqual(self.band(today), 1)
        self.assertIn(self.band(tomorrow), (2, 3))

    def test_the_refill_by_day(self):
        due = "refill-by day today, or the next working day"
        overdue = "refill-by day yesterday, or the last working day"
        self.assertEqual(self.cycle(due).refill_by, self.today)
        self.assertEqual(self.cycle(overdue).refill_by, self.today - DAY)
        self.assertEqual((self.band(due), self.band(overdue)), (3, 2))

    def test_fourteen_and_fifteen_days(self):
        near, far = "refill-by day 14 days off", "refill-by day 15 days off"
        self.assertEqual(self.cycle(near).refill_by, self.today + 14 * DAY)
        self.assertEqual(self.cycle(far).refill_by, self.today + 15 * DAY)
        self.assertEqual((self.band(near), self.band(far)), (3, 7))

    def test_a_visit_on_the_day_and_one_after_it(self):
        late = "visit a day after it, since the fill was amended"
        for shows, days, band in (("visit on the refill-by day", 0, 5), (late, 1, 3)):
            visit = self.pump(shows).visits.booked().get()
            day = visit.starts_at.astimezone(CHICAGO).date()
            self.assertEqual(day - self.cycle(shows).refill_by, days * DAY, shows)
            self.assertEqual(self.band(shows), band, shows)
        self.assertIsNotNone(self.cycle(late).amends)

    def test_a_visit_just_before_and_just_after_it_counts_as_missed(self):
        self.assertEqual(self.band("visit ended 1 h 59 min ago"), 5)
        self.assertEqual(self.band("visit ended 2 h 01 min ago"), 2)
        self.assertEqual(self.band("visit marked missed, none booked"), 2)

    def test_alarms_around_their_target(self):
        self.assertEqual(self.band("one tone, before its target time"), 4)
        self.assertEqual(self.band("one tone, past its target time"), 2)
        self.assertEqual(self.band("two tones, open"), 1)
        self.assertEqual(self.band("not sure which tone, open"), 1)

    def test_printed_alarm_dates(self):
        earlier = self.cycle("printed alarm date a day earlier than ours")
        self.assertEqual(earlier.alarm_on, earlier.low_reservoir_alarm_on - DAY)
        self.assertTrue(earlier.printed_alarm_agrees)
        later = self.cycle("printed alarm date that disagrees, later")
        self.assertFalse(later.printed_alarm_agrees)
        self.assertEqual(later.alarm_on, later.low_reservoir_alarm_on)
        self.assertFalse(self.cycle("printed alarm date that disagrees, earlier").printed_alarm_agrees)

    def test_what_has_no_date(self):
        for shows in ("stopped pump", "no fill recorded", "dates cannot be computed"):
            self.assertEqual(self.band(shows), 2, shows)
        self.assertTrue(self.cycle("stopped pump").is_stopped)
        self.assertFalse(self.pump("no fill recorded").cycles.exists())
        self.assertEqual(self.cycle("dates cannot be computed").cannot_compute, "daily_dose")

    def test_each_rule_binds_somewhere(self):
        for shows, binding in (
            ("stability binds", "stability"),
            ("beyond-use date binds", "beyond_use"),
            ("pump accuracy binds", "accuracy"),
            ("alarm less lead binds", "alarm"),
        ):
            self.assertEqual(self.cycle(shows).binding, binding)

    def test_first_fill_with_ziconotide_keeps_fourteen_days(self):
        cycle = self.cycle("first fill with ziconotide: 14 days")
        self.assertTrue(cycle.is_first_fill)
        self.assertEqual(cycle.stable_until - cycle.filled_on, 14 * DAY)

    def test_eri_and_done_today(self):
        self.assertEqual(self.band("ERI recorded"), 4)
        for shows in ("done today", "done today, at its visit", "done today, early"):
            self.assertEqual(self.band(shows), 6, shows)
        self.assertEqual(self.cycle("done today, at its visit").visit.state, Visit.State.DONE)

    def test_extra_doses_that_the_lockout_limits(self):
        program = self.cycle("extra doses with a lockout").program
        self.assertLess(program.infusion().activations_per_day, program.max_activations)


class People:
    def test_the_dead_and_the_explanted_are_not_on_the_list(self):
        died = Patient.objects.get(family_name="Farraday")
        self.assertIsNotNone(died.died_on)
        self.assertFalse(Visit.objects.booked().filter(pump__patient=died).exists())
        self.assertEqual(Pump.objects.filter(clinic=self.oak).exclude(explanted_on=None).count(), 1)

    def test_languages_names_and_ways_to_reach_people(self):
        people = Patient.objects.filter(clinic=self.oak)
        self.assertGreaterEqual(people.filter(language="es").count(), 4)
        self.assertEqual(people.exclude(other_language="").filter(needs_interpreter=True).count(), 2)
        self.assertEqual(people.filter(family_name="Okonkwo").count(), 2)
        self.assertTrue(any(not person.full_name.isascii() for person in people))
        self.assertTrue(any(len(person.full_name) > 50 for person in people))
        self.assertEqual(ContactPoint.objects.filter(is_bad=True).count(), 1)
        refused = ChannelConsent.objects.filter(channel="email", is_granted=False)
        self.assertEqual(refused.count(), 1)

    def test_numbers_and_addresses_reach_nobody(self):
        for point in ContactPoint.objects.all():
            if point.kind == ContactPoint.Kind.PHONE:
                self.assertRegex(point.value, r"^\+1\d{3}55501\d\d$")
            else:
                self.assertRegex(point.value, r"^[a-z.]+@mail\.example$")

    def test_there_is_a_past(self):
        self.assertGreater(Cycle.objects.exclude(ended_on=None).count(), 150)
        self.assertGreaterEqual(Alarm.objects.exclude(closed_at=None).count(), 5)
        self.assertGreater(Contact.objects.count(), 15)
        states = Counter(Visit.objects.values_list("state", flat=True))
        self.assertEqual(set(states), set(Visit.State.values))

    def test_residuals_are_near_what_was_expected(self):
        drawn = Cycle.objects.exclude(residual_ml=None).exclude(expected_residual_ml=None)
        self.assertGreater(drawn.count(), 100)
        for cycle in drawn:
            self.assertLess(abs(cycle.residual_ml - cycle.expected_residual_ml), 5)

    def test_what_was_done_is_on_the_record(self):
        self.assertGreater(Event.objects.filter(action="fill.recorded").count(), 200)

    def test_the_coming_year_has_its_holidays(self):
        coming = set(self.oak.closures.filter(on__gte=self.today).values_list("name", flat=True))
        for name in ("Thanksgiving Day", "Labor Day", "New Year's Day"):
            self.assertTrue(any(name in found for found in coming), name)
        self.assertTrue(all(day.on.weekday() < 5 for day in self.oak.closures.all()))

    def test_the_demo_sends_at_any_hour_under_a_neutral_name(self):
        for clinic in (self.oak, self.cedar):
            self.assertTrue(clinic.sends_at_any_hour)
            self.assertEqual(clinic.sender_name, clinic.name)


class WednesdayTests(OnTheList, NearMisses, People, Seeded):
    """All of it, made once."""


class SundayNightTests(Seeded):
    """Nothing of it needs an ordinary day: here the clocks have just changed."""

    now = datetime.datetime(2026, 11, 1, 0, 40, tzinfo=CHICAGO)

    def test_the_list_is_as_full(self):
        bands = [band for _pump, band in entries(Scope([self.oak], self.now))]
        self.assertEqual(len(bands), 60)
        self.assertGreaterEqual(sum(band <= 5 for band in bands), 45)

    def test_near_misses_stand_on_both_sides(self):
        self.assertEqual(self.band("may be empty from today"), 1)
        self.assertEqual(self.band("visit ended 1 h 59 min ago"), 5)
        self.assertEqual(self.band("visit ended 2 h 01 min ago"), 2)
        self.assertEqual(self.band("one tone, before its target time"), 4)
        self.assertEqual(self.band("one tone, past its target time"), 2)
        self.assertEqual(self.band("refill-by day today, or the next working day"), 3)
        self.assertEqual(self.band("refill-by day yesterday, or the last working day"), 2)


class HolidayTests(SundayNightTests):
    """On Thanksgiving the clinic is closed, and the day after it is open."""

    now = datetime.datetime(2026, 11, 26, 16, 30, tzinfo=CHICAGO)
