"""What became of one row of a claim."""

import datetime
from dataclasses import dataclass

from patients.models import ContactPoint


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row's new state, why, and what else that sets."""

    state: str
    reason: str = ""
    next_attempt_at: datetime.datetime | None = None
    message_id: str = ""
    contact_point: ContactPoint | None = None
    is_bad_address: bool = False
    tried: bool = False
