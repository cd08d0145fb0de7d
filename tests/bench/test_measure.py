from django.test import SimpleTestCase, TestCase

from patients.models import Patient
from portal.bench.measure import Series, take_turns


def series_of(*rounds, name="work"):
    return Series(name, lambda: None, seconds=[list(each) for each in rounds], cpu_seconds=[[0.001]])


class QuantileTests(SimpleTestCase):
    def test_it_is_the_value_that_so_many_runs_did_not_exceed(self):
        series = series_of(range(1, 11), range(11, 21))  # 1 … 20
        for share, expected in [(0.05, 1), (0.25, 5), (0.5, 10), (0.95, 19), (0.96, 20), (1, 20)]:
            with self.subTest(share=share):
                self.assertEqual(series.quantile(share), expected)

    def test_one_run_is_every_quantile(self):
        self.assertEqual(series_of([3]).quantile(0.95), 3)

    def test_the_median_is_over_all_rounds(self):
        self.assertEqual(series_of([1, 2], [3, 4, 100]).median, 3)


class TurnsTests(TestCase):
    def test_workload_and_limit_take_turns(self):
        calls = []
        pair = [Series(name, lambda name=name: calls.append(name)) for name in "ab"]
        take_turns(pair, rounds=2, repeats=3, warm_ups=1)
        # One to warm up, then turns, then one for the queries and one for the memory.
        self.assertEqual("".join(calls), "ab" + "ab" * 6 + "aabb")
        self.assertEqual([len(values) for values in pair[0].seconds], [3, 3])
        self.assertEqual([len(values) for values in pair[0].cpu_seconds], [3, 3])

    def test_what_stands_before_is_run_each_time(self):
        calls = []
        series = Series("work", lambda: calls.append("w"), before=lambda: calls.append("b"))
        take_turns([series], rounds=1, repeats=2)
        self.assertEqual("".join(calls), "bw" * 5)

    def test_queries_and_memory_are_counted(self):
        series = Series("work", lambda: [Patient.objects.count(), bytearray(500_000)])
        series.inspect()
        self.assertEqual(series.queries, 1)
        self.assertGreater(series.peak_bytes, 500_000)
