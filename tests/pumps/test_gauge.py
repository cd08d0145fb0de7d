"""The geometry of the drawings, worked by hand."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from pumps import gauge

COURSE = gauge.Course(
    capacity_ml=Decimal(40),
    volume_ml=Decimal(40),
    alarm_ml=Decimal(2),
    flow_ml=Fraction(8, 25),
    max_flow_ml=Fraction(104, 250),
    fast_flow_ml=Fraction(104, 250) * Fraction(1145, 1000),
    days=120,
)
DAYS = gauge.Days(today=56, refill_by=81, low_alarm=91, latest_alarm=118, earliest_empty=83)
WORDS = {
    "refill": "Refill by",
    "today": "Today",
    "filled": "28-Sep",
    "today_on": "23-Nov",
    "refill_on": "18-Dec",
    "earliest_empty": "20-Dec, earliest empty",
    "latest_alarm": "24-Jan, latest alarm",
}
LEVEL = gauge.Level(Decimal("16.7"), Decimal("22.1"))


class GaugeTests(TestCase):
    def draw(self, **overrides):
        values = {"capacity_ml": Decimal(40), "now": LEVEL, "alarm_ml": Decimal(2)}
        return gauge.gauge(**{**values, **overrides})

    def test_levels_stand_where_the_scale_says(self):
        # 360 units for 40 mL: 9 a millilitre, 0 at 400. 16.7 mL: 400 - 150.3; 22.1 mL: 400 - 198.9.
        drawn = self.draw()
        self.assertTrue(drawn.liquid.startswith("M54 249.7H148"))
        self.assertEqual((drawn.maybe_y, drawn.maybe_height), ("201.1", "48.6"))
        self.assertEqual(drawn.alarm, "M52 382.0H168")
        self.assertEqual(drawn.empty, "M52 400.0H168")

    def test_without_extra_doses_nothing_is_hatched(self):
        drawn = self.draw(now=gauge.Level(Decimal(20), Decimal(20)))
        self.assertIsNone(drawn.maybe_height)
        self.assertEqual(drawn.level.count("M"), 1)

    def test_an_empty_reservoir_has_no_liquid(self):
        self.assertIsNone(self.draw(now=gauge.Level(Decimal(0), Decimal(0))).liquid)

    def test_more_than_full_is_drawn_as_full(self):
        self.assertEqual(self.draw(now=gauge.Level(Decimal(45), Decimal(50))).maybe_y, "40.0")

    def test_ticks_of_a_small_and_a_large_reservoir(self):
        for capacity, labels in ((20, [0, 5, 10, 15, 20]), (40, [0, 10, 20, 30, 40]), (100, [0, 50, 100])):
            ticks = self.draw(capacity_ml=Decimal(capacity)).ticks
            self.assertEqual([tick.volume_ml for tick in ticks if tick.volume_ml is not None], labels)

    def test_the_bracket_shows_what_is_left_on_the_refill_by_date(self):
        drawn = self.draw(refill=gauge.Level(Decimal("6.3"), Decimal("14.1")))
        self.assertEqual(drawn.bracket, "M158 273.1h8V343.3h-8")
        self.assertIn("refill", drawn.labels)
        self.assertIsNone(self.draw().bracket)

    @given(
        least=st.decimals(0, 40, places=1),
        more=st.decimals(0, 20, places=1),
        alarm=st.decimals(0, 40, places=1),
        later=st.decimals(0, 40, places=1),
    )
    def test_no_words_cover_others(self, least, more, alarm, later):
        drawn = gauge.gauge(
            capacity_ml=Decimal(40),
            now=gauge.Level(least, least + more),
            alarm_ml=alarm,
            refill=gauge.Level(later, later + 1),
        )
        tops = sorted(float(label.title_y) for label in drawn.labels.values())
        self.assertTrue(all(after - before >= 41.8 for before, after in pairwise(tops)))
        self.assertGreater(tops[0], 20)
        self.assertLessEqual(max(float(label.note_y) for label in drawn.labels.values()), 448)


class ChartTests(TestCase):
    def test_lines_fall_from_the_fill_to_empty(self):
        drawn = gauge.chart(COURSE, DAYS, WORDS)
        # 1068 units for 120 days: 8.9 a day. Dry after 40 ÷ 0.416 = 96.15 days; at 120 days 1.6 mL are left.
        self.assertEqual(drawn.quick, "M38.0 44.0L893.8 296.0")
        self.assertEqual(drawn.slow, "M38.0 44.0L1106.0 285.9")
        self.assertEqual(drawn.today, "M536.4 38V296")
        self.assertEqual(drawn.refill, "M758.9 38V296")

    def test_without_extra_doses_there_is_one_line_and_no_fan(self):
        course = gauge.Course(40, 40, 2, Fraction(1, 2), Fraction(1, 2), Fraction(3, 5), 90)
        drawn = gauge.chart(course, DAYS, WORDS)
        self.assertIsNone(drawn.fan)
        self.assertIsNone(drawn.quick)

    def test_a_fan_of_two_dry_lines_closes_on_the_axis(self):
        course = gauge.Course(20, 20, 2, Fraction(1, 2), Fraction(1), Fraction(6, 5), 60)
        fan = gauge.chart(course, DAYS, WORDS).fan
        self.assertTrue(fan.startswith("M38.0 44.0") and fan.endswith("Z"))
        self.assertEqual(fan.count("296.0"), 3)

    def test_today_outside_the_chart_is_left_out(self):
        days = gauge.Days(today=None, refill_by=81, low_alarm=91, latest_alarm=118, earliest_empty=83)
        drawn = gauge.chart(COURSE, days, WORDS)
        self.assertIsNone(drawn.today)
        self.assertNotIn("today", [mark.name for mark in drawn.above])

    def test_dots_mark_the_earliest_empty_and_the_alarm(self):
        self.assertEqual(gauge.chart(COURSE, DAYS, WORDS).dots, [("776.7", "296.0"), ("847.9", "283.4")])

    def test_one_day_is_written_once(self):
        days = gauge.Days(today=0, refill_by=81, low_alarm=91, latest_alarm=118, earliest_empty=83)
        drawn = gauge.chart(COURSE, days, {**WORDS, "filled": "23-Nov", "today_on": "23-Nov"})
        self.assertEqual([mark.text for mark in drawn.below].count("23-Nov"), 1)
        self.assertIn("today", [mark.name for mark in drawn.above])

    def test_words_never_cover_each_other(self):
        for frame in (gauge.WIDE, gauge.NARROW):
            for refill_by in range(0, 119, 7):
                days = gauge.Days(refill_by + 1, refill_by, 91, 118, refill_by + 2)
                drawn = gauge.chart(COURSE, days, WORDS, frame)
                self.assertTrue(spans_are_apart(drawn.below))
                self.assertTrue(spans_are_apart(drawn.above))

    def test_words_stay_inside_the_drawing(self):
        for mark in gauge.chart(COURSE, DAYS, WORDS, gauge.NARROW).below:
            start, end = span(mark)
            self.assertGreaterEqual(start, 0)
            self.assertLessEqual(end, gauge.NARROW.width)
            self.assertLess(int(mark.y), gauge.NARROW.height + 1)


def span(mark):
    x, length = float(mark.x), len(mark.text) * gauge.CHARACTER
    start = {"start": x, "middle": x - length / 2, "end": x - length}[mark.anchor]
    return start, start + length


def spans_are_apart(marks):
    rows = {}
    for mark in marks:
        rows.setdefault(mark.y, []).append(span(mark))
    return all(first[1] <= second[0] for row in rows.values() for first, second in pairwise(sorted(row)))
