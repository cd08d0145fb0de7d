from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.models import User
from portal.education.filing import bundle as bundles
from portal.education.filing import transfer


class Command(BaseCommand):
    help = "Bring the files of an export in as new versions, as drafts unless --publish: all of them or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="what export_content wrote")
        parser.add_argument("--publish", action="store_true", help="show the new versions to readers at once")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and change nothing"
        )
        parser.add_argument("--as", dest="email", metavar="E-MAIL", help="who imports, for the versions")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"{folder}: is not a folder.")
        bundle, problems = bundles.read(folder)
        try:
            if problems:
                raise transfer.NotImported(problems)
            done = transfer.bring(
                bundle,
                actor=self.person(options["email"]),
                publish=options["publish"],
                dry_run=options["dry_run"],
            )
        except transfer.NotImported as error:
            raise CommandError(f"Nothing was imported.\n{error}") from None
        self.tell(done, is_dry=options["dry_run"])

    def person(self, email: str | None) -> User | None:
        if email is None:
            return None
        try:
            return User.objects.get(email__iexact=email)
        except User.DoesNotExist:
            raise CommandError(f"{email}: nobody signs in with this address.") from None

    def tell(self, done: transfer.Imported, *, is_dry: bool) -> None:
        told = [f"new: {name}" for name in done.added]
        told += [f"changed: {name}" for name in done.changed]
        told += [f"taken out: {sentence}" for sentence in done.removed]
        for line in told:
            self.stdout.write(line)
        verb = "would be" if is_dry else "were"
        self.stdout.write(f"{len(done.added)} {verb} added, {len(done.changed)} changed.")
