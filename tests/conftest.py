"""What every test gets: no network beyond this machine, its own Redis database, a browser on request."""

import os
from pathlib import Path

import pytest
import pytest_socket
from django.conf import settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.browser import chromium

ROOT = Path(__file__).resolve().parent.parent
LONG_EXAMPLES = {"short": 500, "": 5000}

slow_is_fine = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
hypothesis_settings.register_profile(
    "quick",
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=slow_is_fine,
    database=None,
)
hypothesis_settings.register_profile(
    "long",
    max_examples=LONG_EXAMPLES.get(os.environ.get("LONG_SCALE", ""), 5000),
    deadline=None,
    suppress_health_check=slow_is_fine,
    print_blob=True,
    database=None,
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def use_own_cache():
    """Give each parallel worker a queue and a cache of its own: one empties what another counts otherwise."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    if "REDIS_URL" in os.environ and worker.isdigit():
        url = os.environ["REDIS_URL"].rpartition("/")[0] + f"/{int(worker) % 16}"
        os.environ["REDIS_URL"] = settings.CELERY_BROKER_URL = url
        settings.CACHES["default"]["LOCATION"] = url
    elif "REDIS_URL" not in os.environ:
        settings.CACHES["default"]["LOCATION"] = settings.VAR_DIR / f"cache-{worker}"


# Before anything opens the cache or reads Celery's settings.
use_own_cache()
# Argon2 is slow on purpose; tests sign in hundreds of times.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark tests by what they use, so that no mark is forgotten."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & {"browser", "page", "new_page"}:
            item.add_marker("browser")
        if "real_data" in fixtures:
            item.add_marker("real_data")


def pytest_runtest_setup(item):
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _empty_cache():
    """Start with empty caches: rate limits would add up over tests, and pages would be another test's."""
    from django.core.cache import cache, caches

    cache.clear()
    caches["rendered"].clear()


def refill_catalogue(plan=None, **kwargs):
    """Put figures and pages back: a test that commits ends with a flush, which takes them away."""
    from pumps import catalogue
    from tests.base import restore_content

    catalogue.load()
    if plan is None:
        restore_content()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let a flush leave the database as migrations made it.

    On SQLite it deletes row by row, and the audit table refuses that: lift this one rule.
    """
    from django.apps import apps
    from django.db import connection
    from django.db.models.signals import post_migrate

    from portal.audit import triggers
    from tests.base import restore_content

    post_migrate.connect(refill_catalogue, sender=apps.get_app_config("pumps"))
    with django_db_blocker.unblock():
        restore_content()
        if connection.vendor == "sqlite":
            triggers.remove(connection, ["DELETE"])


@pytest.fixture(scope="session")
def real_data():
    """Return the folder of the clinic's shared data files."""
    folder = Path(os.environ.get("REAL_DATA_DIR", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}; REAL_DATA_DIR names another place")
    return folder


@pytest.fixture(scope="module")
def browser():
    """Start a Chromium for one file of tests."""
    path = chromium.find()
    if path is None and chromium.is_required():
        pytest.fail(chromium.MISSING)
    if path is None:
        pytest.skip(chromium.MISSING)
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # playwright keeps an event loop in this thread, and Django then refuses its database to tests.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        started = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def new_page(browser, live_server):
    """Return a function that opens a page as a new visitor, at a size, in a colour scheme, with or without scripts."""
    contexts = []

    def open_page(width=1280, height=800, **options):
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": width, "height": height}, locale="en-US", **options
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page):
    """Return a page of a desktop's size."""
    return new_page()


@pytest.fixture
def shoot(tmp_path):
    """Return a function that keeps a picture of a page; make screenshots keeps them in docs/screenshots/."""
    folder = ROOT / os.environ["SCREENSHOTS_DIR"] if os.environ.get("SCREENSHOTS_DIR") else tmp_path
    folder.mkdir(parents=True, exist_ok=True)

    def keep(page, name, **options):
        path = folder / f"{name}.png"
        page.screenshot(path=path, animations="disabled", **options)
        return path

    return keep
