"""The database's bands against the plain rules of pumps/bands.py, over random states of two clinics."""

import datetime
import random
from dataclasses import replace
from decimal import Decimal

from django.test import Client

from pumps import worklist as lists
from pumps.bands import Band, Standing, band_of, reasons
from pumps.models import Alarm, Cycle, Program, Pump, Visit
from pumps.work_row import Row
from tests.base import ClinicTestCase, make_patient, make_pump, make_staff

# 23:30 on the 22nd in Chicago, already the 23rd in Albany.
NOW = datetime.datetime(2026, 11, 23, 5, 30, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)


def cycle_of(pump, filled_on, **fields):
    program = Program.objects.create(pump=pump, starts_on=filled_on, ended_on=filled_on)
    values = {
        "clinic": pump.clinic,
        "filled_ml": 20,
        "alarm_ml": 2,
        "lead_days": 7,
        "accuracy": Decimal("0.145"),
    }
    return Cycle.objects.create(pump=pump, program=program, filled_on=filled_on, **values, **fields)


def dated(refill_by, earliest_empty_on):
    late = earliest_empty_on + DAY
    names = ("alarm_on", "low_reservoir_alarm_on", "latest_alarm_on", "empty_on")
    return {"refill_by": refill_by, "earliest_empty_on": earliest_empty_on, **dict.fromkeys(names, late)}


class States:
    """Makes pumps in random states, and keeps what the rules should be told of each."""

    def __init__(self, case, seed):
        self.case, self.random = case, random.Random(seed)
        self.expected: dict[int, Standing] = {}
        self.left_out: list[Pump] = []

    def make(self, clinic, number):
        patient = make_patient(clinic, f"R-{number}", "Ann", f"Lee{self.random.randrange(999)}")
        pump = make_pump(patient, f"RND{number:05d}", implanted_on=None)
        self.today = clinic.today(NOW)
        standing = self.visit(pump, self.alarms(pump, self.eri(pump, self.fill(pump))))
        ended = self.random.random()
        if ended < 0.04:
            Pump.objects.filter(pk=pump.pk).update(explanted_on=self.today)
        elif ended < 0.08:
            type(patient).objects.filter(pk=patient.pk).update(died_on=self.today)
        elif ended < 0.12:
            type(patient).objects.filter(pk=patient.pk).update(closed_on=self.today)
        else:
            self.expected[pump.pk] = standing
            return
        self.left_out.append(pump)

    def some_day(self, *near):
        return self.today + DAY * self.random.choice([*near, self.random.randrange(-40, 60)])

    def fill(self, pump):
        self.past_cycles(pump)
        shape = self.random.random()
        filled_on = self.today - DAY * self.random.choice([0, 0, 1, 2, 30, 60])
        if shape < 0.1:
            return Standing(has_fill=False)
        if shape < 0.15:
            cycle_of(pump, filled_on, is_stopped=True)
            return Standing(is_stopped=True, filled_on=filled_on)
        if shape < 0.2:
            cycle_of(pump, filled_on, cannot_compute="daily_dose")
            return Standing(filled_on=filled_on)
        refill_by = self.some_day(-1, 0, 1, 13, 14, 15)
        earliest_empty_on = refill_by + DAY * self.random.choice([1, 2, 5])
        cycle_of(pump, filled_on, **dated(refill_by, earliest_empty_on))
        return Standing(filled_on=filled_on, refill_by=refill_by, earliest_empty_on=earliest_empty_on)

    def past_cycles(self, pump):
        """History that must change nothing: an ended cycle, and one that an amendment replaced."""
        past = self.today - 200 * DAY
        if self.random.random() < 0.5:
            cycle_of(pump, past, ended_on=past + DAY, **dated(past, past + DAY))
        if self.random.random() < 0.3:
            cycle_of(pump, past, superseded_at=NOW, **dated(past, past + DAY))

    def eri(self, pump, standing):
        if self.random.random() > 0.1:
            return standing
        Pump.objects.filter(pk=pump.pk).update(eri_on=self.today)
        return replace(standing, eri_on=self.today)

    def alarms(self, pump, standing):
        for tone in self.random.choices([None, "one", "two", "unsure"], [12, 3, 1, 1], k=2):
            is_closed = self.random.random() < 0.5
            if tone is None:
                continue
            target_at = NOW + self.random.choice([-3, 3]) * HOUR
            self.alarm(pump, tone, target_at, is_closed)
            if not is_closed:
                standing = self.with_alarm(standing, tone, target_at)
        return standing

    def alarm(self, pump, tone, target_at, is_closed):
        closing = {
            "closed_at": NOW,
            "closed_by": self.case.nora,
            "cause": "c",
            "outcome": "no_fault",
            "told": "t",
        }
        Alarm.objects.create(
            clinic=pump.clinic,
            pump=pump,
            tone=tone,
            heard_by="patient",
            heard_at=NOW - 5 * HOUR,
            recorded_by=self.case.nora,
            recorded_at=NOW - 5 * HOUR,
            target_at=target_at,
            **(closing if is_closed else {}),
        )

    def with_alarm(self, standing, tone, target_at):
        if tone != "one":
            return replace(standing, has_critical_alarm=True)
        soonest = min(target_at, standing.one_tone_target_at or target_at)
        return replace(standing, one_tone_target_at=soonest)

    def visit(self, pump, standing):
        zone = pump.clinic.zone
        if self.random.random() < 0.3:
            past = NOW - self.random.choice([300, 45, 20, 1]) * DAY
            state = self.random.choice(["done", "missed", "cancelled", "moved"])
            self.add_visit(pump, past, state)
            if state == "missed":
                standing = replace(standing, missed_on=past.astimezone(zone).date())
        if self.random.random() < 0.6:
            edge = self.random.choice([-3 * HOUR - HOUR / 60, -3 * HOUR, -2 * HOUR, -HOUR])
            starts_at = self.random.choice([NOW + edge, NOW + DAY * self.random.randrange(-30, 60)])
            self.add_visit(pump, starts_at, "booked")
            on = starts_at.astimezone(zone).date()
            if starts_at + 3 * HOUR > NOW:
                return replace(standing, visit_on=on)
            return replace(standing, missed_on=max(on, standing.missed_on or on))
        return standing

    def add_visit(self, pump, starts_at, state):
        # A nurse and a room of its own: on PostgreSQL booked visits of one may not overlap.
        name = f"{pump.pk}-{state}"
        nurse = make_staff(f"{name}@x.example", name, "nurse", pump.clinic)
        Visit.objects.create(
            clinic=pump.clinic,
            pump=pump,
            nurse=nurse,
            room=pump.clinic.rooms.create(name=name),
            starts_at=starts_at,
            ends_at=starts_at + HOUR,
            state=state,
            booked_by=nurse,
        )


class BandsInTheDatabaseTests(ClinicTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        Pump.objects.all().delete()
        cls.states = States(cls, seed=20261123)
        for number in range(240):
            cls.states.make(cls.oak if number % 3 else cls.cedar, number)
        cls.scope = lists.Scope([cls.oak, cls.cedar], NOW)

    def expected_band(self, pump):
        standing = self.states.expected[pump.pk]
        return band_of(reasons(standing, pump.clinic.today(NOW), NOW))

    def test_every_pump_in_care_stands_once(self):
        keys = [key for key, _band in lists.entries(self.scope)]
        self.assertEqual(sorted(keys), sorted(self.states.expected))
        self.assertTrue(self.states.left_out)

    def test_every_band_is_what_the_plain_rules_say(self):
        pumps = Pump.objects.select_related("clinic").in_bulk()
        seen = set()
        for key, band in lists.entries(self.scope):
            with self.subTest(self.states.expected[key]):
                self.assertEqual(band, self.expected_band(pumps[key]))
            seen.add(band)
        self.assertEqual(seen, set(Band), "the random states leave a band untried")

    def test_rows_read_the_same_state(self):
        for key, band in lists.entries(self.scope):
            row = Row(lists.rows(self.scope, [key])[0], Band(band), NOW)
            standing = self.states.expected[key]
            with self.subTest(standing):
                self.assertEqual(row.reasons, reasons(standing, row.today, NOW))

    def test_they_stand_by_band_then_earliest_empty_then_name(self):
        def place(entry):
            pump = by_key[entry[0]]
            cycle = getattr(pump, "cycle", None)
            empty = cycle and cycle.earliest_empty_on
            return entry[1], empty is None, empty or NOW.date(), pump.patient.sort_name, pump.pk

        entries = lists.entries(self.scope)
        by_key = {pump.pk: pump for pump in lists.rows(self.scope, [key for key, _band in entries])}
        self.assertEqual(entries, sorted(entries, key=place))

    def test_each_clinic_alone_gives_its_part_of_the_whole(self):
        parts = [lists.entries(lists.Scope([clinic], NOW)) for clinic in (self.oak, self.cedar)]
        self.assertEqual(sorted(parts[0] + parts[1]), sorted(lists.entries(self.scope)))

    def test_nobody_without_a_clinic_sees_anybody(self):
        self.assertEqual(lists.entries(lists.Scope([], NOW)), [])

    def test_the_pages_together_hold_every_pump_once(self):
        """Over the pages that a person clicks through, with the clock standing still."""
        client = Client()
        client.force_login(self.nora)
        with self.settings(SESSION_COOKIE_AGE=10**9):
            shown = []
            for number in range(1, 6):
                page = client.get("/worklist/", {"page": number}).content.decode()
                shown += [part.split('"')[0] for part in page.split('id="row-')[1:]]
        mine = Pump.objects.filter(pk__in=self.states.expected, clinic=self.oak).values_list("ref", flat=True)
        # get_page answers a page that is too high with the last one.
        pages = -(-len(mine) // lists.PAGE_SIZE)
        self.assertEqual(sorted(set(shown)), sorted(str(ref) for ref in mine))
        self.assertEqual(
            len(shown), len(mine) + (5 - pages) * (len(mine) % lists.PAGE_SIZE or lists.PAGE_SIZE)
        )
