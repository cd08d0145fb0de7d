"""Signing in works, and stays limited, while Redis is away."""

import tempfile
from pathlib import Path
from unittest import mock

from django.test import override_settings

from portal.cache import Cache
from tests.base import PASSWORD, ClinicTestCase

AWAY = {"default": {"BACKEND": "portal.cache.Cache", "LOCATION": "redis://127.0.0.1:1/0"}}


class RedisAwayTests(ClinicTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        settings = override_settings(CACHES=AWAY, VAR_DIR=Path(folder.name))
        settings.enable()
        self.addCleanup(settings.disable)
        silent = mock.patch.object(Cache, "silent_until", 0.0)
        silent.start()
        self.addCleanup(silent.stop)

    def sign_in_as(self, password):
        return self.client.post("/accounts/login/", {"login": self.nora.email, "password": password})

    def test_a_nurse_signs_in(self):
        self.assertRedirects(self.sign_in_as(PASSWORD), "/landing/", fetch_redirect_response=False)

    def test_guesses_are_limited_all_the_same(self):
        for _ in range(6):
            last = self.sign_in_as("a wrong guess")
        self.assertContains(last, "Too many failed", status_code=last.status_code)
        self.assertNotEqual(self.sign_in_as(PASSWORD).status_code, 302)

    def test_the_answer_about_a_link_is_the_same(self):
        for email in (self.nora.email, "nobody@oak.example"):
            with self.subTest(email=email):
                response = self.client.post("/accounts/password/reset/", {"email": email})
                self.assertRedirects(
                    response, "/accounts/password/reset/done/", fetch_redirect_response=False
                )

    def test_a_silent_redis_is_asked_again_after_a_pause_only(self):
        cache = Cache("redis://127.0.0.1:1/0", {})
        cache.set("a", 1)
        with mock.patch.object(cache.redis, "get") as get:
            self.assertEqual(cache.get("a"), 1)
        get.assert_not_called()


class MailServerAwayTests(ClinicTestCase):
    def test_known_and_unknown_addresses_get_the_same_answer(self):
        refused = mock.patch("django.core.mail.EmailMessage.send", side_effect=ConnectionRefusedError)
        for email in (self.nora.email, "nobody@oak.example"):
            with self.subTest(email=email), refused, self.assertLogsIfKnown(email):
                response = self.client.post("/accounts/password/reset/", {"email": email})
                self.assertRedirects(
                    response, "/accounts/password/reset/done/", fetch_redirect_response=False
                )

    def assertLogsIfKnown(self, email):
        name = "portal.accounts.adapter"
        return self.assertLogs(name) if email == self.nora.email else self.assertNoLogs(name)
