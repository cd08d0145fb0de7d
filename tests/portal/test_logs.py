"""A log line is one line of JSON, and names no record."""

import json
import logging
import sys
import unittest

from portal.logs import JsonFormatter

BROKEN_RULE = """duplicate key value violates unique constraint "patients_patient_mrn_unique_in_clinic"
DETAIL:  Key (clinic_id, mrn)=(1, 330-951) already exists.
It goes on: 330-951
"""


class LogTests(unittest.TestCase):
    def line(self, message, error=None):
        kind = None
        if error:
            try:
                raise ValueError(error) from KeyError("earlier")
            except ValueError:
                kind = sys.exc_info()
        record = logging.LogRecord("portal", logging.ERROR, __file__, 1, message, (), kind)
        return JsonFormatter().format(record)

    def test_a_hostile_path_stays_one_line(self):
        self.assertEqual(len(self.line("/a\n{}\u2028\x1b[31m").splitlines()), 1)

    def test_the_row_that_broke_a_rule_is_not_named(self):
        line = self.line("Internal Server Error: /patients/new/", BROKEN_RULE)
        self.assertNotIn("330-951", line)
        error = json.loads(line)["error"]
        self.assertIn("patients_patient_mrn_unique_in_clinic", error)
        self.assertIn("DETAIL: not logged", error)
        self.assertIn("KeyError", error)
