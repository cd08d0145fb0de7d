from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.education.checks import links, lint, visits
from portal.education.filing import bundle as bundles
from portal.education.filing import shipped, transfer


class Command(BaseCommand):
    help = "Visit the addresses outside the portal that education pages and references name; say which are broken."
    requires_system_checks: Sequence[str] = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=shipped.FOLDER, help="not the files that ship")
        parser.add_argument("--database", action="store_true", help="the texts in the database instead")
        parser.add_argument("--seconds", type=float, default=visits.SECONDS, help="how long to wait for each")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"]:
            bundle, problems = transfer.from_database(), []
        else:
            bundle, problems = bundles.read(options["folder"])
        if problems:
            raise CommandError("\n".join(problems))
        named: dict[str, list[str]] = defaultdict(list)
        for file, url in outside(bundle):
            named[url].append(file)
        answers = visits.visit_all(named, seconds=options["seconds"])
        self.tell([answer for answer in answers.values() if answer.state != "ok"], named)
        broken = sum(answer.state == "broken" for answer in answers.values())
        if broken:
            raise CommandError(f"{broken} of {len(answers)} addresses are broken.")
        self.stdout.write(f"{len(answers)} addresses visited, none is broken.")

    def tell(self, answers: list[visits.Answer], named: dict[str, list[str]]) -> None:
        for answer in sorted(answers, key=lambda one: (one.state, one.url)):
            files = ", ".join(dict.fromkeys(named[answer.url]))
            hint = " (look yourself)" if answer.state == "unsure" else ""
            self.stdout.write(f"{answer.state}: {files}: {answer.url}: {answer.why}{hint}")


def outside(bundle: bundles.Bundle) -> Iterator[tuple[str, str]]:
    """Give each address outside the portal with the file that names it."""
    for (path, language), content in bundle.texts.items():
        for _where, text in lint.rich_texts(content):
            for link in links.links_in(text):
                if link.href.startswith(("https://", "http://")):
                    yield bundles.file_of(path, language), link.href
    for reference in bundle.references:
        if reference.url:
            yield f"references.toml ({reference.key})", reference.url
