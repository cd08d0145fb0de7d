"""Run the reminder engine: the same sweep as the Celery tick, without a broker."""

import logging
import signal
import threading

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connections

from portal.reminders import engine

logger = logging.getLogger(__name__)
LONGEST_PAUSE = 30


class Stop(Exception):
    """Somebody asked the engine to end."""


class Command(BaseCommand):
    help = "Plan and send reminders for ever, or once with --once."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="run one sweep and end")

    def handle(self, *, once, **options):
        if once:
            tally = engine.sweep()
            self.stdout.write(f"planned {tally.planned}, sent {tally.sent}, failed {tally.failed}")
            return
        self.stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        self.run_until_stopped()

    def stop(self, _number, _frame):
        """End after the message that is under way: it is being sent and will be written down."""
        self.stopping.set()
        engine.stopping.set()

    def run_until_stopped(self):
        failures = 0
        while not self.stopping.is_set():
            pause = settings.SWEEP_SECONDS
            try:
                close_old_connections()
                if not engine.sweep().is_complete:
                    pause = 0
                failures = 0
            except DatabaseError:
                failures += 1
                pause = min(2**failures, LONGEST_PAUSE)
                logger.exception("The database did not answer; the engine tries again in %s s.", pause)
                connections.close_all()
            except Exception:  # One bad sweep must not end the engine; the banner tells if none succeeds.
                logger.exception("A sweep failed.")
            self.stopping.wait(pause)
