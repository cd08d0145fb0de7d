"""Each bad value of the environment is refused by name, in one line."""

import stat
import tempfile
import unittest
from pathlib import Path

from portal import env

PRODUCTION = {
    "ALLOWED_HOSTS": "portal.example.org",
    "SECRET_KEY": "k3y-" * 15 + "abcdefgh",
    "EMAIL_URL": "smtp+tls://user:p%40ss@mail.example.org:587",
}


class EnvTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.base = Path(folder.name)

    def read(self, **environ):
        return env.read(environ, self.base)

    def refused(self, environ):
        with self.assertRaises(env.BadSetting) as caught:
            env.read(environ, self.base)
        self.assertNotIn("\n", str(caught.exception))
        return caught.exception.name

    def test_each_bad_value_is_refused_by_its_name(self):
        cases = (
            ("DEBUG", {"DEBUG": "perhaps"}),
            ("DEBUG", PRODUCTION | {"DEBUG": "1"}),
            ("DEMO", {"DEMO": "2"}),
            ("DEMO", PRODUCTION | {"DEMO": "1"}),
            ("DEMO", {"DEMO": "1", "EMAIL_URL": "smtp://mail.example.org"}),
            ("DEMO", {"DEMO": "1", "DATABASE_URL": "postgresql://db/x"}),
            ("DEMO", {"DEMO": "1", "REDIS_URL": "redis://localhost"}),
            ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": "*"}),
            ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": "a.example, *.example"}),
            ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": "https://a.example"}),
            ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": "a.example:8000"}),
            ("SECRET_KEY", {"SECRET_KEY": ""}),
            ("SECRET_KEY", {"SECRET_KEY": "  "}),
            ("SECRET_KEY", PRODUCTION | {"SECRET_KEY": "short"}),
            ("SECRET_KEY", PRODUCTION | {"SECRET_KEY": "a" * 60}),
            ("SECRET_KEY", {name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"}),
            ("EMAIL_URL", {name: value for name, value in PRODUCTION.items() if name != "EMAIL_URL"}),
            ("EMAIL_URL", {"EMAIL_URL": "mail.example.org"}),
            ("EMAIL_URL", {"EMAIL_URL": "smtp://"}),
            ("EMAIL_URL", {"EMAIL_URL": "smtp://mail.example.org:many"}),
            ("DATABASE_URL", {"DATABASE_URL": "mysql://db/x"}),
            ("DATABASE_URL", {"DATABASE_URL": ""}),
            ("REDIS_URL", {"REDIS_URL": "localhost:6379"}),
            ("REDIS_URL", {"REDIS_URL": ""}),
            ("PUBLIC_URL", {"PUBLIC_URL": "portal.example.org"}),
            ("PUBLIC_URL", PRODUCTION | {"PUBLIC_URL": "http://portal.example.org"}),
            ("PUBLIC_URL", {"PUBLIC_URL": "https://[portal"}),
            ("EMAIL_URL", {"EMAIL_URL": "smtp://mail.example.org:0"}),
            ("DATABASE_URL", {"DATABASE_URL": "postgresql://u:p@db:many/portal"}),
            ("DATABASE_URL", {"DATABASE_URL": "postgresql://[::1/portal"}),
            ("DATABASE_URL", {"DATABASE_URL": "postgresql://u:p@db"}),
            ("DATABASE_URL", {"DATABASE_URL": "sqlite://"}),
            ("REDIS_URL", {"REDIS_URL": "redis://localhost:many/0"}),
            ("MAIL_FROM", {"MAIL_FROM": "our clinic"}),
            ("VAR_DIR", {"VAR_DIR": __file__}),
        )
        for name, environ in cases:
            with self.subTest(name=name, environ=environ):
                self.assertEqual(self.refused(environ), name)

    def test_with_nothing_set_it_runs_on_this_machine_only(self):
        found = self.read()
        self.assertEqual(found.allowed_hosts, ["localhost", "127.0.0.1", "[::1]"])
        self.assertFalse(found.production or found.demo or found.debug or found.secure)
        self.assertIsNone(found.database_url or found.redis_url or found.mail)

    def test_a_public_host_means_production(self):
        found = self.read(**PRODUCTION)
        self.assertTrue(found.production and found.secure)
        self.assertEqual(found.public_url, "https://portal.example.org")
        self.assertEqual(found.mail.host, "mail.example.org")
        self.assertEqual((found.mail.port, found.mail.password, found.mail.use_tls), (587, "p@ss", True))

    def test_the_sender_stands_at_the_public_host(self):
        self.assertEqual(env.read(PRODUCTION, self.base).mail_from, "reminders@portal.example.org")
        self.assertEqual(self.read().mail_from, "reminders@localhost")
        self.assertEqual(self.read(MAIL_FROM="r@a.example").mail_from, "r@a.example")

    def test_how_many_proxies_stand_before_it(self):
        self.assertEqual(self.read().proxy_count, 0)
        self.assertEqual(self.read(PROXY_COUNT="").proxy_count, 0)
        self.assertEqual(self.read(PROXY_COUNT=" 2 ").proxy_count, 2)
        for bad in ("-1", "6", "1.0", "two", "١", "1e0", "10"):
            with self.subTest(bad), self.assertRaisesRegex(env.BadSetting, "^PROXY_COUNT: "):
                self.read(PROXY_COUNT=bad)

    def test_ports_follow_the_scheme(self):
        for url, port in (
            ("smtp://m.example", 25),
            ("smtps://m.example", 465),
            ("smtp+tls://m.example", 587),
        ):
            self.assertEqual(self.read(EMAIL_URL=url).mail.port, port)

    def test_this_machines_key_is_kept_and_private(self):
        first, second = self.read().secret_key, self.read().secret_key
        self.assertEqual(first, second)
        self.assertGreaterEqual(len(first), 50)
        self.assertEqual(stat.S_IMODE((self.base / "var/secret_key").stat().st_mode), 0o600)

    def test_the_demo_keeps_its_own_folder(self):
        self.assertEqual(self.read(DEMO="1").var, self.base / "var" / "demo")

    def test_yes_and_no_are_read_in_any_case(self):
        self.assertTrue(env.flag({"X": " Yes "}, "X"))
        self.assertFalse(env.flag({"X": "OFF"}, "X"))
        self.assertFalse(env.flag({}, "X"))
