"""Which stability limit caps a fill: the shortest that may apply to any of its drugs."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

FILE_SOURCE = "The clinic's own file"


class Limit(Protocol):
    """A row of the stability table."""

    drug_id: int
    first_fill: bool | None
    diluted: bool | None
    days: int
    source: str


class Cap(NamedTuple):
    """The limit in days and where it comes from; None and nothing when there is none on record."""

    days: int | None
    source: str


NO_CAP = Cap(None, "")


def may_apply(limit: Limit, *, is_first_fill: bool, is_diluted: bool | None) -> bool:
    """Return whether nothing known speaks against a limit; an unknown dilution may be either."""
    if limit.first_fill is not None and limit.first_fill != is_first_fill:
        return False
    return None in (limit.diluted, is_diluted) or limit.diluted == is_diluted


def choose(
    limits: Iterable[Limit],
    drug_ids: Iterable[int],
    *,
    is_first_fill: bool,
    is_diluted: bool | None,
    file_days: int | None = None,
) -> Cap:
    """Return the shortest limit of the table that may apply, or the file's where that is shorter."""
    drugs = set(drug_ids)
    caps = [
        Cap(limit.days, limit.source)
        for limit in limits
        if limit.drug_id in drugs and may_apply(limit, is_first_fill=is_first_fill, is_diluted=is_diluted)
    ]
    if file_days is not None:
        caps.append(Cap(file_days, FILE_SOURCE))
    return min(caps, key=lambda cap: cap.days or 0, default=NO_CAP)
