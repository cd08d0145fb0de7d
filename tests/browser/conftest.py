"""One seeded day for a whole file of tests: filled once, emptied at its end."""

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer

from portal.demo import seed
from portal.demo.accounts import ACCOUNTS
from portal.reminders import engine
from tests.base import restore_catalogue, restore_content

pytest.register_assert_rewrite("tests.browser.sweep", "tests.browser.axe")
from tests.browser.day import NOW, Day, signed_in  # noqa: E402


@pytest.fixture(scope="module")
def day(django_db_setup, django_db_blocker, tmp_path_factory):
    """Serve the demo's clinics as of a fixed morning; the clock runs on from there."""
    outbox = {
        "OUTBOX_DIR": tmp_path_factory.mktemp("outbox"),
        "EMAIL_BACKEND": "portal.reminders.outbox.EmailBackend",
    }
    with (
        django_db_blocker.unblock(),
        override_settings(**outbox),
        time_machine.travel(NOW),
    ):
        restore_catalogue()
        restore_content()
        seed.everything()
        engine.sweep()
        # Signed in here, where it is committed: each test stands in a transaction of its own.
        sessions = {account.email: signed_in(account.email) for account in ACCOUNTS}
        server = LiveServer("127.0.0.1")
        try:
            yield Day(server.url, sessions)
        finally:
            server.stop()
            if connection.vendor == "postgresql":
                connection.close_pool()
            call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
            restore_catalogue()
            restore_content()


@pytest.fixture
def visit_as(browser, day):
    """Return a function that opens a page for a person, or for nobody; it is closed with the test."""
    contexts = []

    def open_page(email="", width=1280, height=800, **options):
        context = browser.new_context(
            base_url=day.url,
            viewport={"width": width, "height": height},
            locale="en-US",
            reduced_motion="reduce",
            **options,
        )
        context.add_cookies(day.cookies(email))
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
