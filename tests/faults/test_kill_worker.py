"""kill -9 of a worker under load: nothing is lost, and no more copies than kills."""

import os
import subprocess
import sys
import time
import unittest
from collections import Counter
from pathlib import Path
from unittest import mock
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from portal.reminders import engine, reconcile, rendering
from portal.reminders.models import Reminder
from tests.base import ClinicTransactionTestCase
from tests.faults.sink import Sink
from tests.reminders.many import make_due_pumps

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120


def database_url():
    """Return the test database's own address, for another process."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{values['NAME']}"
    user, password = quote(values["USER"]), quote(values["PASSWORD"], safe="")
    return f"postgresql://{user}:{password}@{values['HOST']}:{values['PORT'] or 5432}/{values['NAME']}"


def start(*command, **more):
    """Start a process on the test's own database."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "VAR_DIR": str(settings.VAR_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
        **more,
    }
    environment.pop("DEMO", None)
    return subprocess.Popen(
        [sys.executable, *command],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def worker(port):
    """Start a sending process and wait until it is about to send."""
    process = start(ROOT / "tests/faults/load.py", str(port))
    process.stdout.readline()
    return process


def engine_command(port):
    """Start the engine as operators do."""
    return start("manage.py", "engine", EMAIL_URL=f"smtp://127.0.0.1:{port}")


def end(process):
    process.kill()
    process.wait()
    process.stdout.close()


class KillTests(ClinicTransactionTestCase):
    def setUp(self):
        super().setUp()
        # Not only in the daytime of Chicago: the other processes read the real clock.
        type(self.oak).objects.update(time_zone=zone_of_noon())
        if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
            raise unittest.SkipTest("the test database is not a file")

    def load(self, count):
        make_due_pumps(self.oak, count)
        reconcile.reconcile(engine.timezone.now())
        self.wanted = {
            rendering.message_id(key)
            for key in Reminder.objects.waiting()
            .filter(due_at__lte=engine.timezone.now())
            .values_list("key", flat=True)
        }
        self.assertEqual(len(self.wanted), count)

    def kill_under_load(self, *, kills, count, workers):
        """Kill sending processes while messages flow; return how often each message arrived."""
        self.load(count)
        # Pace the server so that the load outlasts the kills.
        with Sink(delay=0.004) as sink:
            running = [worker(sink.port) for _ in range(workers)]
            try:
                for _ in range(kills):
                    self.wait_for_flow(sink)
                    end(running.pop(0))
                    running.append(worker(sink.port))
                self.wait_until_done(count)
            finally:
                for process in running:
                    end(process)
            return Counter(sink.ids)

    def wait_for_flow(self, sink, seconds=5):
        """Wait until some more messages arrived, so that the next kill hits a busy process."""
        before, until = len(sink.messages), time.monotonic() + seconds
        while len(sink.messages) < before + 5 and time.monotonic() < until:
            time.sleep(0.005)

    def wait_until_done(self, count):
        until = time.monotonic() + PATIENCE_SECONDS
        while Reminder.objects.accepted().count() < count and time.monotonic() < until:
            time.sleep(0.1)

    def check(self, arrived, kills):
        lost = self.wanted - set(arrived)
        copies = sum(times - 1 for times in arrived.values())
        print(
            f"\n{connection.vendor}: {len(arrived)} arrived, lost {len(lost)}, copies {copies}, kills {kills}"
        )
        self.assertEqual(lost, set())
        self.assertLessEqual(copies, kills)
        self.assertEqual(Reminder.objects.accepted().count(), len(self.wanted))

    @pytest.mark.faults
    def test_a_few_kills(self):
        self.check(self.kill_under_load(kills=4, count=200, workers=2), 4)

    @pytest.mark.faults
    def test_the_engine_command_killed_while_it_sends(self):
        kills, count = 3, 150
        self.load(count)
        with Sink(delay=0.01) as sink:
            for number in range(kills + 1):
                process = engine_command(sink.port)
                try:
                    if number < kills:
                        self.wait_for_flow(sink, 30)
                    else:
                        self.wait_until_done(count)
                finally:
                    end(process)
                left = self.let_leases_end()
                self.assertEqual(left > 0, number < kills)
            self.check(Counter(sink.ids), kills)

    def let_leases_end(self):
        """Let the minute pass in which a dead process still owns its rows; return how many it held."""
        past = engine.timezone.now() - engine.datetime.timedelta(seconds=1)
        return Reminder.objects.filter(state="sending").update(lease_until=past)

    @pytest.mark.faults
    @pytest.mark.long
    def test_twenty_kills(self):
        self.check(self.kill_under_load(kills=20, count=1500, workers=2), 20)


def zone_of_noon():
    """Return a zone where it is the middle of the day now."""
    hour = time.gmtime().tm_hour
    offset = (12 - hour + 12) % 24 - 12
    # The names of these zones count westwards.
    return f"Etc/GMT{'-' if offset > 0 else '+'}{abs(offset)}" if offset else "Etc/UTC"


class BrokerTests(ClinicTransactionTestCase):
    """Without broker and Redis the engine loses nothing but the wake-up."""

    @pytest.mark.faults
    def test_a_dead_broker_costs_the_page_a_second_at_most_and_the_sweep_still_sends(self):
        from django.core import mail
        from django.test import override_settings

        from portal import wakeups
        from portal.celery import app
        from pumps import actions

        with (
            mock.patch.object(wakeups, "_silent_until", 0.0),
            mock.patch.object(app, "send_task", side_effect=lambda *a, **k: time.sleep(3)),
            override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"),
        ):
            started = time.monotonic()
            for _ in range(3):
                actions.record_alarm(
                    actor=self.nora,
                    pump=self.pump,
                    tone="two",
                    heard_by="patient",
                    heard_at=engine.timezone.now(),
                )
            self.assertLess(time.monotonic() - started, 1.8)
            engine.sweep()
        self.assertEqual(len(mail.outbox), 15)
