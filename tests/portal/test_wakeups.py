"""Waking the engine up: after the commit only, briefly, and without a broker too."""

import time
from unittest import mock

from django.test import TestCase

from portal import wakeups
from portal.celery import app


class WakeTests(TestCase):
    def setUp(self):
        patch = mock.patch.object(wakeups, "_silent_until", 0.0)
        patch.start()
        self.addCleanup(patch.stop)

    def wake(self, send_task):
        with mock.patch.object(app, "send_task", send_task), self.captureOnCommitCallbacks(execute=True):
            wakeups.wake_engine()

    def test_the_sweep_is_asked_for_by_name_without_arguments(self):
        send_task = mock.Mock()
        self.wake(send_task)
        send_task.assert_called_once_with(
            "portal.reminders.tasks.sweep", expires=60, retry=False, ignore_result=True
        )

    def test_not_before_the_commit(self):
        send_task = mock.Mock()
        with mock.patch.object(app, "send_task", send_task), self.captureOnCommitCallbacks():
            wakeups.wake_engine()
        send_task.assert_not_called()

    def test_a_broker_that_refuses_breaks_nothing_and_is_left_alone_for_a_while(self):
        send_task = mock.Mock(side_effect=ConnectionRefusedError)
        self.wake(send_task)
        self.wake(send_task)
        send_task.assert_called_once()

    def test_a_broker_that_hangs_costs_a_second_at_most(self):
        started = time.monotonic()
        self.wake(lambda *args, **kwargs: time.sleep(2.5))
        self.wake(lambda *args, **kwargs: time.sleep(2.5))
        self.assertLess(time.monotonic() - started, 1.6)
