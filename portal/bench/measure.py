"""Time, processor time, queries and memory of a piece of work; workload and limit take turns."""

import gc
import resource
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.test.utils import CaptureQueriesContext

Work = Callable[[], object]
TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass
class Series:
    """One piece of work and what it took, round by round. `unit` says what one run does."""

    name: str
    work: Work
    unit: str = ""
    before: Work | None = None
    seconds: list[list[float]] = field(default_factory=list)
    cpu_seconds: list[list[float]] = field(default_factory=list)
    queries: int | None = None
    transaction_statements: int | None = None
    peak_bytes: int | None = None

    def begin_round(self) -> None:
        self.seconds.append([])
        self.cpu_seconds.append([])

    def run(self) -> None:
        """Run once, on the clock. What stands in `before` is not counted."""
        if self.before:
            self.before()
        started, cpu = time.perf_counter(), time.process_time()
        self.work()
        self.cpu_seconds[-1].append(time.process_time() - cpu)
        self.seconds[-1].append(time.perf_counter() - started)

    def inspect(self) -> None:
        """Count queries, then memory, each in a run that is not timed."""
        if self.before:
            self.before()
        with CaptureQueriesContext(connection) as captured:
            self.work()
        control = [each for each in captured if each["sql"].startswith(TRANSACTION)]
        self.queries, self.transaction_statements = len(captured) - len(control), len(control)
        if self.before:
            self.before()
        tracemalloc.start()
        try:
            self.work()
            self.peak_bytes = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    @property
    def all(self) -> list[float]:
        return [value for values in self.seconds for value in values]

    @property
    def median(self) -> float:
        return statistics.median(self.all)

    @property
    def cpu_median(self) -> float:
        return statistics.median(value for values in self.cpu_seconds for value in values)

    def quantile(self, share: float) -> float:
        """Return the smallest value that at least this share of the runs did not exceed."""
        values = sorted(self.all)
        return values[min(len(values) - 1, max(0, -int(-share * len(values) // 1) - 1))]


def warm_up(series: Sequence[Series], runs: int) -> None:
    for each in series:
        for _ in range(runs):
            if each.before:
                each.before()
            each.work()


def take_turns(series: Sequence[Series], *, rounds: int, repeats: int, warm_ups: int = 1) -> None:
    """Run all of them in turn, so that whatever slows this machine down meets them all."""
    warm_up(series, warm_ups)
    for _ in range(rounds):
        one_round(series, repeats)
    for each in series:
        each.inspect()


def one_round(series: Sequence[Series], repeats: int) -> None:
    gc.collect()
    for each in series:
        each.begin_round()
    for _ in range(repeats):
        for each in series:
            each.run()


def peak_resident_bytes() -> int:
    """Return the most memory this process ever held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
