from collections import Counter

from django.db.models import Count
from django.test import TestCase

from patients.models import ChannelConsent, ContactPoint, Patient
from portal.accounts.models import Clinic
from portal.bench import clock, seed
from pumps import actions
from pumps.models import Alarm, Cycle, DrugLine, Pump, Visit

SIZE = 70


class SeedTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        with clock.standing():
            seed.seed(SIZE, clinic_size=40)

    def test_clinics_hold_at_most_so_many_pumps(self):
        counts = (
            Clinic.objects.annotate(count=Count("pumps")).order_by("name").values_list("count", flat=True)
        )
        self.assertEqual(list(counts), [40, 30])

    def test_every_pump_has_a_person_who_can_be_reached(self):
        self.assertEqual(Pump.objects.in_care().count(), SIZE)
        self.assertEqual(ContactPoint.objects.count(), 2 * SIZE)
        self.assertGreater(ChannelConsent.objects.filter(is_granted=True).count(), SIZE * 0.8)

    def test_every_pump_has_one_open_cycle_and_a_history(self):
        self.assertEqual(Cycle.objects.open().count(), SIZE)
        self.assertEqual(Cycle.objects.exclude(ended_on=None).count(), SIZE * seed.HISTORY)
        self.assertEqual(DrugLine.objects.count(), SIZE)
        self.assertFalse(Cycle.objects.filter(filled_on__gt=clock.TODAY).exists())

    def test_each_fill_had_its_visit_and_the_next_is_often_booked(self):
        states = Counter(Visit.objects.values_list("state", flat=True))
        self.assertEqual(states["done"], SIZE * (seed.HISTORY + 1))
        self.assertGreater(states["booked"], SIZE / 3)

    def test_nobody_is_booked_twice_at_once(self):
        for who in ("nurse", "room"):
            same = Visit.objects.booked().values(who, "starts_at").annotate(count=Count("pk"))
            self.assertFalse(same.filter(count__gt=1).exists())

    def test_some_alarms_are_open(self):
        self.assertTrue(Alarm.objects.open().exists())
        self.assertTrue(Alarm.objects.exclude(closed_at=None).exists())

    def test_the_stored_dates_are_the_portals_own(self):
        self.assertEqual(actions.recompute(), 0)
        Cycle.objects.open().update(refill_by=clock.TODAY, inputs_hash="")
        self.assertGreater(actions.recompute(), 0)

    def test_everything_can_move_into_one_clinic(self):
        seed.merge_clinics()
        self.assertEqual(Pump.objects.values("clinic").distinct().count(), 1)
        self.assertEqual(Patient.objects.values("clinic").distinct().count(), 1)


class RepeatTests(TestCase):
    def seeded(self):
        with clock.standing():
            seed.seed(25)
        names = list(Patient.objects.order_by("mrn").values_list("given_name", "sort_name", "language"))
        dates = list(Cycle.objects.order_by("pk").values_list("filled_on", "refill_by", "empty_on"))
        visits = list(Visit.objects.booked().order_by("pk").values_list("starts_at", flat=True))
        return names, dates, visits

    def test_two_runs_seed_the_same(self):
        from django.db import transaction

        found = []
        for _ in range(2):
            with transaction.atomic():
                found.append(self.seeded())
                transaction.set_rollback(True)
        self.assertEqual(*found)
