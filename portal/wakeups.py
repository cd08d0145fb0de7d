"""Wake the reminder engine up after a change. A lost wake-up costs one sweep interval, never a reminder."""

import logging
import threading
import time

from django.db import transaction

TASK = "portal.reminders.tasks.sweep"
# The page waits no longer than this for a broker, and asks a silent one again only after a pause.
PATIENCE_SECONDS = 1.0
PAUSE_SECONDS = 30.0

logger = logging.getLogger(__name__)
_silent_until = 0.0


def wake_engine() -> None:
    """Ask for a sweep as soon as this transaction is committed."""
    transaction.on_commit(publish, robust=True)


def publish() -> None:
    """Publish the wake-up in a thread, so that a broker that does not answer cannot keep a page waiting."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    thread = threading.Thread(target=send, daemon=True, name="wake-engine")
    thread.start()
    thread.join(PATIENCE_SECONDS)
    if thread.is_alive():
        _silent_until = time.monotonic() + PAUSE_SECONDS
        logger.warning("The broker does not answer; the next sweep comes by itself.")


def send() -> None:
    global _silent_until
    from portal.celery import app

    try:
        app.send_task(TASK, expires=60, retry=False, ignore_result=True)
    except Exception as error:  # Whatever the broker's library raises: the sweep comes by itself.
        _silent_until = time.monotonic() + PAUSE_SECONDS
        logger.warning("No wake-up was sent: %s", type(error).__name__)
