"""The pages that ship with the portal, brought into the database once; an edited page is never overwritten."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "content"


def load() -> None:
    """Add what is missing."""
