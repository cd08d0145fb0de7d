"""Which changes wake the engine up, and that none of them waits for a broker that is down."""

import time
from datetime import date
from unittest import mock

from patients import actions as patient_actions
from portal import wakeups
from portal.celery import app
from pumps import actions
from tests.pumps.test_record_fill import FillTestCase


class WokenTests(FillTestCase):
    def setUp(self):
        super().setUp()
        patch = mock.patch.object(wakeups, "_silent_until", 0.0)
        patch.start()
        self.addCleanup(patch.stop)

    def wakes(self, act):
        """Do something and expect one wake-up after the commit."""
        with (
            mock.patch.object(app, "send_task") as send_task,
            self.captureOnCommitCallbacks(execute=True),
        ):
            act()
        self.assertTrue(send_task.called)

    def test_a_death_and_taking_it_back(self):
        who = {"actor": self.nora, "patient": self.rosa}
        self.wakes(lambda: patient_actions.record_death(**who, died_on=date(2026, 6, 1)))
        self.wakes(lambda: patient_actions.undo_death(**who))
        self.wakes(lambda: patient_actions.close_record(**who, closed_on=date(2026, 6, 1)))
        self.wakes(lambda: patient_actions.reopen_record(**who))

    def test_consent_and_another_address(self):
        who = {"actor": self.nora, "patient": self.rosa}
        said = {"channel": "email", "is_granted": False, "text_shown": "asked", "language": "es"}
        self.wakes(lambda: patient_actions.record_consent(**who, **said))
        self.wakes(lambda: patient_actions.edit_patient(**who, emails=["new@mail.example"]))

    def test_an_explant_and_an_amended_fill(self):
        cycle = self.fill()
        record = self.fill_record(daily_dose_mcg=4000)
        self.wakes(lambda: actions.amend_fill(actor=self.nora, cycle=cycle, record=record, reason="misread"))
        self.wakes(
            lambda: actions.explant(
                actor=self.nora, pump=self.pump, explanted_on=date(2026, 6, 1), reason="infection"
            )
        )

    def test_pages_answer_while_the_broker_is_down(self):
        self.sign_in(self.nora)
        url = f"/patients/{self.rosa.ref}/death/undo/"
        patient_actions.record_death(actor=self.nora, patient=self.rosa, died_on=date(2026, 6, 1))
        # The clock of the test stands still; the wait is measured against the limit that the wake-up keeps.
        with (
            mock.patch.object(app, "send_task", side_effect=ConnectionRefusedError) as send_task,
            mock.patch.object(time, "sleep", side_effect=AssertionError),
            self.captureOnCommitCallbacks(execute=True),
        ):
            response = self.client.post(url)
        self.assertEqual(response.status_code, 302)
        send_task.assert_called_once()
        self.rosa.refresh_from_db()
        self.assertIsNone(self.rosa.died_on)
