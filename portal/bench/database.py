"""Databases of the bench's own, beside the portal's; the portal's is never opened."""

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection


class Own:
    """One database that is made for this run and destroyed after it."""

    def __init__(self, folder: str) -> None:
        name = f"bench_portal_{uuid.uuid4().hex[:8]}"
        self.name = str(Path(folder) / name) if connection.vendor == "sqlite" else name

    def create(self) -> None:
        """Make the database with every table and the reference figures."""
        leave()
        kept = connection.settings_dict["TEST"].get("NAME")
        connection.settings_dict["TEST"]["NAME"] = self.name
        try:
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        finally:
            connection.settings_dict["TEST"]["NAME"] = kept

    def use(self) -> None:
        """Let every query from now on go to this database."""
        if connection.settings_dict["NAME"] != self.name:
            point_to(self.name)

    def destroy(self, real_name: Any) -> None:
        self.use()
        connection.creation.destroy_test_db(real_name, verbosity=0)
        point_to(real_name)

    def refresh_statistics(self) -> None:
        """Do what a running server does by itself: tell the planner how large the tables are."""
        self.use()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def leave() -> None:
    """Close the connection, and the pool that would hand out connections to the database before."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()


def point_to(name: Any) -> None:
    leave()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name


@contextmanager
def own(count: int) -> Iterator[list[Own]]:
    """Make some databases; destroy them and go back to the portal's, whatever happens."""
    real_name = connection.settings_dict["NAME"]
    with ExitStack() as stack:
        stack.callback(point_to, real_name)
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-portal-"))
        made = []
        for _ in range(count):
            database = Own(folder)
            database.create()
            stack.callback(database.destroy, real_name)
            made.append(database)
        yield made


def version() -> str:
    """Return the server and its version."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sqlite_version()")
            return f"SQLite {cursor.fetchone()[0]}"
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"
