"""What was measured, as lines to read and as values for a machine."""

import os
import platform
from dataclasses import dataclass, field
from typing import Any

from portal.bench.measure import Series, peak_resident_bytes


@dataclass(frozen=True)
class Target:
    """A promise: a value that must not pass its limit, or must reach it."""

    key: str
    says: str
    value: float
    limit: float
    is_least: bool = False

    @property
    def holds(self) -> bool:
        return self.value >= self.limit if self.is_least else self.value <= self.limit

    def line(self) -> str:
        sign, verdict = "≥" if self.is_least else "≤", "pass" if self.holds else "MISS"
        return f"  {verdict}  {self.says}: {self.value:.3g} (target {sign} {self.limit:g})"

    def values(self) -> dict[str, Any]:
        kind = "least" if self.is_least else "most"
        return {"value": self.value, "limit": self.limit, "limit_is": kind, "holds": self.holds}


@dataclass
class Report:
    """Everything one run found."""

    size: int
    rounds: int
    layout: str
    database: str
    series: list[Series] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    information: dict[str, float] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return all(target.holds for target in self.targets)

    def lines(self) -> list[str]:
        head = f"{self.layout}; {self.database}, Python {platform.python_version()}, {os.cpu_count()} cores"
        return [
            f"bench, {self.rounds} rounds: {head}",
            "",
            HEAD,
            *(row(series) for series in self.series),
            "",
            "Targets",
            *(target.line() for target in self.targets),
            "For information, without a limit",
            *(f"        {name}: {value:.3g}" for name, value in self.information.items()),
        ]

    def values(self) -> dict[str, Any]:
        return {
            "size": self.size,
            "rounds": self.rounds,
            "layout": self.layout,
            "database": self.database,
            "machine": machine(),
            "workloads": {series.name: values(series) for series in self.series},
            "targets": {target.key: target.values() for target in self.targets},
            "information": self.information,
            "peak_resident_bytes": peak_resident_bytes(),
            "holds": self.holds,
        }


NAME = 46
COLUMNS = (" median ms", "least–most ms", "p95 ms", "CPU ms", "queries", "peak MB")
HEAD = (
    f"{'':{NAME}}{COLUMNS[0]:>10}{COLUMNS[1]:>18}{COLUMNS[2]:>9}{COLUMNS[3]:>9}{COLUMNS[4]:>9}{COLUMNS[5]:>9}"
)


def row(series: Series) -> str:
    """Return one workload as a line; CPU is this process's, without the database server's."""
    spread = f"{min(series.all) * 1000:,.1f}–{max(series.all) * 1000:,.1f}"
    queries = "" if series.queries is None else str(series.queries)
    peak = "" if series.peak_bytes is None else f"{series.peak_bytes / 1e6:.1f}"
    numbers = f"{series.median * 1000:>10,.1f}{spread:>18}{series.quantile(0.95) * 1000:>9,.1f}"
    return f"{series.name:{NAME}}{numbers}{series.cpu_median * 1000:>9,.1f}{queries:>9}{peak:>9}"


def values(series: Series) -> dict[str, Any]:
    return {
        "unit": series.unit,
        "median_seconds": series.median,
        "least_seconds": min(series.all),
        "most_seconds": max(series.all),
        "quartiles_seconds": [series.quantile(0.25), series.quantile(0.75)],
        "p95_seconds": series.quantile(0.95),
        "cpu_seconds": series.cpu_median,
        "queries": series.queries,
        "transaction_statements": series.transaction_statements,
        "peak_bytes": series.peak_bytes,
        "rounds_seconds": series.seconds,
    }


def machine() -> dict[str, Any]:
    return {
        "system": platform.platform(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor()
