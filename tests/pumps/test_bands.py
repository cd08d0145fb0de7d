import datetime
from datetime import UTC, date
from unittest import TestCase

from pumps.bands import Band, Reason, Standing, band_of, reasons

TODAY = date(2026, 11, 23)
NOW = datetime.datetime(2026, 11, 23, 15, 42, tzinfo=UTC)
MINUTE = datetime.timedelta(minutes=1)


def day(offset):
    return TODAY + datetime.timedelta(days=offset)


def sound(**changes):
    """A pump filled 30 days ago, to be refilled in 40 days, dry in 45 at the earliest."""
    values = {"filled_on": day(-30), "refill_by": day(40), "earliest_empty_on": day(45)}
    return Standing(**{**values, **changes})


def why(standing):
    return reasons(standing, TODAY, NOW)


def band(standing):
    return band_of(why(standing))


class BandTests(TestCase):
    """Each rule of the work-list, on both sides of its edge."""

    CASES = [
        ("nothing is so", {}, Band.LATER),
        ("the day before the earliest empty day", {"earliest_empty_on": day(1)}, Band.LATER),
        ("the earliest empty day itself", {"earliest_empty_on": day(0)}, Band.ACT_NOW),
        ("long past the earliest empty day", {"earliest_empty_on": day(-400)}, Band.ACT_NOW),
        ("an open two-tone alarm", {"has_critical_alarm": True}, Band.ACT_NOW),
        ("past refill-by", {"refill_by": day(-1)}, Band.OVERDUE),
        (
            "past refill-by, though a visit is booked",
            {"refill_by": day(-1), "visit_on": day(1)},
            Band.OVERDUE,
        ),
        ("the refill-by day itself, unbooked", {"refill_by": day(0)}, Band.NOT_BOOKED),
        ("the refill-by day itself, visit today", {"refill_by": day(0), "visit_on": day(0)}, Band.BOOKED),
        ("no fill", {"has_fill": False, "refill_by": None, "filled_on": None}, Band.OVERDUE),
        ("stopped", {"is_stopped": True, "refill_by": None, "earliest_empty_on": None}, Band.OVERDUE),
        ("cannot be computed", {"refill_by": None, "earliest_empty_on": None}, Band.OVERDUE),
        ("missed", {"missed_on": day(-1)}, Band.OVERDUE),
        ("missed, another awaited", {"missed_on": day(-1), "visit_on": day(3)}, Band.BOOKED),
        ("missed, another awaited too late", {"missed_on": day(-1), "visit_on": day(41)}, Band.LATER),
        ("missed before the last fill", {"missed_on": day(-31)}, Band.LATER),
        ("missed on the day it was filled after all", {"missed_on": day(-30)}, Band.LATER),
        ("one tone, past its time", {"one_tone_target_at": NOW - MINUTE}, Band.OVERDUE),
        ("one tone, at its time", {"one_tone_target_at": NOW}, Band.FOLLOW_UP),
        ("one tone, before its time", {"one_tone_target_at": NOW + MINUTE}, Band.FOLLOW_UP),
        ("15 days off, unbooked", {"refill_by": day(15)}, Band.LATER),
        ("14 days off, unbooked", {"refill_by": day(14)}, Band.NOT_BOOKED),
        ("14 days off, booked the day after", {"refill_by": day(14), "visit_on": day(15)}, Band.NOT_BOOKED),
        ("14 days off, booked on the day", {"refill_by": day(14), "visit_on": day(14)}, Band.BOOKED),
        ("40 days off, booked", {"visit_on": day(40)}, Band.BOOKED),
        ("40 days off, booked the day after", {"visit_on": day(41)}, Band.LATER),
        ("ERI", {"eri_on": day(-20)}, Band.FOLLOW_UP),
        ("ERI and booked", {"eri_on": day(-20), "visit_on": day(3)}, Band.FOLLOW_UP),
        ("ERI and due", {"eri_on": day(-20), "refill_by": day(10)}, Band.NOT_BOOKED),
        ("filled today", {"filled_on": day(0)}, Band.DONE),
        ("filled today, next visit booked", {"filled_on": day(0), "visit_on": day(39)}, Band.DONE),
        ("filled today, alarm still open", {"filled_on": day(0), "has_critical_alarm": True}, Band.ACT_NOW),
        ("filled today, due at once", {"filled_on": day(0), "refill_by": day(-2)}, Band.OVERDUE),
        ("filled yesterday", {"filled_on": day(-1)}, Band.LATER),
    ]

    def test_each_rule(self):
        for name, changes, expected in self.CASES:
            with self.subTest(name):
                self.assertEqual(band(sound(**changes)), expected)


class ReasonTests(TestCase):
    def test_a_pump_says_all_that_is_so(self):
        standing = sound(
            earliest_empty_on=day(-1),
            refill_by=day(-4),
            missed_on=day(-4),
            eri_on=day(-9),
            has_critical_alarm=True,
            one_tone_target_at=NOW - MINUTE,
        )
        self.assertEqual(
            why(standing),
            [
                Reason.MAY_BE_EMPTY,
                Reason.CRITICAL_ALARM,
                Reason.OVERDUE,
                Reason.MISSED,
                Reason.ONE_TONE_LATE,
                Reason.NOT_BOOKED,
                Reason.ERI,
            ],
        )

    def test_it_stands_in_the_lowest_band(self):
        self.assertEqual(band_of([Reason.BOOKED, Reason.ERI, Reason.MISSED]), Band.OVERDUE)
        self.assertEqual(band_of([Reason.ERI, Reason.MAY_BE_EMPTY]), Band.ACT_NOW)

    def test_a_stopped_pump_is_not_called_impossible(self):
        found = why(sound(is_stopped=True, refill_by=None, earliest_empty_on=None))
        self.assertEqual(found, [Reason.STOPPED])

    def test_no_fill_is_not_called_impossible(self):
        self.assertEqual(why(Standing(has_fill=False)), [Reason.NO_FILL])

    def test_time_alone_moves_a_pump_down_the_bands(self):
        standing = sound(missed_on=None)
        seen = [band_of(reasons(standing, day(offset), NOW)) for offset in (0, 25, 26, 40, 41, 44, 45)]
        self.assertEqual(
            seen,
            [
                Band.LATER,
                Band.LATER,
                Band.NOT_BOOKED,
                Band.NOT_BOOKED,
                Band.OVERDUE,
                Band.OVERDUE,
                Band.ACT_NOW,
            ],
        )
