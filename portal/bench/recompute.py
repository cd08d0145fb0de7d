"""Deriving every pump's dates when nothing has changed, beside reading what they are derived from."""

from django.db import connection

from portal.accounts.models import Closure
from portal.bench.measure import Series
from pumps import actions, inputs
from pumps.models import Cycle, StabilityLimit

REPEATS = 3


class Changed(Exception):
    """A recomputation found something to change where nothing was."""


def series(size: int) -> list[Series]:
    return [
        Series(f"recomputing {size:,} pumps, nothing changed", recompute, "all pumps"),
        Series("reading their inputs with SQL", read_inputs(), "all pumps"),
    ]


def recompute() -> None:
    changed = actions.recompute()
    if changed:
        raise Changed(f"{changed} cycles")


def read_inputs():
    """Return plain reading of every column that a date of an open cycle is derived from."""
    statements = [
        rows.query.sql_with_params()
        for rows in (
            inputs.digested(Cycle.objects.open()).values_list(*inputs.INPUTS),
            Closure.objects.values_list("clinic_id", "on"),
            StabilityLimit.objects.values_list("drug_id", "first_fill", "diluted", "days", "source"),
        )
    ]

    def work() -> None:
        with connection.cursor() as cursor:
            for sql, params in statements:
                cursor.execute(sql, params)
                cursor.fetchall()

    return work
