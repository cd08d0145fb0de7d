"""Language by address and person, request ids, and nothing kept of the signed-in."""

from django.test import SimpleTestCase
from django.utils import translation

from portal import middleware
from portal.audit.models import Event
from tests.base import ClinicTestCase


class LanguageTests(ClinicTestCase):
    def language(self, path, **headers):
        return self.client.get(path, headers=headers).headers["Content-Language"]

    def test_public_pages_follow_their_address(self):
        self.assertEqual(self.language("/"), "en")
        self.assertEqual(self.language("/es/"), "es")
        self.sign_in(self.rosa_user)
        self.assertEqual(self.language("/"), "en")
        self.assertEqual(self.language("/es/help/alarm/"), "es")

    def test_signed_in_pages_follow_the_person(self):
        self.sign_in(self.rosa_user)
        self.assertEqual(self.language("/my/"), "es")
        self.sign_in(self.dale_user)
        self.assertEqual(self.language("/my/"), "en")

    def test_a_header_never_chooses(self):
        for path in ("/", "/help/alarm/", "/accounts/login/", "/nowhere/"):
            self.assertEqual(self.language(path, **{"accept-language": "es"}), "en")

    def test_it_does_not_leak_into_the_next_piece_of_work(self):
        self.client.get("/es/")
        self.assertEqual(translation.get_language(), "en")


class RequestIdTests(ClinicTestCase):
    def test_events_of_a_request_share_its_id(self):
        self.sign_in(self.dale_user)
        self.client.get("/my/")
        self.client.get("/my/")
        ids = list(Event.objects.filter(action="record.read").values_list("request_id", flat=True))
        self.assertEqual(len(set(ids)), 2)
        self.assertTrue(all(len(found) == 32 for found in ids))


class NoStoreTests(ClinicTestCase):
    def test_signed_in_pages_are_not_kept(self):
        self.sign_in(self.dale_user)
        for path in ("/my/", "/account/", "/"):
            self.assertIn("no-store", self.client.get(path).headers.get("Cache-Control", ""))

    def test_help_may_be_kept_for_a_minute(self):
        self.sign_in(self.dale_user)
        self.assertEqual(self.client.get("/help/alarm/").headers["Cache-Control"], "public, max-age=60")


class HeaderTests(ClinicTestCase):
    def test_the_policy_allows_nothing_inline(self):
        policy = self.client.get("/").headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)


class PublicTests(SimpleTestCase):
    def test_which_addresses_are_public(self):
        for path in ("/", "/help/alarm/", "/learn/x/", "/accounts/login/"):
            self.assertTrue(middleware.is_public(path))
        for path in ("/my/", "/worklist/", "/account/", "/admin/"):
            self.assertFalse(middleware.is_public(path))
