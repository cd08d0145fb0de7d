from patients import actions
from portal.audit.models import Event
from tests.base import ClinicTestCase


class ReopenTests(ClinicTestCase):
    def setUp(self):
        self.page = f"/patients/{self.rosa.ref}/"
        self.url = f"{self.page}reopen/"
        actions.close_record(actor=None, patient=self.rosa, closed_on=self.oak.today())
        self.sign_in(self.nora)

    def closed_on(self):
        self.rosa.refresh_from_db()
        return self.rosa.closed_on

    def test_the_page_says_that_the_record_is_closed(self):
        response = self.client.get(self.page)
        self.assertContains(response, "Record closed on")
        self.assertContains(response, self.url)

    def test_reopened_the_pump_is_on_the_work_list_again(self):
        self.assertNotContains(self.client.get("/worklist/"), "Villanueva")
        response = self.client.post(self.url, follow=True)
        self.assertRedirects(response, self.page)
        self.assertContains(response, "in care again")
        self.assertNotContains(response, self.url)
        self.assertIsNone(self.closed_on())
        self.assertContains(self.client.get("/worklist/"), "Villanueva")

    def test_a_death_on_record_stays(self):
        actions.record_death(actor=self.nora, patient=self.rosa, died_on=self.oak.today())
        response = self.client.post(self.url, follow=True)
        self.assertContains(response, "The death is still on record")
        self.assertFalse(type(self.rosa).objects.get(pk=self.rosa.pk).is_active)

    def test_a_second_press_is_harmless(self):
        self.client.post(self.url)
        self.assertRedirects(self.client.post(self.url), self.page)
        self.assertEqual(Event.objects.filter(action="patient.reopened").count(), 1)

    def test_it_needs_a_post(self):
        self.assertEqual(self.client.get(self.url).status_code, 405)
        self.assertIsNotNone(self.closed_on())

    def test_an_open_record_offers_nothing_to_reopen(self):
        self.assertNotContains(self.client.get(f"/patients/{self.dale.ref}/"), "reopen/")

    def test_who_may(self):
        for user, status in ((self.otto, 404), (self.adam, 403), (self.rosa_user, 403)):
            self.sign_in(user)
            self.assertEqual(self.client.post(self.url).status_code, status)
        self.client.logout()
        self.assertEqual(self.client.post(self.url).status_code, 302)
        self.assertIsNotNone(self.closed_on())
