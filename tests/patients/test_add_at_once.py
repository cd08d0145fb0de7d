"""Two who add one person at the same time make one record, and the second is told."""

import threading

from django.db import connections

from patients import actions
from patients.models import Patient
from tests.base import ClinicTransactionTestCase


class AddAtOnceTests(ClinicTransactionTestCase):
    def test_one_record_and_a_sentence_for_the_others(self):
        start, said = threading.Barrier(6), []

        def add():
            person = Patient(clinic=self.oak, mrn="777-1", given_name="Ana", birth_date=self.rosa.birth_date)
            start.wait()
            try:
                actions.add_patient(actor=self.nora, patient=person)
            except actions.Refused as refusal:
                said.extend(refusal.messages)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=add) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(Patient.objects.filter(mrn="777-1").count(), 1)
        self.assertEqual(said, ["Another patient of this clinic has this MRN."] * 5)
