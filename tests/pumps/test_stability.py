"""Which stability limit caps a fill."""

from types import SimpleNamespace
from unittest import TestCase

from pumps.stability import FILE_SOURCE, NO_CAP, Cap, choose

MORPHINE, ZICONOTIDE, SALINE = 1, 2, 3


def limit(drug_id, days, first_fill=None, diluted=None):
    return SimpleNamespace(
        drug_id=drug_id, days=days, first_fill=first_fill, diluted=diluted, source=f"{days} days"
    )


LIMITS = [
    limit(MORPHINE, 90),
    limit(ZICONOTIDE, 14, first_fill=True),
    limit(ZICONOTIDE, 40, first_fill=False, diluted=True),
    limit(ZICONOTIDE, 84, first_fill=False, diluted=False),
]
# drugs, first fill, diluted, the file's days, expected days
CASES = [
    ([MORPHINE], False, None, None, 90),
    ([MORPHINE], True, True, None, 90),
    ([ZICONOTIDE], True, False, None, 14),
    ([ZICONOTIDE], False, True, None, 40),
    ([ZICONOTIDE], False, False, None, 84),
    # Unknown dilution: the shorter one.
    ([ZICONOTIDE], False, None, None, 40),
    # Of two drugs the shorter one.
    ([MORPHINE, ZICONOTIDE], False, False, None, 84),
    # The file's figure and the table's: the earlier counts.
    ([MORPHINE], False, None, 60, 60),
    ([MORPHINE], False, None, 120, 90),
    ([MORPHINE], False, None, 0, 0),
    ([SALINE], False, None, 30, 30),
    ([SALINE], False, None, None, None),
]


class StabilityTests(TestCase):
    def test_the_shortest_limit_that_may_apply_counts(self):
        for drugs, first, diluted, file_days, expected in CASES:
            with self.subTest(drugs=drugs, first=first, diluted=diluted, file_days=file_days):
                cap = choose(LIMITS, drugs, is_first_fill=first, is_diluted=diluted, file_days=file_days)
                self.assertEqual(cap.days, expected)

    def test_the_source_goes_with_the_figure(self):
        cases = [(60, Cap(60, FILE_SOURCE)), (120, Cap(90, "90 days")), (90, Cap(90, "90 days"))]
        for file_days, expected in cases:
            with self.subTest(file_days=file_days):
                cap = choose(LIMITS, [MORPHINE], is_first_fill=False, is_diluted=None, file_days=file_days)
                self.assertEqual(cap, expected)

    def test_nothing_on_record_has_no_source(self):
        self.assertEqual(choose([], [MORPHINE], is_first_fill=False, is_diluted=None), NO_CAP)
