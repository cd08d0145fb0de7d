"""Days and times in words, in both languages, whatever the machine's locale."""

import datetime
import unittest
import zoneinfo

from portal import dates

DAY = datetime.date(2026, 6, 16)
B = dates.NO_BREAK


class DatesTests(unittest.TestCase):
    def test_today_is_the_clinics_day(self):
        moment = datetime.datetime(2026, 6, 16, 3, 30, tzinfo=datetime.UTC)
        self.assertEqual(dates.day_in(zoneinfo.ZoneInfo("America/Chicago"), moment).day, 15)
        self.assertEqual(dates.day_in(zoneinfo.ZoneInfo("Pacific/Auckland"), moment).day, 16)

    def test_the_staff_form(self):
        self.assertEqual(dates.short(DAY), "16-Jun-2026")
        self.assertEqual(dates.short(DAY, "es"), "16-jun-2026")
        self.assertEqual(dates.short(datetime.date(2026, 1, 5)), "05-Jan-2026")
        self.assertEqual(dates.short_with_weekday(DAY), f"16-Jun-2026{B}(Tue)")

    def test_the_patient_form(self):
        self.assertEqual(dates.long(DAY), f"Tuesday, June{B}16, 2026")
        self.assertEqual(dates.long(DAY, weekday=False), f"June{B}16, 2026")
        self.assertEqual(dates.long(DAY, year=False), f"Tuesday, June{B}16")
        self.assertEqual(dates.long(DAY, "es"), "martes 16 de junio de 2026")
        self.assertEqual(dates.long(DAY, "es", weekday=False, year=False), "16 de junio")

    def test_every_month_and_weekday_has_a_name_in_both_languages(self):
        for language in ("en", "es"):
            self.assertEqual(len(set(dates.MONTHS[language])), 12)
            self.assertEqual(len(set(dates.WEEKDAYS[language])), 7)
            shorts = {dates.short(datetime.date(2026, month, 1), language) for month in range(1, 13)}
            self.assertEqual(len(shorts), 12)

    def test_times_of_day(self):
        cases = {
            (0, 0): ("midnight", "medianoche"),
            (12, 0): ("noon", "mediodía"),
            (0, 5): (f"12:05{B}a.m.", f"12:05{B}a.{B}m."),
            (9, 30): (f"9:30{B}a.m.", f"9:30{B}a.{B}m."),
            (12, 1): (f"12:01{B}p.m.", f"12:01{B}p.{B}m."),
            (23, 59): (f"11:59{B}p.m.", f"11:59{B}p.{B}m."),
        }
        for (hour, minute), (english, spanish) in cases.items():
            moment = datetime.time(hour, minute)
            self.assertEqual((dates.clock(moment), dates.clock(moment, "es")), (english, spanish))

    def test_age_in_whole_years(self):
        leap = datetime.date(2000, 2, 29)
        self.assertEqual(dates.age_on(leap, datetime.date(2026, 2, 28)), 25)
        self.assertEqual(dates.age_on(leap, datetime.date(2026, 3, 1)), 26)
        self.assertEqual(dates.age_on(leap, datetime.date(2028, 2, 29)), 28)
        self.assertEqual(dates.age_on(DAY, DAY), 0)
