import datetime
import re

from tests.base import ClinicTestCase, at
from tests.triples import triple


class DeathTests(ClinicTestCase):
    def setUp(self):
        self.url = f"/patients/{self.rosa.ref}/death/"
        self.today = self.oak.today()
        self.sign_in(self.nora)

    def post(self, day=None, **more):
        return self.client.post(self.url, {**triple("died_on", day or self.today), **more})

    def died_on(self):
        self.rosa.refresh_from_db()
        return self.rosa.died_on

    def test_it_asks_before_it_saves(self):
        response = self.post()
        self.assertContains(response, "Check before you record the death of Rosa Villanueva")
        self.assertContains(response, "330-951")
        self.assertIsNone(self.died_on())

    def test_confirmed_it_is_recorded_and_the_person_leaves_the_work_list(self):
        self.assertContains(self.client.get("/worklist/"), "Villanueva")
        response = self.post(confirm="yes")
        self.assertRedirects(response, f"/patients/{self.rosa.ref}/")
        self.assertEqual(self.died_on(), self.today)
        self.assertNotContains(self.client.get("/worklist/"), "Villanueva")

    def test_the_check_page_carries_the_day_as_a_browser_sends_it(self):
        html = self.client.post(self.url, triple("died_on", self.oak.today())).content.decode()
        kept = dict(re.findall(r'<input type="hidden" name="(died_on_\w+)" value="(\w+)">', html))
        self.client.post(self.url, {**kept, "confirm": "yes"})
        self.rosa.refresh_from_db()
        self.assertEqual(self.rosa.died_on, self.oak.today())

    def test_going_back_keeps_the_day_and_saves_nothing(self):
        self.assertContains(self.post(), 'name="back"')
        before = self.today - datetime.timedelta(days=1)
        response = self.post(before, back="yes")
        self.assertContains(response, "<h1>Record a death</h1>", html=True)
        typed = [str(before.month), str(before.day), str(before.year)]
        self.assertEqual(response.context["form"]["died_on"].value(), typed)
        self.assertNotContains(response, "There is a problem")
        self.assertIsNone(self.died_on())
        self.assertEqual(self.post(back="yes", confirm="yes").status_code, 200)
        self.assertIsNone(self.died_on())

    def test_what_was_booked_is_cancelled(self):
        cycle = self.fill()
        visit = self.book(starts_at=at(cycle.refill_by, 10))
        self.post(confirm="yes")
        visit.refresh_from_db()
        self.assertEqual(visit.state, "cancelled")

    def test_it_can_be_undone_on_the_persons_page(self):
        self.post(confirm="yes")
        page = self.client.get(f"/patients/{self.rosa.ref}/")
        self.assertContains(page, "Recorded by mistake: undo")
        response = self.client.post(f"/patients/{self.rosa.ref}/death/undo/")
        self.assertRedirects(response, f"/patients/{self.rosa.ref}/")
        self.assertIsNone(self.died_on())
        self.assertContains(self.client.get("/worklist/"), "Villanueva")

    def test_days_that_cannot_be(self):
        for day in (
            self.today + datetime.timedelta(days=1),
            self.rosa.birth_date - datetime.timedelta(days=1),
        ):
            response = self.post(day, confirm="yes")
            self.assertContains(response, "Date of death", status_code=422)
            self.assertIsNone(self.died_on())
        self.assertEqual(self.client.post(self.url, {"confirm": "yes"}).status_code, 422)

    def test_undo_needs_a_post(self):
        self.assertEqual(self.client.get(f"/patients/{self.rosa.ref}/death/undo/").status_code, 405)

    def test_roles(self):
        for user, status in ((self.otto, 404), (self.adam, 403)):
            self.sign_in(user)
            self.assertEqual(self.post(confirm="yes").status_code, status)
            self.assertEqual(self.client.post(f"{self.url}undo/").status_code, status)
        self.assertIsNone(self.died_on())
