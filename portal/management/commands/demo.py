"""Run the portal with two demo clinics on this machine; Ctrl-C stops all of it."""

import json
import os
import signal
import sys
import time

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.demo import accounts, folder, ports, prepare, processes

SECONDS_TO_ANSWER = 120


def port_number(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise ValueError
    return number


port_number.__name__ = "port"


class Command(BaseCommand):
    help = (
        "Run the portal with two demo clinics: pages, reminders and their schedule. Ctrl-C stops all of it."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--port", type=port_number, default=8000, help="where the pages answer (8000)")
        parser.add_argument("--accounts", action="store_true", help="print the sign-ins as JSON and end")
        parser.add_argument(
            "--reset", action="store_true", help="begin afresh: what was entered in the demo is deleted"
        )
        parser.add_argument(
            "--prepare-only", action="store_true", help="prepare data and files, start nothing"
        )

    def handle(self, *, port, **options):
        if options["accounts"]:
            rows = [account.as_json() for account in accounts.ACCOUNTS]
            self.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False))
            return
        if not settings.DEMO:
            sys.exit("DEMO: is switched off; unset it to run the demo.")
        self.begun = time.monotonic()
        # A shell starts background jobs deaf to Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            binds = [] if options["prepare_only"] else self.free_address(port)
            with folder.only_one(settings.VAR_DIR, f"http://localhost:{port}"):
                self.prepare(is_reset=options["reset"])
                if binds:
                    self.serve(port, binds)
        except folder.InUse as error:
            sys.exit(f"The demo is running already: {error}. Stop it with Ctrl-C in its terminal first.")
        except processes.Failed as error:
            sys.exit(f"{error}")
        except KeyboardInterrupt:
            sys.exit("\nStopped while preparing; nothing is left running.")

    def free_address(self, port):
        """Return where to listen; end with one sentence when the port is taken."""
        try:
            return ports.usable(port)
        except PermissionError:
            sys.exit(f"Port {port} is kept for the system. Choose another: make demo PORT=8123")
        except OSError:
            other = 8123 if port != 8123 else 8124
            sys.exit(f"Port {port} is taken. Choose another: make demo PORT={other}")

    def prepare(self, *, is_reset):
        if is_reset:
            folder.empty(settings.VAR_DIR)
            self.say("The old demo data is deleted.")
        folder.drop_leftovers(settings.VAR_DIR)
        prepare.everything(say=self.say)

    def serve(self, port, binds):
        """Run the children until a signal or a failure."""
        commands = processes.commands(settings.VAR_DIR, binds)
        children = [
            processes.Child(name, command, settings.VAR_DIR / f"{name}.log")
            for name, command in commands.items()
        ]
        environ = {
            "PUBLIC_URL": f"http://localhost:{port}",
            **os.environ,
            "DEMO": "1",
            "PYTHONUNBUFFERED": "1",
        }
        family = processes.Processes(children, environ, settings.BASE_DIR, self.say)
        self.say("Starting pages, reminders and their schedule …")
        prepare.wake_engine()
        with family.running():
            family.wait_until(lambda: ports.answers(port), SECONDS_TO_ANSWER)
            if not family.signals:
                self.welcome(port)
            family.watch()
            self.say("\nStopping …")
        self.say("Stopped; nothing is left running.")

    def welcome(self, port):
        lines = [
            "",
            f"Ready after {time.monotonic() - self.begun:.0f} seconds:  http://localhost:{port}",
            "",
            *accounts.table(),
            "",
            f"The password of all of them:  {accounts.PASSWORD}",
            f"Reminders arrive within two minutes:  http://localhost:{port}/demo/outbox/  (the clinic admin's)",
            "Everyone and everything in the demo is invented. Ctrl-C stops it.",
            "",
        ]
        self.say("\n".join(lines))

    def say(self, text):
        """Print at once; a closed terminal is no reason to leave children running."""
        try:
            self.stdout.write(text)
            self.stdout.flush()
        except OSError:
            pass
