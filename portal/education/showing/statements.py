"""The two statements behind every public page, as text: the same for PostgreSQL and SQLite (3.38 and later).

Django would put them together anew for each page, which takes longer than running them. Times go in and out as
each database keeps them; `moment` makes one of both.
"""

import datetime
from typing import Any

from django.db import connection

# Nobody reads a longer list, and no page may grow without end.
MOST_BELOW = 100

# Slugs are compared byte by byte, as Python puts pages in order, whatever language the server sorts in. PostgreSQL
# finds the texts faster when it may look into `page`, SQLite when it may not.
WORDS = {
    "postgresql": {"bytes": '"C"', "first": "NOT MATERIALIZED"},
    "sqlite": {"bytes": "BINARY", "first": "MATERIALIZED"},
}

# `page` is the page itself, those above it ({trail}), those below it, the one before and the one after it. They are
# chosen first, by index, and their texts fetched then: a folder may hold thousands. CROSS JOIN keeps SQLite to the
# order of the tables, and a value that must not be NULL keeps PostgreSQL from reading every publication: where most
# pages stand in one folder, both would think that every folder is as large.
# `whole` is the text of the page itself; of a list of questions below it, the questions. `changes_at` is when the
# clock next shows or hides something on any page: a publication that is to come begins before it ends.
PAGE = """
WITH
live AS NOT MATERIALIZED (
    SELECT text.page_id, text.language, shown.version_id, shown.starts_at
    FROM education_publication shown JOIN education_translation text ON text.id = shown.translation_id
    WHERE text.language IN (%(language)s, 'en') AND shown.withdrawn_at IS NULL
        AND shown.starts_at <= %(now)s AND (shown.ends_at IS NULL OR shown.ends_at > %(now)s)
),
own AS (SELECT * FROM education_page WHERE path = %(path)s),
below AS (
    SELECT page.* FROM own CROSS JOIN education_page page
    WHERE page.parent_id = own.id AND (SELECT live.page_id FROM live WHERE live.page_id = page.id LIMIT 1) IS NOT NULL
    ORDER BY page.position, page.path COLLATE {bytes} LIMIT {most}
),
before AS (
    SELECT page.* FROM own CROSS JOIN education_page page
    WHERE page.parent_id = own.parent_id
        AND (page.position, page.path COLLATE {bytes}) < (own.position, own.path COLLATE {bytes})
        AND (SELECT live.page_id FROM live WHERE live.page_id = page.id LIMIT 1) IS NOT NULL
    ORDER BY page.position DESC, page.path COLLATE {bytes} DESC LIMIT 1
),
after AS (
    SELECT page.* FROM own CROSS JOIN education_page page
    WHERE page.parent_id = own.parent_id
        AND (page.position, page.path COLLATE {bytes}) > (own.position, own.path COLLATE {bytes})
        AND (SELECT live.page_id FROM live WHERE live.page_id = page.id LIMIT 1) IS NOT NULL
    ORDER BY page.position, page.path COLLATE {bytes} LIMIT 1
),
page AS {first} (
    SELECT * FROM education_page WHERE path IN ({trail})
    UNION ALL SELECT * FROM below UNION ALL SELECT * FROM before UNION ALL SELECT * FROM after
)
SELECT page.path, live.language, page.layout, page.position,
    version.content ->> 'title', version.content ->> 'menu_title', version.content ->> 'description',
    CASE WHEN page.path = %(path)s THEN CAST(version.content AS text)
        WHEN page.layout = 'questions' AND page.parent_id = (SELECT id FROM own)
            THEN version.content ->> 'questions' END AS whole,
    page.id, page.ref, page.audience, page.review_months, version.number, live.starts_at,
    checked.name, checked.role, clinic.name, checked.approved_on, checked.next_review_on,
    (SELECT MIN(CASE WHEN starts_at > %(now)s THEN starts_at ELSE ends_at END) FROM education_publication
        WHERE withdrawn_at IS NULL AND (starts_at > %(now)s OR ends_at > %(now)s)) AS changes_at
FROM page CROSS JOIN live CROSS JOIN education_version version
LEFT JOIN education_approval checked ON page.path = %(path)s AND checked.id = (
    SELECT id FROM education_approval WHERE version_id = live.version_id ORDER BY approved_on DESC, id DESC LIMIT 1)
LEFT JOIN accounts_clinic clinic ON clinic.id = checked.clinic_id
WHERE live.page_id = page.id AND version.id = live.version_id
"""

SHELF = """
SELECT 'word', term.key, text.word, text.other_forms, '', '', ''
FROM education_termtext text JOIN education_term term ON term.id = text.term_id WHERE text.language = %s
UNION ALL
SELECT 'cited', key, authors, title, title_language, published_in, url
FROM education_reference WHERE key IN ({keys})
"""


def near(path: str, language: str, now: datetime.datetime) -> list[tuple[Any, ...]]:
    """Return what is live at an address and around it."""
    parts = path.split("/")
    trail = {f"trail{end}": "/".join(parts[:end]) for end in range(1, len(parts) + 1)}
    names = ", ".join(f"%({name})s" for name in trail)
    sql = PAGE.format(**WORDS[connection.vendor], most=MOST_BELOW, trail=names)
    shown_at = connection.ops.adapt_datetimefield_value(now)
    return fetched(sql, {"path": path, "language": language, "now": shown_at, **trail})


def shelf(language: str, keys: list[str]) -> list[tuple[Any, ...]]:
    """Return the words of a language and the references of these keys."""
    return fetched(SHELF.format(keys=", ".join(["%s"] * len(keys)) or "''"), [language, *keys])


def fetched(sql: str, params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def moment(found: datetime.datetime | str | None) -> datetime.datetime | None:
    """Return a moment with its zone: SQLite leaves out that it is UTC, and hands out what it worked out as text."""
    if isinstance(found, str):
        found = datetime.datetime.fromisoformat(found)
    return found.replace(tzinfo=datetime.UTC) if found and found.tzinfo is None else found
