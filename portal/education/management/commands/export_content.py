from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.education.filing import bundle as bundles
from portal.education.filing import transfer


class Command(BaseCommand):
    help = (
        "Write the whole tree of education pages as files: one for each page and language, and the libraries."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
        parser.add_argument("--live", action="store_true", help="what readers see, not the working texts")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"]
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder}: is not an empty folder.")
        bundle = transfer.from_database(live=options["live"])
        bundles.write(bundle, folder)
        self.stdout.write(f"{len(bundle.texts)} texts of {len(bundle.pages)} pages written to {folder}.")
