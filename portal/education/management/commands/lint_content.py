from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.education.checks import checkup
from portal.education.checks.wording import ERROR
from portal.education.filing import bundle as bundles
from portal.education.filing import shipped


class Command(BaseCommand):
    help = "Check the education pages: reading grade, words and units, sources, links, both languages alike."
    requires_system_checks: Sequence[str] = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--path", default="", help="only this page and those below it: learn/system")
        parser.add_argument("--grades", action="store_true", help="show the reading grade of each page")
        parser.add_argument("--errors", action="store_true", help="leave out the warnings that fail nothing")
        parser.add_argument("--folder", type=Path, default=shipped.FOLDER, help="not the files that ship")
        parser.add_argument(
            "--rewrite", action="store_true", help="bring files into their written form first"
        )
        parser.add_argument("--database", action="store_true", help="the texts in the database instead")

    def handle(self, *args: Any, **options: Any) -> None:
        only = options["path"].strip("/")
        bundle, problems = self.read(options)
        if options["rewrite"] and not options["database"]:
            for file in checkup.rewrite(options["folder"], bundle, only):
                self.stdout.write(f"written: {file}")
            bundle, problems = self.read(options)
        found = list(checkup.tree_findings(bundle, only))
        if not options["database"]:
            found += checkup.not_canonical(options["folder"], bundle, only)
        failing = [one for one in found if one[1].level == ERROR or one[1].code == "grade"]
        for problem in problems:
            self.stdout.write(f"error: {problem}")
        for file, finding in failing if options["errors"] else found:
            self.stdout.write(f"{finding.level}: {file}: {finding.where}: {finding.message}")
        if options["grades"]:
            self.show_grades(bundle, only)
        if problems or failing:
            raise CommandError(f"{len(problems) + len(failing)} to mend.")

    def read(self, options: dict[str, Any]) -> tuple[bundles.Bundle, list[str]]:
        if options["database"]:
            from portal.education.filing import transfer

            return transfer.from_database(), []
        return bundles.read(options["folder"])

    def show_grades(self, bundle: bundles.Bundle, only: str) -> None:
        self.stdout.write(f"{'page':<36}{'target':>7}{'en':>6}{'es':>6}")
        for path, target, told in checkup.grades(bundle, only):
            shown = (f"{told[language]:.1f}" if language in told else "–" for language in ("en", "es"))
            self.stdout.write(f"{path:<36}{target:>7}" + "".join(f"{grade:>6}" for grade in shown))
