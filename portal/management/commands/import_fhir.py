from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.exchange.clinics import Unusable, find_clinic
from portal.exchange.people import import_people


class Command(BaseCommand):
    help = "Bring people into a clinic from FHIR R4 bundles, plain or gzipped. Twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="a bundle with one Patient")
        parser.add_argument(
            "--clinic", metavar="REF", required=True, help="the clinic's ref, or exactly its name"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = import_people(find_clinic(options["clinic"]), options["files"], self.stdout.write)
        except Unusable as problem:
            raise CommandError(str(problem)) from None
        counts = ", ".join(f"{done[name]} {name}" for name in ("created", "changed", "unchanged"))
        self.stdout.write(f"{counts}.")
        if done["died"]:
            self.stdout.write(f"{done['died']} have died: inactive, no reminders.")
