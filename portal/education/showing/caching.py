"""Public pages kept whole for a minute, so that reading costs no query. One key makes all of them old at once."""

import logging
import uuid

from django.core.cache import cache
from django.db import transaction

logger = logging.getLogger(__name__)
GENERATION = "education:generation"
SECONDS = 60


def generation() -> str:
    """Return the name under which pages are kept now; it changes with every change that readers may see."""
    try:
        return cache.get_or_set(GENERATION, new_generation, None)
    except OSError as error:
        unwritable(error)
        return new_generation()


def new_generation() -> str:
    return uuid.uuid4().hex


def forget_on_commit() -> None:
    """Make every kept page old once the change is in the database."""
    transaction.on_commit(forget)


def forget() -> None:
    try:
        cache.set(GENERATION, new_generation(), None)
    except OSError as error:
        unwritable(error)


def unwritable(error: OSError) -> None:
    """Note that nothing can be kept: a full disk must not hide what to do when a pump beeps."""
    logger.warning("Pages cannot be kept: %s", type(error).__name__)
