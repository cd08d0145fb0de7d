"""What stands around the text of every page: trail, neighbours, twin, who checked it, what search engines read."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import gettext as _

from portal import dates
from portal.education.showing import structured
from portal.education.showing.reading import Check, Leaf, Reading
from portal.education.text.rich_html import address

OVERDUE = datetime.timedelta(days=90)
SOCIAL = {"en": "portal/social.png", "es": "portal/social-es.png"}
FOLDER = settings.BASE_DIR / "portal" / "static"


@dataclass(frozen=True, slots=True)
class Link:
    """A page to go to; `language` is given where its words are not in the language of the page under way."""

    url: str
    label: str
    title: str
    description: str
    language: str
    layout: str
    asked: tuple[tuple[str, str], ...]


def link(leaf: Leaf, language: str) -> Link:
    return Link(
        url=address(f"/{leaf.path}/", language),
        label=leaf.label,
        title=leaf.title,
        description=leaf.description,
        language="" if leaf.language == language else leaf.language,
        layout=leaf.layout,
        asked=leaf.asked,
    )


def around(reading: Reading, language: str, today: datetime.date) -> dict[str, Any]:
    """Return the values that base_page.html shows beside the text."""
    return {
        "page": reading,
        "language": language,
        "is_stand_in": reading.language != language,
        "crumbs": [link(leaf, language) for leaf in reading.trail],
        "below": [link(leaf, language) for leaf in reading.below],
        "changed_on": reading.published_at.date() if reading.published_at else None,
        "checked": checked(reading.check, language),
        "is_overdue": reading.check is not None and today > reading.check.next_review_on + OVERDUE,
        "twin_path": address(f"/{reading.leaf.path}/", "en" if language == "es" else "es"),
        **neighbours(reading, language),
        **head(reading, language),
    }


def neighbours(reading: Reading, language: str) -> dict[str, Link | None]:
    """Return the pages before and after this one among those of the same parent."""
    paths = [leaf.path for leaf in reading.beside]
    if reading.leaf.path not in paths:
        return {"previous": None, "next": None}
    place = paths.index(reading.leaf.path)
    before, after = reading.beside[:place], reading.beside[place + 1 :]
    return {
        "previous": link(before[-1], language) if before else None,
        "next": link(after[0], language) if after else None,
    }


def checked(check: Check | None, language: str) -> str:
    """Return who vouches for the text, in one line."""
    if check is None:
        return _("Not yet checked by your clinic.")
    who = ", ".join(filter(None, (check.name, check.role, check.clinic)))
    words = {
        "who": who,
        "day": dates.long(check.approved_on, language, weekday=False),
        "next": dates.long(check.next_review_on, language, weekday=False),
    }
    return _("Checked by %(who)s, on %(day)s. Next check: %(next)s.") % words


def head(reading: Reading, language: str) -> dict[str, Any]:
    """Return what stands in the head of the page for search engines and previews."""
    path = f"/{reading.leaf.path}/"
    url = settings.PUBLIC_URL + address(path, language)
    home = settings.PUBLIC_URL + ("/es/" if language == "es" else "/")
    trail = [(_("Home"), home)]
    trail += [
        (leaf.label, settings.PUBLIC_URL + address(f"/{leaf.path}/", language)) for leaf in reading.trail
    ]
    return {
        "canonical": url,
        "english_url": settings.PUBLIC_URL + path,
        "spanish_url": settings.PUBLIC_URL + address(path, "es"),
        "social_image": social_image(language),
        "json_ld": structured.described(reading, url, [*trail, (reading.leaf.label, url)]),
    }


def social_image(language: str) -> str:
    """Return the address of the picture that previews show; nothing while there is none."""
    name = SOCIAL[language]
    return settings.PUBLIC_URL + static(name) if (FOLDER / name).exists() else ""
