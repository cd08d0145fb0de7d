from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pumps.forecast import FileProblem, forecast_row, read_rows, write
from pumps.units import FormatError, parse_date


def _day(option: str, text: str) -> date:
    try:
        return parse_date(text)
    except FormatError as error:
        raise CommandError(f"{option}: {error}") from None


class Command(BaseCommand):
    help = "Work out the refill dates of a spreadsheet of pumps (CSV), and write them as CSV."
    requires_system_checks: Sequence[str] = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.csv", help="the spreadsheet, as CSV in UTF-8")
        parser.add_argument("--as-of", metavar="DATE", help="the day to forecast for (default: today)")
        parser.add_argument(
            "--closed",
            metavar="DATE",
            nargs="+",
            action="extend",
            default=[],
            help="days the clinic is closed; may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        as_of = options["as_of"]
        day = timezone.localdate() if as_of is None else _day("--as-of", as_of)
        closures = frozenset(_day("--closed", text) for text in options["closed"])
        try:
            rows = list(read_rows(options["file"]))
        except FileProblem as error:
            raise CommandError(str(error)) from None
        results = [forecast_row(row, as_of=day, closures=closures) for row in rows]
        self.stdout.write(write(results), ending="")
        failed = sum(bool(result["error"]) for result in results)
        if failed:
            raise CommandError(f"{failed} of {len(results)} rows failed: see their error column.")
