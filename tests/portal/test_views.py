"""Public pages, home by role, the own account, sign-in and error pages."""

import re
from pathlib import Path
from unittest import mock

from django.contrib.staticfiles import finders
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings

from portal.audit.models import Event
from tests.base import PASSWORD, ClinicTestCase


class HomeTests(ClinicTestCase):
    def test_it_sets_no_cookie_and_says_whom_to_call(self):
        response = self.client.get("/")
        self.assertEqual(dict(response.cookies), {})
        self.assertContains(response, "312-555-0199")
        self.assertContains(response, "518-555-0199")
        self.assertContains(response, 'href="/help/alarm/"')

    def test_the_help_strip_is_the_first_thing_of_every_page(self):
        self.sign_in(self.dale_user)
        for path in ("/", "/help/alarm/", "/account/", "/my/", "/nowhere/"):
            body = self.client.get(path).content.decode().split("<body", 1)[1]
            first = re.search(r"<(aside|header|nav|main|section)", body)
            with self.subTest(path=path):
                self.assertTrue(body[first.start() :].startswith('<aside class="help-strip"'))
                self.assertLess(body.index('href="tel:911"'), body.index("24-hour line"))

    def test_each_public_page_has_a_twin_that_leads_back(self):
        for path in ("/", "/help/alarm/", "/accounts/login/", "/accounts/password/reset/"):
            with self.subTest(path=path):
                self.assertContains(self.client.get(path), f'href="/es{path}" lang="es"')
                twin = self.client.get(f"/es{path}")
                self.assertContains(twin, f'href="{path}" lang="en"')
                self.assertContains(twin, '<html lang="es">')

    def test_only_pages_that_exist_are_linked(self):
        for path in ("/", "/es/", "/help/alarm/", "/accounts/login/"):
            body = self.client.get(path).content.decode()
            for link in set(re.findall(r'href="(/[^"#?]*)', body)) - {"/static/portal/favicon.svg"}:
                if not link.startswith("/static/"):
                    with self.subTest(page=path, link=link):
                        self.assertEqual(self.client.get(link).status_code, 200)

    @override_settings(DEMO=True)
    def test_the_demo_is_loud(self):
        for path in ("/", "/help/alarm/", "/accounts/login/"):
            self.assertContains(self.client.get(path), "Every person here is invented.")

    def test_robots_and_icon(self):
        self.assertContains(self.client.get("/robots.txt"), "Disallow: /")
        self.assertEqual(self.client.get("/favicon.ico").headers["Location"], "/static/portal/favicon.svg")


class LandingTests(ClinicTestCase):
    def test_each_person_lands_on_the_page_they_work_on(self):
        cases = (
            (self.nora, "/worklist/"),
            (self.osei, "/worklist/"),
            (self.dale_user, "/my/"),
            (self.adam, "/admin/"),
            (self.sam, "/admin/"),
            (self.edie, "/admin/"),
        )
        for user, path in cases:
            with self.subTest(user=user):
                self.sign_in(user)
                self.assertRedirects(self.client.get("/landing/"), path, fetch_redirect_response=False)


class AccountTests(ClinicTestCase):
    def test_it_shows_name_roles_and_clinic(self):
        self.sign_in(self.nora)
        response = self.client.get("/account/")
        for words in ("Nora Lind, RN", "nora@oak.example", "nurse", "Oak Street Clinic"):
            self.assertContains(response, words)

    def test_the_language_is_changed_at_once_and_on_record(self):
        self.sign_in(self.nora)
        response = self.client.post("/account/", {"language": "es"}, follow=True)
        self.assertContains(response, "Guardado.")
        self.assertContains(response, '<html lang="es">')
        self.assertEqual(Event.objects.filter(action="account.language_changed", actor=self.nora).count(), 1)
        self.client.post("/account/", {"language": "es"})
        self.assertEqual(Event.objects.filter(action="account.language_changed").count(), 1)

    def test_an_unknown_language_is_refused(self):
        self.sign_in(self.nora)
        response = self.client.post("/account/", {"language": "fr"})
        self.assertContains(response, "There is a problem", status_code=422)
        self.assertContains(response, "<title>Error:", status_code=422)

    def test_pages_of_the_signed_in_are_not_stored(self):
        self.sign_in(self.nora)
        self.assertIn("no-store", self.client.get("/account/").headers["Cache-Control"])


class SignInTests(ClinicTestCase):
    def setUp(self):
        cache.clear()

    def test_the_right_password_leads_home_without_a_word(self):
        response = self.client.post("/accounts/login/", {"login": "nora@oak.example", "password": PASSWORD})
        self.assertRedirects(response, "/landing/", fetch_redirect_response=False)

    def test_it_leads_to_a_page_of_this_portal_or_home(self):
        places = {
            "/patients/?page=2": "/patients/?page=2",
            "//evil.example": "/landing/",
            "/%2F%2Fevil.example": "/landing/",
            "/\\evil.example": "/landing/",
            "https:evil.example": "/landing/",
            "/nowhere/": "/landing/",
            "/%00": "/landing/",
        }
        for asked, led in places.items():
            with self.subTest(asked=asked):
                self.client.logout()
                typed = {"login": "nora@oak.example", "password": PASSWORD, "next": asked}
                self.assertEqual(self.client.post("/accounts/login/", typed).headers["Location"], led)

    def test_unknown_and_wrong_have_the_same_words(self):
        def words(login):
            body = self.client.post("/accounts/login/", {"login": login, "password": "no"}).content.decode()
            return re.findall(r"<li><a href=\"#[^\"]*\">([^<]+)|<ul><li>([^<]+)</li>", body)

        self.assertEqual(words("nora@oak.example"), words("nobody@oak.example"))
        self.assertTrue(words("nora@oak.example"))

    def test_paste_and_password_managers_work_and_there_is_no_puzzle(self):
        response = self.client.get("/accounts/login/")
        self.assertContains(response, 'autocomplete="username"')
        self.assertContains(response, 'autocomplete="current-password"')
        self.assertNotContains(response, "onpaste")
        self.assertNotContains(response, "placeholder")

    @override_settings(DEMO=True)
    def test_the_demo_shows_whom_to_sign_in_as(self):
        self.assertContains(self.client.get("/accounts/login/"), "kim.tran@oak.example")
        self.assertNotContains(self.client.get("/accounts/login/"), "clinic_admin")
        self.assertContains(self.client.get("/es/accounts/login/"), "paciente")

    def test_outside_the_demo_no_password_is_shown(self):
        self.assertNotContains(self.client.get("/accounts/login/"), "Demo sign-ins")

    def test_the_script_speaks_the_language_of_the_page(self):
        for path, word in (
            ("/accounts/login/", "Show password"),
            ("/accounts/password/reset/", "Hide password"),
        ):
            self.assertContains(self.client.get(path), f'="{word}"></script>' if "Hide" in word else word)
        script = Path(finders.find("portal/signin.js")).read_text()
        self.assertNotIn("contraseña", script)
        self.assertIn("dataset", script)

    def test_signing_out_takes_a_form(self):
        self.sign_in(self.nora)
        self.assertContains(self.client.get("/accounts/logout/"), "Sign out?")
        self.assertRedirects(self.client.post("/accounts/logout/"), "/")
        self.assertEqual(self.client.get("/account/").status_code, 302)

    def test_a_forgotten_password_is_replaced_through_a_link(self):
        self.client.post("/accounts/password/reset/", {"email": "nora@oak.example"})
        self.assertEqual(mail.outbox[0].subject, "Link to choose a new password")
        link = re.search(r"http://testserver(\S+)", mail.outbox[0].body)[1]
        form = self.client.get(link, follow=True)
        self.assertNotContains(form, "password2")
        url = form.redirect_chain[-1][0]
        self.assertContains(self.client.post(url, {"password1": "short"}), "There is a problem")
        done = self.client.post(url, {"password1": "a longer new phrase"}, follow=True)
        self.assertContains(done, "Your password is changed")
        self.nora.refresh_from_db()
        self.assertTrue(self.nora.check_password("a longer new phrase"))
        self.assertContains(Client().get(link, follow=True), "This link no longer works")

    def test_the_answer_to_an_unknown_address_is_the_same_and_nothing_is_sent(self):
        known = self.client.post("/accounts/password/reset/", {"email": "nora@oak.example"})
        mail.outbox.clear()
        unknown = self.client.post("/accounts/password/reset/", {"email": "nobody@oak.example"})
        self.assertEqual((known.status_code, known.url), (unknown.status_code, unknown.url))
        self.assertEqual(mail.outbox, [])

    def test_a_password_is_changed_with_the_old_one(self):
        self.sign_in(self.nora)
        url = "/accounts/password/change/"
        wrong = self.client.post(url, {"oldpassword": "no", "password1": "a longer new phrase"})
        self.assertContains(wrong, "There is a problem")
        self.client.post(url, {"oldpassword": PASSWORD, "password1": "a longer new phrase"})
        self.nora.refresh_from_db()
        self.assertTrue(self.nora.check_password("a longer new phrase"))


class ErrorTests(ClinicTestCase):
    def test_not_found_and_forbidden_keep_the_frame(self):
        self.sign_in(self.edie)
        self.assertContains(self.client.get("/nowhere/"), "Page not found", status_code=404)
        self.assertContains(self.client.get("/worklist/"), "You cannot open this page", status_code=403)
        self.sign_in(self.nora)
        self.assertContains(self.client.get("/admin/"), "You cannot open this page", status_code=403)

    def test_a_form_without_its_token_is_explained(self):
        strict = Client(enforce_csrf_checks=True)
        response = strict.post("/accounts/login/", {"login": "a", "password": "b"})
        self.assertContains(response, "This form has expired", status_code=403)

    def test_a_fault_shows_911_and_a_reference_without_a_query(self):
        self.client.raise_request_exception = False
        with mock.patch("portal.views.clinics_at", side_effect=RuntimeError), self.assertNumQueries(0):
            response = self.client.get("/")
        self.assertContains(response, "Something went wrong on our side", status_code=500)
        self.assertContains(response, 'href="tel:911"', status_code=500)
        self.assertRegex(response.content.decode(), r"give this reference: [0-9a-f]{32}")

    def test_even_a_broken_error_page_says_911(self):
        self.client.raise_request_exception = False
        broken = mock.patch("portal.views.loader.get_template", side_effect=RuntimeError)
        with mock.patch("portal.views.clinics_at", side_effect=RuntimeError), broken:
            response = self.client.get("/")
        self.assertContains(response, "call 911", status_code=500)

    def test_a_request_for_another_host_is_answered_plainly(self):
        with override_settings(ALLOWED_HOSTS=["portal.example"]):
            response = self.client.get("/", headers={"host": "evil.example"})
        self.assertContains(response, "This address cannot be read", status_code=400)
        self.assertNotContains(response, "evil.example", status_code=400)

    def test_the_closed_pages_of_the_sign_in_library_are_missing(self):
        self.assertEqual(self.client.get("/accounts/signup/").status_code, 404)
