"""Public pages kept whole for a minute, so that reading costs no query. One key makes all of them old at once."""

import uuid

from django.core.cache import cache
from django.db import transaction

GENERATION = "education:generation"
SECONDS = 60


def generation() -> str:
    """Return the name under which pages are kept now; it changes with every change that readers may see."""
    return cache.get_or_set(GENERATION, new_generation, None)


def new_generation() -> str:
    return uuid.uuid4().hex


def forget_on_commit() -> None:
    """Make every kept page old once the change is in the database."""
    transaction.on_commit(forget)


def forget() -> None:
    cache.set(GENERATION, new_generation(), None)
