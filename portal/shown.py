"""Dates and times in the language of the page under way, for messages that code writes."""

import datetime

from django.utils.translation import get_language

from portal import dates


def language() -> str:
    """Return the language of the page: en or es."""
    return "es" if (get_language() or "en").startswith("es") else "en"


def short(day: datetime.date) -> str:
    """Return 16-Jun-2026, or 16-jun-2026."""
    return dates.short(day, language())


def clock(moment: datetime.datetime | datetime.time) -> str:
    """Return 9:30 a.m. or noon, in the page's language."""
    return dates.clock(moment, language())
