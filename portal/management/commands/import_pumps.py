from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.exchange.clinics import Unusable, find_clinic
from portal.exchange.pump_rows import CHANGED, CREATED, REFUSED, UNCHANGED, Outcome, import_rows
from pumps.forecast import FileProblem, read_rows


def _line(outcome: Outcome) -> str:
    what = "; ".join(outcome.notes)
    return f"row {outcome.row.number}: {outcome.state}" + (f" ({what})" if what else "")


class Command(BaseCommand):
    help = "Bring a spreadsheet of pumps (the columns of `forecast`) into a clinic. Twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the spreadsheet, as CSV in UTF-8")
        parser.add_argument(
            "--clinic", metavar="REF", required=True, help="the clinic's ref, or exactly its name"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and save nothing")
        parser.add_argument(
            "--good-rows", action="store_true", help="save the sound rows although others are refused"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            clinic, rows = find_clinic(options["clinic"]), list(read_rows(options["file"]))
        except (FileProblem, Unusable) as problem:
            raise CommandError(str(problem)) from None
        dry_run, good_rows = options["dry_run"], options["good_rows"]
        outcomes = import_rows(clinic, rows, dry_run=dry_run, good_rows=good_rows)
        self.stdout.write("".join(f"{_line(outcome)}\n" for outcome in outcomes), ending="")
        counts = Counter(outcome.state for outcome in outcomes)
        self.stdout.write(
            ", ".join(f"{counts[name]} {name}" for name in (CREATED, CHANGED, UNCHANGED, REFUSED)) + "."
        )
        if dry_run:
            self.stdout.write("Dry run: nothing was saved.")
        if counts[REFUSED] and not good_rows:
            saved = "" if dry_run else " Nothing was saved; --good-rows saves the others."
            raise CommandError(f"{counts[REFUSED]} of {len(outcomes)} rows are refused.{saved}")
