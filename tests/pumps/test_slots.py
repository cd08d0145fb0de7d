"""Free places: clinic hours, working days, what is taken, and the clocks."""

import datetime
from unittest import TestCase
from zoneinfo import ZoneInfo

from pumps import slots

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = datetime.date(2026, 11, 23)
HOURS = slots.Hours(datetime.time(8), datetime.time(12), 60, CHICAGO)
EARLY = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)


def at(hour, minute=0, day=MONDAY):
    return datetime.datetime.combine(day, datetime.time(hour, minute), CHICAGO)


def day(text):
    return datetime.date.fromisoformat(text)


class WindowTests(TestCase):
    def test_from_today_to_the_refill_by_date(self):
        found = slots.window(MONDAY, day("2026-12-01"), {day("2026-11-26")})
        self.assertEqual([d.day for d in found.days], [23, 24, 25, 27, 30, 1])
        self.assertEqual([len(week) for week in found.weeks], [4, 2])
        self.assertFalse(found.is_late)

    def test_on_the_day_itself_the_next_ten_working_days_too(self):
        found = slots.window(MONDAY, MONDAY)
        self.assertEqual((found.days[0], found.days[-1]), (MONDAY, day("2026-12-04")))
        self.assertTrue(found.is_late)

    def test_the_day_before_only_up_to_the_day(self):
        found = slots.window(MONDAY, day("2026-11-24"))
        self.assertEqual(([d.day for d in found.days], found.is_late), ([23, 24], False))

    def test_past_the_date_the_next_ten_working_days(self):
        found = slots.window(MONDAY, day("2026-11-20"), {day("2026-11-26")})
        self.assertTrue(found.is_late)
        self.assertEqual((len(found.days), found.days[0], found.days[-1]), (10, MONDAY, day("2026-12-07")))

    def test_on_a_weekend_the_ten_days_begin_on_monday(self):
        found = slots.window(day("2026-11-21"), day("2026-11-20"))
        self.assertEqual((len(found.days), found.days[0]), (10, MONDAY))

    def test_without_a_date_it_is_not_late(self):
        found = slots.window(MONDAY, None)
        self.assertEqual((len(found.days), found.is_late), (10, False))

    def test_weeks_of_two_years_stay_apart(self):
        found = slots.by_week([day("2026-12-31"), day("2027-01-01"), day("2027-01-04")])
        self.assertEqual([len(week) for week in found], [2, 1])


class SpanTests(TestCase):
    def starts(self, on=MONDAY, **overrides):
        values = {
            "opens_at": datetime.time(8),
            "closes_at": datetime.time(12),
            "minutes": 60,
            "zone": CHICAGO,
        }
        hours = slots.Hours(**{**values, **overrides})
        return [start.astimezone(hours.zone).time() for start, _end in slots.spans(on, hours)]

    def test_hours_are_cut_into_visits(self):
        self.assertEqual([start.hour for start in self.starts()], [8, 9, 10, 11])

    def test_a_visit_ends_by_closing_time(self):
        self.assertEqual([start.hour for start in self.starts(closes_at=datetime.time(11, 59))], [8, 9, 10])
        self.assertEqual(self.starts(minutes=300), [])

    def test_hours_near_midnight_end(self):
        late = self.starts(opens_at=datetime.time(22), closes_at=datetime.time(23, 59, 59))
        self.assertEqual([start.hour for start in late], [22])

    def test_an_hour_that_the_clocks_skip_is_left_out(self):
        spring = day("2026-03-08")
        found = self.starts(spring, opens_at=datetime.time(1), closes_at=datetime.time(5))
        self.assertEqual([start.hour for start in found], [1, 3, 4])

    def test_moments_are_in_utc(self):
        start, end = next(slots.spans(MONDAY, HOURS))
        self.assertEqual((start, end), (at(8), at(9)))
        self.assertEqual(start.tzinfo, datetime.UTC)


class FreeSlotTests(TestCase):
    def free(self, *taken, nurses=("nora", "priya"), rooms=("1", "2"), now=EARLY):
        found = slots.free_slots([MONDAY], HOURS, nurses=nurses, rooms=rooms, taken=taken, now=now)
        return {slot.starts_at.astimezone(CHICAGO).hour: (slot.nurses, slot.rooms) for slot in found[0].slots}

    def test_everything_is_free(self):
        self.assertEqual(self.free()[8], (("nora", "priya"), ("1", "2")))

    def test_a_visit_takes_its_nurse_and_its_room(self):
        found = self.free(slots.Taken("nora", "1", at(9), at(10)))
        self.assertEqual((found[8], found[9]), ((("nora", "priya"), ("1", "2")), (("priya",), ("2",))))

    def test_a_visit_that_only_touches_takes_nothing(self):
        found = self.free(slots.Taken("nora", "1", at(9), at(10)))
        self.assertEqual(found[10], (("nora", "priya"), ("1", "2")))

    def test_a_visit_of_another_length_takes_what_it_overlaps(self):
        found = self.free(slots.Taken("nora", "1", at(8, 30), at(9, 15)))
        self.assertEqual((found[8], found[9]), ((("priya",), ("2",)), (("priya",), ("2",))))

    def test_no_room_means_no_place(self):
        taken = [slots.Taken("nora", "1", at(9), at(10)), slots.Taken("otto", "2", at(9), at(10))]
        self.assertNotIn(9, self.free(*taken))

    def test_no_nurse_means_no_place(self):
        self.assertEqual(self.free(nurses=()), {})

    def test_what_is_past_is_not_offered(self):
        self.assertEqual(list(self.free(now=at(9))), [10, 11])
        self.assertEqual(list(self.free(now=at(8, 59))), [9, 10, 11])
