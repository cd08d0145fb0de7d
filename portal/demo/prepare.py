"""What stands before the first page: tables, invented data, static files."""

import hashlib
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from portal import celery, dates
from portal.accounts.models import Clinic
from portal.demo import seed

SECONDS_TO_WAKE = 60


def everything(*, say: Callable[[str], None]) -> None:
    """Bring database and static files up to date, saying each step and its time."""
    for name, step in (
        ("Preparing the database", migrate),
        ("Filling two demo clinics", fill),
        ("Collecting styles and scripts", collect),
    ):
        say(f"{name} …")
        begun = time.monotonic()
        said = step()
        say(f"  {said or 'done'} ({time.monotonic() - begun:.1f} s)")
    # The children open their own.
    connection.close()


def migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)


def collect() -> str | None:
    """Compress the static files, unless they are the same as last time."""
    mark, now = settings.VAR_DIR / "static.sha256", fingerprint()
    if mark.exists() and mark.read_text() == now:
        return "unchanged"
    call_command("collectstatic", verbosity=0, interactive=False, skip_checks=True)
    mark.write_text(now)
    return None


def wake_engine() -> None:
    """Leave a wake-up for the worker, so that the first reminders need not wait for beat."""
    celery.app.send_task("portal.reminders.tasks.sweep", expires=SECONDS_TO_WAKE)


def fingerprint() -> str:
    """Return a digest of the names, sizes and times of all static files."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            changed_at = storage.get_modified_time(path)
            digest.update(f"{storage.path(path)} {storage.size(path)} {changed_at}\n".encode())
    return digest.hexdigest()


def fill() -> str:
    """Invent the clinics once; later runs keep what is there."""
    first = Clinic.objects.order_by("created_at").first()
    if first is None:
        return seed.everything()
    age = (timezone.now() - first.created_at).days
    made = dates.short(first.today(first.created_at))
    if not age:
        return f"kept as you left it (made on {made}); make demo-reset starts afresh"
    days = "1 day" if age == 1 else f"{age} days"
    return f"kept as you left it; made on {made}, so its dates have aged by {days}: make demo-reset starts afresh"
