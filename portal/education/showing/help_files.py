"""The help pages as they ship, for when the database is silent or empty: someone may need them tonight."""

import tomllib
from functools import cache
from pathlib import Path

from portal.education.content import CareCard, Content
from portal.education.models import Page
from portal.education.showing.reading import Leaf, Reading
from portal.education.showing.rendering import LEVELS, Card, card

FOLDER = Path(__file__).resolve().parent.parent / "content"
LAYOUTS = {
    "help/alarm": Page.Layout.ALARM,
    "help/emergency": Page.Layout.EMERGENCY,
    "help/contact": Page.Layout.CONTACT,
}


@cache
def reading(path: str, language: str) -> Reading | None:
    """Return a help page from its file; English where there is no file in the language asked for."""
    for found in dict.fromkeys((language, "en")):
        file = FOLDER / found / f"{path}.toml"
        if file.exists():
            return as_reading(path, found, Content.from_dict(tomllib.loads(file.read_text())))
    return None


def as_reading(path: str, language: str, content: Content) -> Reading:
    leaf = Leaf(path, content.title, content.menu_title, content.description, LAYOUTS[path], 0, language)
    return Reading(
        leaf=leaf,
        content=content,
        page_id=0,
        ref="",
        audience=Page.Audience.EVERYONE,
        version=0,
        published_at=None,
        review_months=0,
        check=None,
    )


def cards(found: Reading) -> dict[str, Card]:
    """Return the alarm page's care cards by level; a level that the text lost comes from the file."""
    rows: dict[str, CareCard] = {one.level: one for one in found.content.care_cards}
    if set(LEVELS) - set(rows):
        shipped = reading(found.leaf.path, found.language)
        rows = {one.level: one for one in shipped.content.care_cards} | rows if shipped else rows
    return {level: card(one) for level, one in rows.items()}
