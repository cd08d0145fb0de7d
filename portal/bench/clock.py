"""One invented moment for every run: the data are the same each time, and it is daytime at the clinics."""

import datetime
import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

# Noon on a Wednesday in Chicago: reminders may leave, and a visit of today may still come.
START = datetime.datetime(2026, 3, 4, 18, tzinfo=datetime.UTC)
TODAY = START.date()


@contextmanager
def standing() -> Iterator[None]:
    """Let Django's clock begin at START, and run on from there."""
    begun = time.monotonic()

    def now() -> datetime.datetime:
        return START + datetime.timedelta(seconds=time.monotonic() - begun)

    with mock.patch("django.utils.timezone.now", now):
        yield


def days_ago(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


def noon(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, START.timetz())
