"""The words of published pages, for search."""

from portal.education.models import Publication


def add(publication: Publication) -> None:
    """Make a publication findable while it is live."""
