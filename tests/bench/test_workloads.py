from unittest import mock

from django.db import connection
from django.test import TestCase

from portal.bench import clock, recompute, run, seed, worklist
from portal.bench.database import Own
from pumps.models import Cycle

SIZE = 60


class WorkloadTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        with clock.standing():
            seed.seed(SIZE)

    def setUp(self):
        self.enterContext(clock.standing())
        self.enterContext(run.surroundings())
        self.here = mock.Mock(spec=Own)

    def test_the_page_is_a_signed_in_work_list_of_50_rows(self):
        stage = worklist.stage(self.here, SIZE)
        worklist.measure([stage], rounds=2, repeats=2)
        self.assertEqual([len(values) for values in stage.page.seconds], [2, 2])
        self.assertEqual(stage.raw.queries, 1)
        self.assertGreater(stage.page.queries, 1)

    def test_the_raw_query_is_one_that_the_page_runs(self):
        stage = worklist.stage(self.here, SIZE)
        seen = []

        def note(execute, sql, params, many, context):
            seen.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            stage.raw.work()
            stage.page.work()
        self.assertEqual(seen.count(seen[0]), 2)

    def test_a_page_with_other_rows_is_not_measured(self):
        work = worklist.page_of(worklist.signed_in(), SIZE)
        with mock.patch("pumps.worklist.PAGE_SIZE", 10), self.assertRaises(worklist.NotTheListAsked):
            work()

    def test_recomputing_changes_nothing(self):
        work, limit = recompute.series(SIZE)
        work.work()
        limit.work()
        Cycle.objects.open().update(refill_by=clock.TODAY)
        with self.assertRaises(recompute.Changed):
            work.work()
