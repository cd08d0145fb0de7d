"""The engine as a command: once, for ever until asked to end, and through a database that goes away."""

import os
import signal
import subprocess
import sys
from io import StringIO
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import OperationalError

from portal.management.commands.engine import Command
from portal.reminders import engine, tasks
from portal.reminders.models import Heartbeat
from tests.base import ClinicTestCase, ClinicTransactionTestCase
from tests.faults.test_kill_worker import ROOT, database_url


class OnceTests(ClinicTestCase):
    def test_once(self):
        out = StringIO()
        call_command("engine", "--once", stdout=out)
        self.assertIn("planned 0, sent 0, failed 0", out.getvalue())
        self.assertEqual(Heartbeat.objects.get().sweeps, 1)

    def test_the_task_runs_the_same_sweep(self):
        tasks.sweep()
        tasks.sweep()
        self.assertEqual(Heartbeat.objects.get().sweeps, 2)


class LoopTests(ClinicTestCase):
    def run_with(self, *results):
        """Run the loop over these results of a sweep, then stop it; return the pauses it made."""
        command, pauses = Command(), []
        command.stopping = mock.Mock()
        command.stopping.wait = pauses.append
        command.stopping.is_set = mock.Mock(side_effect=[False] * len(results) + [True])
        with (
            mock.patch.object(engine, "sweep", side_effect=results),
            mock.patch("portal.management.commands.engine.close_old_connections"),
            mock.patch("portal.management.commands.engine.connections"),
            self.settings(SWEEP_SECONDS=60),
        ):
            command.run_until_stopped()
        return pauses

    def test_it_waits_the_interval_and_not_at_all_when_there_is_more(self):
        self.assertEqual(self.run_with(engine.Tally(), engine.Tally(is_complete=False)), [60, 0])

    def test_a_lost_database_is_tried_again_with_growing_pauses(self):
        lost = OperationalError("gone")
        self.assertEqual(self.run_with(lost, lost, engine.Tally(), lost), [2, 4, 60, 2])

    def test_one_bad_sweep_does_not_end_it(self):
        self.assertEqual(self.run_with(ValueError("bad"), engine.Tally()), [60, 60])


class StopTests(ClinicTransactionTestCase):
    @pytest.mark.faults
    def test_sigterm_ends_it_in_order(self):
        process = subprocess.Popen(
            [sys.executable, "manage.py", "engine"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database_url()},
            stderr=subprocess.PIPE,
        )
        try:
            for _ in range(300):
                if Heartbeat.objects.exists() or process.poll() is not None:
                    break
                engine.threading.Event().wait(0.1)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(10), 0)
        finally:
            process.kill()
            process.stderr.close()
        self.assertTrue(Heartbeat.objects.exists())
