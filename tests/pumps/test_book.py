"""Book the next visit: free places on working days up to the refill-by date."""

import datetime

import time_machine
from django.urls import reverse

from portal.accounts.models import Closure, Membership, Role, Room
from pumps import actions
from pumps.models import Visit
from pumps.working_days import working_days_after
from tests.base import ClinicTestCase, at, make_staff
from tests.pumps.fill_case import complaints, words

TODAY = datetime.date(2026, 11, 23)  # a Monday


@time_machine.travel(at(TODAY, 7), tick=False)
class BookTests(ClinicTestCase):
    def setUp(self):
        self.url = reverse("pumps:book", args=[self.pump.ref])
        self.sign_in(self.nora)

    def place(self, day=TODAY, hour=9, nurse=None, room=None):
        start = at(day, hour).astimezone(datetime.UTC)
        return f"{start:%Y-%m-%dT%H:%MZ}/{(nurse or self.nora).ref}/{(room or self.room1).ref}"

    def post(self, place=None, url=None):
        return self.client.post(
            url or self.url, {"place": self.place() if place is None else place}, follow=True
        )

    def test_it_offers_working_days_up_to_the_refill_by_date(self):
        cycle = self.fill(filled_on=TODAY)
        text = words(self.client.get(self.url))
        self.assertIn(f"Refill by {cycle.refill_by:%d-%b-%Y}", text)
        last_week = [
            f"{day:%d-%b-%Y}" for day in (cycle.refill_by, cycle.refill_by + datetime.timedelta(days=1))
        ]
        self.assertIn(f"<legend>{last_week[0]}", text)
        self.assertNotIn(f"<legend>{last_week[1]}", text)

    def test_weeks_can_be_turned(self):
        self.fill(filled_on=TODAY)
        text = words(self.client.get(self.url + "?week=1"))
        self.assertIn("<legend>23-Nov-2026 (Mon)", text)
        self.assertIn("Week 1 of", text)
        self.assertIn("Week after", text)

    def test_any_week_number_is_survived(self):
        self.fill(filled_on=TODAY)
        for week in ("0", "-1", "abc", "1.5", "9" * 20, "१", ""):
            self.assertEqual(self.client.get(self.url, {"week": week}).status_code, 200)

    def test_without_a_fill_the_next_ten_working_days_are_offered(self):
        text = words(self.client.get(self.url))
        self.assertIn("There is no refill-by date", text)
        self.assertIn("<legend>23-Nov-2026 (Mon)", text)

    def test_past_the_refill_by_date_the_first_is_best(self):
        self.fill(filled_on=datetime.date(2026, 9, 1))
        text = words(self.client.get(self.url))
        self.assertIn("Every time below is after the refill-by date", text)
        self.assertIn("<legend>23-Nov-2026 (Mon)", text)
        self.assertIn(
            "Visit booked: 23-Nov-2026 (Mon), 9:00 a.m., Nora Lind, RN, Room 1.", words(self.post())
        )

    def test_on_the_refill_by_day_later_days_are_offered_and_told_apart(self):
        refill_by = self.fill(filled_on=TODAY).refill_by
        with time_machine.travel(at(refill_by, 18), tick=False):
            self.sign_in(self.nora)
            self.assertIn("The refill-by date is today.", words(self.client.get(self.url)))
            later = working_days_after(refill_by, 1)
            text = words(self.post(self.place(later)))
        self.assertIn("Visit booked", text)
        self.assertIn("After the refill-by date: it still counts as not booked.", text)
        self.assertEqual(Visit.objects.booked().count(), 1)

    def test_an_overdue_pump_cannot_be_booked_next_year(self):
        self.fill(filled_on=datetime.date(2026, 9, 1))
        self.assertIn("Too far ahead", complaints(self.post(self.place(datetime.date(2027, 11, 23)))))
        self.assertEqual(Visit.objects.count(), 0)

    def test_every_day_that_is_offered_can_be_booked(self):
        self.fill(filled_on=datetime.date(2026, 9, 1))
        last = working_days_after(TODAY, 9)
        self.assertIn(self.place(last), self.client.get(self.url, {"week": 2}).content.decode())
        self.assertIn("Visit booked", words(self.post(self.place(last))))

    def test_a_closed_day_is_not_offered(self):
        Closure.objects.create(clinic=self.oak, on=datetime.date(2026, 11, 26), name="Thanksgiving")
        text = words(self.client.get(self.url))
        self.assertNotIn("<legend>26-Nov-2026", text)
        response = self.post(self.place(datetime.date(2026, 11, 26)))
        self.assertIn("closed", complaints(response))

    def test_taken_places_are_not_offered(self):
        self.book(self.dales_pump, at(TODAY, 9))
        page = self.client.get(self.url).content.decode()
        self.assertNotIn(self.place(), page)
        self.assertIn(self.place(nurse=self.priya, room=self.room2), page)

    def test_a_nurse_and_a_room_can_be_chosen(self):
        page = self.client.get(
            self.url, {"nurse": self.priya.ref, "room": self.room2.ref, "week": 1}
        ).content.decode()
        self.assertIn(self.place(nurse=self.priya, room=self.room2), page)
        self.assertNotIn(str(self.nora.ref) + "/", page)

    def test_strange_wishes_are_ignored(self):
        for query in (
            {"nurse": "x"},
            {"room": self.cedar_room.ref},
            {"nurse": self.otto.ref},
            {"nurse": "\x00"},
        ):
            self.assertEqual(self.client.get(self.url, query).status_code, 200)

    def test_it_books_and_says_when_with_whom_and_where(self):
        response = self.post()
        visit = Visit.objects.get()
        self.assertRedirects(response, reverse("pumps:pump", args=[self.pump.ref]))
        self.assertEqual((visit.starts_at, visit.nurse, visit.room), (at(TODAY, 9), self.nora, self.room1))
        self.assertEqual(visit.ends_at - visit.starts_at, datetime.timedelta(hours=1))
        self.assertIn("Visit booked: 23-Nov-2026 (Mon), 9:00 a.m., Nora Lind, RN, Room 1.", words(response))

    def test_a_place_taken_meanwhile_shows_a_fresh_list(self):
        place = self.place()
        self.book(self.dales_pump, at(TODAY, 9))
        response = self.post(place)
        self.assertEqual(response.status_code, 422)
        self.assertIn("Somebody has just taken that place", complaints(response))
        self.assertNotContains(response, place, status_code=422)
        self.assertEqual(self.pump.visits.count(), 0)

    def test_the_room_counts_as_much_as_the_nurse(self):
        self.book(self.dales_pump, at(TODAY, 9))
        response = self.post(self.place(nurse=self.priya))
        self.assertIn("This room is already taken then.", complaints(response))

    def test_nonsense_is_refused_in_words(self):
        good = self.place()
        start, nurse, room = good.split("/")
        cases = (
            "",
            "x",
            "a/b/c",
            f"{start}/{nurse}",
            f"{start}/{self.otto.ref}/{room}",
            f"{start}/{nurse}/{self.cedar_room.ref}",
            f"{start}/{self.osei.ref}/{room}",
            f"2026-11-23T09:07Z/{nurse}/{room}",
            f"9999-12-31T23:59Z/{nurse}/{room}",
            f"0001-01-01T00:00Z/{nurse}/{room}",
            "y" * 500,
        )
        for typed in cases:
            with self.subTest(typed=typed[:30]):
                response = self.post(typed)
                self.assertEqual(response.status_code, 422)
                self.assertIn("Choose a time from the list.", complaints(response))
        self.assertEqual(Visit.objects.count(), 0)

    def test_a_day_after_the_refill_by_date_is_refused(self):
        cycle = self.fill(filled_on=TODAY)
        late = cycle.refill_by + datetime.timedelta(days=(7 - cycle.refill_by.weekday()))
        self.assertIn("After the refill-by date", complaints(self.post(self.place(late))))

    def test_a_time_that_is_past_is_not_offered(self):
        with time_machine.travel(at(TODAY, 12, 30), tick=False):
            self.sign_in(self.nora)
            page = self.client.get(self.url).content.decode()
        self.assertNotIn(self.place(hour=12), page)
        self.assertIn(self.place(hour=13), page)

    def test_a_second_visit_leads_to_moving_the_first(self):
        visit = self.book(starts_at=at(TODAY, 9))
        self.assertRedirects(self.client.get(self.url), reverse("pumps:move", args=[visit.ref]))
        self.assertIn("already booked", complaints(self.post(self.place(hour=11))))

    def test_after_a_missed_visit_a_new_one_is_booked(self):
        missed = self.book(starts_at=at("2026-11-20", 9), now=at("2026-11-19"))
        self.post()
        missed.refresh_from_db()
        self.assertEqual((missed.state, Visit.objects.booked().count()), ("missed", 1))

    def test_a_clinic_without_a_free_place_says_so(self):
        Room.objects.filter(clinic=self.oak).update(is_active=False)
        self.assertIn("No place is free this week", words(self.client.get(self.url)))

    def test_who_has_left_is_not_offered(self):
        Membership.objects.filter(user=self.priya).update(ends_on=TODAY - datetime.timedelta(days=1))
        self.assertNotContains(self.client.get(self.url), "Priya Nair")

    def test_an_explanted_pump_leads_back(self):
        actions.explant(actor=self.nora, pump=self.pump, explanted_on=TODAY, reason="Replaced")
        for response in (self.client.get(self.url), self.client.post(self.url, {"place": self.place()})):
            self.assertRedirects(response, reverse("pumps:pump", args=[self.pump.ref]))

    def test_queries_do_not_grow_with_nurses_and_visits(self):
        self.fill(filled_on=TODAY)
        with self.assertNumQueries(QUERIES):
            self.client.get(self.url + "?week=1")
        for number in range(3):
            make_staff(f"n{number}@oak.example", f"Nurse {number}", Role.NURSE, self.oak)
            Room.objects.create(clinic=self.oak, name=f"Room {number + 3}")
        self.book(self.dales_pump, at(TODAY, 9))
        with self.assertNumQueries(QUERIES):
            self.client.get(self.url + "?week=1")

    def test_another_clinic_gets_404_and_other_roles_403(self):
        for user, status in ((self.otto, 404), (self.adam, 403), (self.rosa_user, 403)):
            self.sign_in(user)
            self.assertEqual(self.post().status_code, status)
        self.assertEqual(Visit.objects.count(), 0)

    def test_the_anonymous_are_sent_to_sign_in(self):
        self.client.logout()
        self.assertEqual(self.client.get(self.url).status_code, 302)


# Session, person, pump, memberships; the booked visit; refill-by date, closures; nurses, rooms, what is taken; the
# engine's heartbeat.
QUERIES = 11
