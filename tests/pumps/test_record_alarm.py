import datetime
import uuid
from datetime import date

import time_machine

from portal.accounts.models import Closure
from portal.audit.models import Event
from pumps import actions
from pumps.models import Alarm, Pump
from tests.base import ClinicTestCase, at

NOW = "2026-06-01T14:00:00Z"


class AlarmTestCase(ClinicTestCase):
    def setUp(self):
        clock = time_machine.travel(NOW, tick=False)
        clock.start()
        self.addCleanup(clock.stop)

    def record(self, pump=None, **values):
        values = {"tone": "one", "kind": "", "heard_by": "patient", "heard_at": at("2026-06-01", 8), **values}
        return actions.record_alarm(actor=self.nora, pump=pump or self.pump, **values)


class RecordAlarmTests(AlarmTestCase):
    def test_one_tone_is_answered_the_same_day(self):
        alarm = self.record()
        self.assertEqual(alarm.target_at, at("2026-06-01", 17))
        self.assertEqual((alarm.kind, alarm.clinic, alarm.is_critical), (Alarm.Kind.UNKNOWN, self.oak, False))
        event = Event.objects.get()
        self.assertEqual((event.action, event.detail), ("alarm.recorded", {"tone": "one"}))

    def test_one_tone_told_late_is_answered_the_next_working_day(self):
        Closure.objects.create(clinic=self.oak, on=date(2026, 6, 2), name="stocktaking")
        with time_machine.travel(at("2026-06-01", 15, 1), tick=False):
            self.assertEqual(self.record().target_at, at("2026-06-03", 10))

    def test_two_tones_and_not_sure_are_answered_at_once(self):
        for tone in ("two", "unsure"):
            with self.subTest(tone=tone):
                alarm = self.record(tone=tone)
                self.assertTrue(alarm.is_critical)
                self.assertEqual(alarm.target_at, alarm.recorded_at)

    def test_a_second_press_makes_no_second_alarm(self):
        key = uuid.uuid4()
        self.assertEqual(self.record(key=key), self.record(key=key))
        self.assertEqual(Event.objects.count(), 1)
        with self.assertRaises(actions.Refused):
            self.record(self.dales_pump, key=key)

    def test_what_cannot_be_names_its_field(self):
        tomorrow = at("2026-06-01", 9) + datetime.timedelta(minutes=1)
        cases = [
            ("heard_at", {"heard_at": tomorrow}),
            ("heard_at", {"heard_at": at("2024-02-08")}),
            ("tone", {"tone": "three"}),
            ("tone", {"tone": ""}),
            ("kind", {"kind": "whistle"}),
            ("heard_by", {"heard_by": ""}),
            ("note", {"note": "x" * 501}),
        ]
        for field, values in cases:
            with self.subTest(field=field), self.assertRaises(actions.Refused) as caught:
                self.record(**values)
            self.assertIn(field, caught.exception.message_dict)
        self.assertFalse(Alarm.objects.exists())

    def test_an_explanted_pump_sounds_no_more(self):
        Pump.objects.filter(pk=self.pump.pk).update(explanted_on=date(2026, 5, 1))
        with self.assertRaises(actions.Refused):
            self.record()


class CloseAlarmTests(AlarmTestCase):
    def close(self, alarm, **values):
        values = {"cause": "reservoir low", "outcome": "refilled", "told": "Dr. Osei", **values}
        return actions.close_alarm(actor=self.priya, alarm=alarm, **values)

    def test_it_says_cause_outcome_and_who_was_told(self):
        alarm = self.close(self.record())
        self.assertEqual((alarm.cause, alarm.outcome, alarm.told), ("reservoir low", "refilled", "Dr. Osei"))
        self.assertEqual(alarm.closed_by, self.priya)
        self.assertFalse(Alarm.objects.open().exists())

    def test_each_of_the_three_is_needed(self):
        alarm = self.record()
        for field in ("cause", "outcome", "told"):
            with self.subTest(field=field), self.assertRaises(actions.Refused) as caught:
                self.close(alarm, **{field: ""})
            self.assertIn(field, caught.exception.message_dict)
        with self.assertRaises(actions.Refused) as caught:
            self.close(alarm, outcome="ignored")
        self.assertIn("outcome", caught.exception.message_dict)
        self.assertTrue(Alarm.objects.open().exists())

    def test_not_twice(self):
        alarm = self.close(self.record())
        with self.assertRaises(actions.Refused):
            self.close(alarm)
        self.assertEqual(Event.objects.filter(action="alarm.closed").count(), 1)
