"""What a browser posts for the three parts of a date."""

import datetime


def triple(name: str, day: datetime.date | None) -> dict[str, str]:
    """Return the form values of portal.fields.DateTripleField for a day; empty parts for None."""
    if day is None:
        return {f"{name}_month": "", f"{name}_day": "", f"{name}_year": ""}
    return {f"{name}_month": str(day.month), f"{name}_day": str(day.day), f"{name}_year": str(day.year)}
