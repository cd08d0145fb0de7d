"""By when a one-tone alarm is answered; June 2026: the 1st is a Monday."""

from datetime import UTC, date, datetime
from unittest import TestCase
from zoneinfo import ZoneInfo

from pumps.alarm_target import one_tone_target

CHICAGO = ZoneInfo("America/Chicago")
# told, expected, both by the wall clock of the clinic
CASES = [
    ("2026-06-01 00:00", "2026-06-01 17:00"),
    ("2026-06-01 09:30", "2026-06-01 17:00"),
    ("2026-06-01 15:00", "2026-06-01 17:00"),
    ("2026-06-01 15:01", "2026-06-02 10:00"),
    ("2026-06-01 23:59", "2026-06-02 10:00"),
    ("2026-06-05 16:00", "2026-06-08 10:00"),
    ("2026-06-06 09:00", "2026-06-08 10:00"),
    ("2026-06-07 23:00", "2026-06-08 10:00"),
    # The 19th is a closure, a Friday.
    ("2026-06-18 15:30", "2026-06-22 10:00"),
    ("2026-06-19 09:00", "2026-06-22 10:00"),
    # The clocks go back on Sunday 1 November, forward on Sunday 8 March.
    ("2026-10-30 16:00", "2026-11-02 10:00"),
    ("2026-03-06 16:00", "2026-03-09 10:00"),
]
CLOSURES = {date(2026, 6, 19)}


def local(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=CHICAGO)


class AlarmTargetTests(TestCase):
    def test_the_same_day_until_three_and_the_next_working_day_after(self):
        for told, expected in CASES:
            with self.subTest(told=told):
                self.assertEqual(one_tone_target(local(told), CHICAGO, CLOSURES), local(expected))

    def test_it_takes_a_moment_in_any_zone_and_returns_utc(self):
        told = datetime(2026, 6, 2, 1, 0, tzinfo=UTC)  # 20:00 on the 1st in Chicago
        target = one_tone_target(told, CHICAGO)
        self.assertEqual(target, datetime(2026, 6, 2, 15, 0, tzinfo=UTC))
        self.assertIs(target.tzinfo, UTC)
