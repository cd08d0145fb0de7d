"""The sign-ins of the demo: data that scripts read before there is a database."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from django.contrib.auth.password_validation import validate_password
from django.test import SimpleTestCase

from portal.accounts.roles import Role
from portal.demo import accounts

ROOT = Path(__file__).resolve().parent.parent.parent
NOT_HERE = (
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "ALLOWED_HOSTS",
    "DEBUG",
    "DEMO",
    "VAR_DIR",
    "PUBLIC_URL",
)


def environ(folder, **values):
    """Return an environment with none of the test run's own servers in it."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_HERE}
    return {**kept, "VAR_DIR": str(folder), **values}


def run(folder, *arguments, **values):
    return subprocess.run(
        [sys.executable, "manage.py", "demo", *arguments],
        cwd=ROOT,
        env=environ(folder, **values),
        capture_output=True,
        text=True,
        timeout=180,
    )


class AccountTests(SimpleTestCase):
    def test_everyone_needed_can_sign_in(self):
        found = Counter((account.role, account.clinic) for account in accounts.ACCOUNTS)
        for role, clinic in (
            ("nurse", accounts.OAK),
            ("nurse", accounts.CEDAR),
            ("physician", accounts.OAK),
            ("clinic_admin", accounts.OAK),
            ("editor", None),
            ("site_admin", None),
        ):
            self.assertTrue(found[role, clinic], (role, clinic))
        self.assertGreaterEqual(sum(account.role == "patient" for account in accounts.ACCOUNTS), 2)

    def test_the_first_nurse_is_at_the_first_clinic(self):
        nurses = [account for account in accounts.ACCOUNTS if account.role == "nurse"]
        self.assertEqual((nurses[0].name, nurses[0].clinic), ("Kim Tran", accounts.OAK))

    def test_roles_are_those_of_the_portal(self):
        self.assertLessEqual({account.role for account in accounts.ACCOUNTS}, {*Role.values, "patient"})

    def test_addresses_are_once_each_and_reach_nobody(self):
        emails = [account.email for account in accounts.ACCOUNTS]
        self.assertEqual(len(set(emails)), len(emails))
        self.assertTrue(all(email.endswith(".example") for email in emails))

    def test_the_password_is_long_and_sound(self):
        self.assertGreaterEqual(len(accounts.PASSWORD), 15)
        validate_password(accounts.PASSWORD)

    def test_the_table_names_everyone(self):
        lines = accounts.table()
        self.assertEqual(len(lines), len(accounts.ACCOUNTS) + 1)
        self.assertIn("kim.tran@oak.example", lines[1])


def test_printed_as_json_before_the_first_start(tmp_path):
    done = run(tmp_path, "--accounts")
    rows = json.loads(done.stdout)
    assert [row["email"] for row in rows] == [account.email for account in accounts.ACCOUNTS]
    assert set(rows[0]) == {"email", "role", "password", "totp_secret", "name", "clinic"}
    assert all(row["totp_secret"] is None and row["password"] == accounts.PASSWORD for row in rows)
    assert not (tmp_path / "demo" / "portal.sqlite3").exists()


def test_production_settings_are_refused_by_name(tmp_path):
    for name, value in (
        ("ALLOWED_HOSTS", "portal.example.org"),
        ("DATABASE_URL", "postgresql://localhost/portal"),
        ("REDIS_URL", "redis://localhost/0"),
        ("EMAIL_URL", "smtp://mail.example.org"),
        ("DEMO", "0"),
    ):
        done = run(tmp_path, "--prepare-only", **{name: value})
        assert done.returncode == 1, name
        assert name in done.stderr or "DEMO" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert not (tmp_path / "demo" / "portal.sqlite3").exists()
