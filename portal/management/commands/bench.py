"""How fast the portal is: each workload beside a limit measured in the same run."""

import json
import warnings
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.bench.run import bench


class Command(BaseCommand):
    help = (
        "Seed a database of its own, measure each workload beside its limit, and compare with the promises."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--size", type=int, default=1000, metavar="1000|10000", help="how many pumps (default: 1000)"
        )
        parser.add_argument("--rounds", type=int, default=7, help="rounds of each workload (default: 7)")
        parser.add_argument(
            "--json", type=Path, metavar="FILE", help="write everything measured to this file"
        )
        parser.add_argument(
            "--report-only", action="store_true", help="end with 0 also when a promise is missed"
        )

    def handle(self, *, size, rounds, json: Path | None, report_only, **options):
        if not (20 <= size <= 100_000 and rounds >= 1):
            raise CommandError("Give a --size from 20 to 100000, and at least one round.")
        # Pages are measured without their static files; that none are collected here does not matter.
        warnings.filterwarnings("ignore", message="No directory at")
        report = bench(size, rounds, self.stderr.write)
        self.stdout.write("\n".join(report.lines()))
        if json:
            write(json, report.values())
        if not report.holds and not report_only:
            raise CommandError("A promise is missed: see the lines that say MISS.")


def write(path: Path, values: dict) -> None:
    try:
        path.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise CommandError(f"--json: {path} cannot be written: {error.strerror}.") from error
