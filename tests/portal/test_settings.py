"""`manage.py check` with a bad value ends with one line that names it, and no traceback."""

import os
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import redis
from django.conf import settings
from django.test import SimpleTestCase

from portal import checks


def check(*command, **environ):
    """Run the check, or another command, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return subprocess.run(
            [sys.executable, *(command or ("manage.py", "check"))],
            cwd=settings.BASE_DIR,
            env=clean | {"VAR_DIR": folder, **environ},
            capture_output=True,
            text=True,
            timeout=60,
        )


class SettingsTests(unittest.TestCase):
    def test_bad_values_are_refused_in_one_line(self):
        cases = {
            "SECRET_KEY": {"SECRET_KEY": ""},
            "DEBUG": {"DEBUG": "1", "ALLOWED_HOSTS": "portal.example.org"},
            "ALLOWED_HOSTS": {"ALLOWED_HOSTS": "*"},
            "EMAIL_URL": {"ALLOWED_HOSTS": "portal.example.org", "SECRET_KEY": "abcdefghij" * 6},
        }
        for name, environ in cases.items():
            with self.subTest(name=name):
                done = check(**environ)
                self.assertNotEqual(done.returncode, 0)
                lines = done.stderr.strip().splitlines()
                self.assertEqual(len(lines), 1, done.stderr)
                self.assertTrue(lines[0].startswith(f"{name}: "), lines[0])

    def test_the_web_server_and_the_worker_refuse_in_one_line_too(self):
        for command in (("-m", "celery", "-A", "portal.celery", "worker"), ("-c", "import portal.wsgi")):
            with self.subTest(command=command):
                done = check(*command, SECRET_KEY="")
                self.assertNotEqual(done.returncode, 0)
                self.assertEqual(done.stderr.strip().splitlines(), [done.stderr.strip()])
                self.assertTrue(done.stderr.startswith("SECRET_KEY: "), done.stderr)

    def test_the_defaults_pass(self):
        done = check()
        self.assertEqual(done.returncode, 0, done.stderr)


class RedisCheckTests(SimpleTestCase):
    def found(self, policy=None, error=None):
        server = mock.MagicMock()
        server.__enter__.return_value.info.return_value = {"maxmemory_policy": policy}
        server.__enter__.return_value.info.side_effect = error
        env = mock.Mock(redis_url="redis://localhost:1/0")
        with mock.patch("redis.Redis.from_url", return_value=server), self.settings(ENV=env):
            return checks.redis_keeps_what_it_is_given()

    def test_an_evicting_redis_is_refused_by_name_in_one_line(self):
        (error,) = self.found("allkeys-lru")
        self.assertEqual(error.id, "portal.E001")
        self.assertTrue(error.is_serious())
        self.assertIn("REDIS_URL", error.msg)
        self.assertIn("allkeys-lru", error.msg)
        self.assertNotIn("\n", error.msg)

    def test_one_that_keeps_everything_passes(self):
        self.assertEqual(self.found("noeviction"), [])

    def test_one_out_of_reach_warns_and_does_not_stop(self):
        (warning,) = self.found(error=redis.ConnectionError("refused"))
        self.assertEqual(warning.id, "portal.W001")
        self.assertFalse(warning.is_serious())

    def test_without_redis_there_is_nothing_to_ask(self):
        with self.settings(ENV=mock.Mock(redis_url=None)):
            self.assertEqual(checks.redis_keeps_what_it_is_given(), [])
