"""The command as a person runs it, at a size that takes seconds. No test here looks at a time."""

import io
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase

from portal.bench import run
from portal.bench.measure import Series
from portal.bench.report import Report, Target

ROWS = [
    "work-list page, 40 pumps",
    "its row query alone, 40 pumps",
    "recomputing 40 pumps, nothing changed",
    "reading their inputs with SQL",
    "reminders, due to accepted",
    "the same messages, plain smtplib",
    "list of pages, made anew",
    "published page, made anew",
    "published page, kept",
    "bare answer, same middleware",
    "published page, rendered anew",
    "search page, 200 pages, English",
    "its query alone, English",
    "search page, 200 pages, Spanish",
    "its query alone, Spanish",
    "search page, a mistyped word",
]
TARGETS = {
    "worklist_p95_to_raw",
    "worklist_queries",
    "recompute_to_read",
    "reminders_to_smtplib",
    "page_to_bare",
    "page_anew_to_bare",
    "page_queries",
    "kept_page_queries",
    "search_p95_to_raw",
}


def bench(*arguments, **environ):
    return subprocess.run(
        [sys.executable, "manage.py", "bench", *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    file = folder / "bench.json"
    temporary = folder / "tmp"
    temporary.mkdir()
    arguments = ("--size", "40", "--rounds", "2", "--json", str(file), "--report-only")
    answer = bench(*arguments, VAR_DIR=str(folder / "var"), TMPDIR=str(temporary))
    assert answer.returncode == 0, answer.stderr[-3000:]
    return answer.stdout, json.loads(file.read_text()), folder


def test_it_prints_a_row_for_each_workload_and_limit(done):
    printed, _, _ = done
    for row in ROWS:
        assert row in printed
    assert "40 pumps in 1 clinic of 40" in printed


def test_it_says_of_each_target_whether_it_holds(done):
    printed, values, _ = done
    assert set(values["targets"]) == TARGETS
    verdicts = [line.split()[0] for line in printed.splitlines() if "(target" in line]
    assert len(verdicts) == len(TARGETS)
    assert set(verdicts) <= {"pass", "MISS"}


def test_the_file_holds_what_was_measured(done):
    _, values, _ = done
    assert (values["size"], values["rounds"]) == (40, 2)
    assert values["machine"].keys() == {"system", "processor", "cores", "python"}
    assert len(values["workloads"]) == len(ROWS)
    for figures in values["workloads"].values():
        assert len(figures["rounds_seconds"]) == 2
        assert figures["least_seconds"] <= figures["median_seconds"] <= figures["p95_seconds"]
        assert figures["p95_seconds"] <= figures["most_seconds"]
        assert figures["peak_bytes"] > 0


def test_the_portals_own_database_is_never_opened(done):
    _, _, folder = done
    assert not (folder / "var" / "portal.sqlite3").exists()


def test_nothing_is_left_behind(done):
    _, _, folder = done
    assert list((folder / "tmp").iterdir()) == []


class GrowthTests(SimpleTestCase):
    def stage(self, milliseconds, queries):
        page = Series("page", lambda: None, seconds=[[milliseconds / 1000]], queries=queries)
        return run.Stage(database=None, page=page, raw=page)

    def test_growth_compares_medians_and_queries(self):
        growth, queries = run.growth(self.stage(66, 8), self.stage(60, 8))
        self.assertAlmostEqual(growth.value, 1.1)
        self.assertTrue(growth.holds and queries.holds)
        growth, queries = run.growth(self.stage(90, 9), self.stage(60, 8))
        self.assertFalse(growth.holds or queries.holds)

    def test_the_layout_is_said(self):
        self.assertEqual(run.layout(1000), "1,000 pumps in 1 clinic of 1,000")
        self.assertEqual(run.layout(10000), "10,000 pumps in 10 clinics of 1,000")


class ExitTests(SimpleTestCase):
    def run_with(self, report, *arguments):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("portal.management.commands.bench.bench", lambda *_: report)
            call_command("bench", *arguments, stdout=io.StringIO())

    def report(self, value):
        return Report(1000, 7, "layout", "SQLite", targets=[Target("key", "says", value, 4)])

    def test_a_missed_promise_is_an_error(self):
        with self.assertRaisesMessage(CommandError, "A promise is missed"):
            self.run_with(self.report(5))

    def test_a_kept_promise_is_none(self):
        self.run_with(self.report(4))

    def test_report_only_never_fails(self):
        self.run_with(self.report(5), "--report-only")

    def test_a_target_may_be_a_least_value(self):
        self.assertTrue(Target("key", "says", 0.13, 0.12, is_least=True).holds)
        self.assertFalse(Target("key", "says", 0.11, 0.12, is_least=True).holds)

    def test_bad_options_are_refused_in_one_sentence(self):
        for arguments in (["--size", "5"], ["--rounds", "0"], ["--size", "1000000"]):
            with self.subTest(arguments), self.assertRaisesMessage(CommandError, "Give a --size"):
                call_command("bench", *arguments)

    def test_a_file_that_cannot_be_written_is_named(self):
        with self.assertRaisesMessage(CommandError, "--json: /nowhere/bench.json cannot be written"):
            self.run_with(self.report(4), "--json", "/nowhere/bench.json")
