"""The work-list page of a signed-in nurse, beside the one query that reads its rows."""

from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.bench.database import Own
from portal.bench.measure import Series, one_round, warm_up
from portal.bench.seed import nurse_email
from pumps import worklist as lists

REPEATS = 20
# A database that was not used for a moment has to be read into memory again.
SETTLE = 5


class NotTheListAsked(Exception):
    """The page did not answer with the rows that are measured."""


@dataclass
class Stage:
    """One database with its page and its raw query."""

    database: Own
    page: Series
    raw: Series

    @property
    def both(self) -> list[Series]:
        return [self.page, self.raw]


def stage(database: Own, size: int, *, where: str = "") -> Stage:
    """Sign a nurse in and find the query that the page reads its rows with."""
    database.use()
    where = where or f"{size:,} pumps"
    page = Series(f"work-list page, {where}", page_of(signed_in(), size), "one page")
    raw = Series(f"its row query alone, {where}", raw_query(), "one query")
    return Stage(database, page, raw)


def nurse() -> User:
    return User.objects.get(email=nurse_email())


def signed_in() -> Client:
    client = Client()
    client.force_login(nurse())
    return client


def page_of(client: Client, size: int):
    url, least = reverse("pumps:worklist"), min(size, lists.PAGE_SIZE)

    def work() -> None:
        answer = client.get(url)
        if answer.status_code != 200 or answer.content.count(b' id="row-') != least:
            raise NotTheListAsked(f"status {answer.status_code}, {len(answer.content)} bytes")

    return work


def raw_query():
    """Return the page's own SQL for its rows as a plain execute and fetch."""
    user = nurse()
    scope = lists.Scope(user.clinics("nurse"), timezone.now())
    keys = [entry[0] for entry in lists.entries(scope)[: lists.PAGE_SIZE]]
    seen: list[tuple] = []

    def note(execute, sql, params, many, context):
        seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        lists.rows(scope, keys)
    sql, params = seen[0]

    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            if len(cursor.fetchall()) != len(keys):
                raise NotTheListAsked("the raw query found other rows")

    return work


def measure(stages: list[Stage], *, rounds: int, repeats: int = REPEATS) -> None:
    """Measure the stages in turn within each round; a change of database settles before the clock starts."""
    for _ in range(rounds):
        for each in stages:
            each.database.use()
            warm_up(each.both, SETTLE)
            one_round(each.both, repeats)
    for each in stages:
        each.database.use()
        for series in each.both:
            series.work()
            series.inspect()
