import datetime
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patients.models import Patient
from portal.audit.models import Event
from tests.base import ClinicTestCase, make_patient, make_pump


class FindTests(ClinicTestCase):
    def find(self, words=None, user=None, **query):
        self.sign_in(user or self.nora)
        if words is None:
            response = self.client.get("/patients/", query)
        else:
            address = "/patients/" + (f"?{urlencode(query)}" if query else "")
            response = self.client.post(address, {"q": words})
        self.assertEqual(response.status_code, 200)
        return response.content.decode()

    def test_by_name_mrn_birth_date_and_serial(self):
        for words in (
            "villanueva",
            "rosa villanueva",
            "Villa",
            "  ROSA  ",
            "330-951",
            "NGP000001H",
            "ngp000001h",
        ):
            with self.subTest(words):
                html = self.find(words)
                self.assertIn("Rosa Villanueva", html)
                self.assertNotIn("Dale Whitcomb", html)

    def test_by_birth_date_in_the_ways_people_write_it(self):
        Patient.objects.filter(pk=self.rosa.pk).update(birth_date=datetime.date(1961, 2, 3))
        for words in (
            "1961-02-03",
            "03-Feb-1961",
            "2/3/1961",
            "February 3, 1961",
            "03-feb-1961",
            "3 de febrero de 1961",
        ):
            with self.subTest(words):
                html = self.find(words)
                self.assertIn("Rosa Villanueva", html)
                self.assertNotIn("Dale Whitcomb", html)

    def test_accents_do_not_matter(self):
        make_patient(self.oak, "A-1", "Nguyễn", "Núñez")
        for words in ("nunez", "NÚÑEZ", "nguyen"):
            self.assertIn("Núñez", self.find(words))

    def test_without_words_everybody_in_care_is_listed(self):
        Patient.objects.filter(pk=self.dale.pk).update(died_on=datetime.date(2026, 1, 5))
        html = self.find()
        self.assertIn("Rosa Villanueva", html)
        self.assertNotIn("Dale Whitcomb", html)
        self.assertIn("died 05-Jan-2026", self.find("Dale"))

    def test_another_clinics_people_are_never_found(self):
        for words in ("Carla", "501-001", "NGP000003H", "1954-07-30"):
            self.assertNotIn("Jensen", self.find(words))
        self.assertIn("Jensen", self.find("Carla", self.otto))

    def test_nobody_found_says_why(self):
        self.assertIn("Nobody found", self.find("Zyx"))
        self.assertIn("Zyx", self.find("Zyx"))

    def test_hostile_words(self):
        for words in ("%", "_", "a\x00b", "́̂", "(((((", "x" * 10_000, "<script>", "' OR 1=1 --", "\u202eabc"):
            with self.subTest(words[:12]):
                html = self.find(words)
                self.assertNotIn("<script>", html.partition("<main")[2])
                self.assertNotIn("Rosa", html)

    def test_too_many_words_say_how_many_are_read(self):
        self.assertIn("write at most 100 characters", self.find("x" * 101))

    def test_pages(self):
        for number in range(60):
            make_patient(self.oak, f"P-{number}", "Ann", f"Many{number:03d}")
        self.assertIn("Page 1 of 2", self.find("many"))
        self.assertIn('action="?page=2"', self.find("many"))
        self.assertIn('<input type="hidden" name="q" value="many">', self.find("many"))
        self.assertIn('href="?page=2"', self.find())
        self.assertIn("Many059", self.find("many", page="2"))
        for page in ("0", "-1", "abc", "9" * 30, "९"):
            self.assertIn("Many0", self.find("many", page=page))

    def test_words_never_stand_in_an_address(self):
        html = self.find("villanueva")
        self.assertIn('method="post" action="/patients/"', html)
        self.assertNotIn("?q=", html)

    def test_an_address_with_words_searches_for_nothing(self):
        self.sign_in(self.nora)
        html = self.client.get("/patients/", {"q": "Whitcomb"}).content.decode()
        self.assertIn("2 people in care", html)
        self.assertNotIn("“Whitcomb”", html)
        self.assertIn('type="search" value=""', html)

    def test_the_token_of_the_form_is_asked_for(self):
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.nora)
        self.assertEqual(client.post("/patients/", {"q": "rosa"}).status_code, 403)

    def test_the_number_of_queries_does_not_grow(self):
        self.find("many")
        one = self.count("rosa")
        for number in range(30):
            make_pump(make_patient(self.oak, f"P-{number}", "Rosa", f"Many{number:03d}"), f"S{number}")
        self.assertEqual(self.count("rosa"), one)

    def count(self, words):
        with CaptureQueriesContext(connection) as queries:
            self.client.post("/patients/", {"q": words})
        return len(queries)

    def test_the_search_is_recorded_without_its_words(self):
        self.find("villanueva")
        event = Event.objects.get(action="patient.searched")
        self.assertEqual((event.actor, event.detail), (self.nora, {"found": 1}))

    def test_roles(self):
        for user in (self.adam, self.edie, self.sam, self.rosa_user):
            self.sign_in(user)
            self.assertEqual(self.client.get("/patients/").status_code, 403)
        self.client.logout()
        self.assertEqual(self.client.get("/patients/").status_code, 302)
