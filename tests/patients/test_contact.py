import datetime
import re
import uuid

import time_machine
from django.db import IntegrityError, transaction

from patients.models import Contact
from portal.audit.models import Event
from tests.base import ClinicTestCase, at

NOW = at("2026-11-23", 9, 42)


class ContactCase(ClinicTestCase):
    def setUp(self):
        traveller = time_machine.travel(NOW, tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)
        self.url = f"/patients/{self.rosa.ref}/contact/"
        self.sign_in(self.nora)

    def post(self, **changes):
        values = {"channel": "call", "outcome": "left_message", "note": "try after 2 p.m."}
        return self.client.post(self.url, {**values, **changes})


class ContactTests(ContactCase):
    def test_from_the_work_list_and_back_to_the_same_row(self):
        page = self.client.get(self.url, {"row": str(self.pump.ref), "page": "1"})
        self.assertContains(page, f'value="{self.pump.ref}"')
        response = self.post(row=str(self.pump.ref), page="1")
        contact = Contact.objects.get()
        self.assertEqual(response["Location"], f"/worklist/?page=1&saved={contact.ref}#row-{self.pump.ref}")
        html = self.client.get("/worklist/", {"page": 1, "saved": contact.ref}).content.decode()
        self.assertIn("Saved: left message for Rosa Villanueva, try after 2 p.m.", html)
        self.assertIn(f'id="row-{self.pump.ref}" tabindex="-1"', html)

    def test_it_is_kept_with_who_and_when(self):
        self.post()
        contact = Contact.objects.get()
        self.assertEqual(
            (contact.patient, contact.by, contact.at, contact.outcome),
            (self.rosa, self.nora, NOW, "left_message"),
        )

    def test_from_the_persons_page_back_to_it(self):
        self.assertRedirects(self.post(), f"/patients/{self.rosa.ref}/")

    def test_the_page_shows_numbers_and_last_contacts(self):
        self.post(note="a <b>")
        html = self.client.get(self.url).content.decode()
        self.assertIn('href="tel:+13125550141"', html)
        self.assertIn("left message: a &lt;b&gt;", html)

    def test_hostile_rows_and_pages_lead_nowhere_else(self):
        for row, page in (("//evil.example", "1"), ("x", "//evil.example"), ("", "9" * 30), ("", "१")):
            location = self.post(row=row, page=page)["Location"]
            self.assertTrue(
                location.startswith(("/worklist/?page=1&", f"/patients/{self.rosa.ref}/")), location
            )
            self.assertNotIn("evil", location)

    def test_bad_input(self):
        for changes in (
            {"outcome": ""},
            {"outcome": "x"},
            {"channel": "fax"},
            {"note": "a\u202eb"},
            {"note": "x" * 201},
        ):
            with self.subTest(changes):
                response = self.post(**changes)
                self.assertContains(response, "There is a problem", status_code=422)
        self.assertFalse(Contact.objects.exists())

    def test_a_note_that_is_too_long_stays_in_the_form(self):
        response = self.post(note="y" * 201)
        self.assertContains(response, "Note: write at most 200 characters.", status_code=422)
        self.assertContains(response, "y" * 201, status_code=422)

    def test_a_second_press_makes_no_second_contact(self):
        key = re.search(r'name="key" value="([^"]+)"', self.client.get(self.url).content.decode())[1]
        first, second = self.post(key=key), self.post(key=key)
        self.assertEqual(first["Location"], second["Location"])
        self.assertEqual(Contact.objects.count(), 1)
        self.assertEqual(Event.objects.filter(action="contact.logged").count(), 1)

    def test_a_used_form_takes_no_other_contact(self):
        key = str(uuid.uuid4())
        self.post(key=key)
        self.assertContains(self.post(key=key, outcome="reached"), "already used", status_code=422)
        theirs = f"/patients/{self.dale.ref}/contact/"
        response = self.client.post(theirs, {"channel": "call", "outcome": "left_message", "key": key})
        self.assertEqual(response.status_code, 422)
        self.client.post(f"/contacts/{Contact.objects.get().ref}/undo/")
        self.assertEqual(self.post(key=key).status_code, 422)
        self.assertEqual(Contact.objects.count(), 1)

    def test_each_form_has_a_key_of_its_own_and_none_is_needed(self):
        self.post()
        self.post()
        self.assertEqual(Contact.objects.filter(key=None).count(), 2)
        self.assertEqual(self.post(key="x").status_code, 422)

    def test_the_database_holds_one_contact_to_a_key(self):
        self.post(key=str(uuid.uuid4()))
        first = Contact.objects.get()
        with self.assertRaises(IntegrityError), transaction.atomic():
            Contact.objects.create(patient=self.rosa, by=self.nora, outcome="reached", key=first.key)

    def test_roles(self):
        for user, status in ((self.otto, 404), (self.adam, 403)):
            self.sign_in(user)
            self.assertEqual(self.client.get(self.url).status_code, status)
            self.assertEqual(self.post().status_code, status)
        self.client.logout()
        self.assertEqual(self.post().status_code, 302)
        self.assertFalse(Contact.objects.exists())


class UndoTests(ContactCase):
    def setUp(self):
        super().setUp()
        self.post()
        self.contact = Contact.objects.get()
        self.undo = f"/contacts/{self.contact.ref}/undo/"

    def is_undone(self):
        self.contact.refresh_from_db()
        return self.contact.undone_at is not None

    def test_within_ten_minutes(self):
        response = self.client.post(self.undo, {"page": "2", "row": str(self.pump.ref)})
        self.assertEqual(response["Location"], f"/worklist/?page=2#row-{self.pump.ref}")
        self.assertTrue(self.is_undone())
        self.assertContains(self.client.get("/worklist/"), "Undone: the contact with Rosa Villanueva.")

    def test_a_second_press_changes_nothing(self):
        self.client.post(self.undo)
        first = Contact.objects.get().undone_at
        self.client.post(self.undo)
        self.assertEqual(Contact.objects.get().undone_at, first)

    def test_later_it_is_refused_in_words(self):
        with time_machine.travel(NOW + datetime.timedelta(minutes=10, seconds=1), tick=False):
            self.client.post(self.undo)
            self.assertFalse(self.is_undone())
            self.assertContains(self.client.get("/worklist/"), "A contact can be undone for ten minutes.")

    def test_it_needs_a_post(self):
        self.assertEqual(self.client.get(self.undo).status_code, 405)

    def test_roles(self):
        for user, status in ((self.otto, 404), (self.adam, 403)):
            self.sign_in(user)
            self.assertEqual(self.client.post(self.undo).status_code, status)
        self.assertFalse(self.is_undone())

    def test_refs_that_are_none(self):
        url = "/contacts/00000000-0000-0000-0000-000000000000/undo/"
        self.assertEqual(self.client.post(url).status_code, 404)
