"""The databases' own full-text search over SearchEntry: made by a migration, kept up by the database itself.

PostgreSQL: a generated tsvector with its stems by language. SQLite: an FTS5 table for each language, kept by
triggers; it has stems for English only, words.py helps out for Spanish. A migration that changes the table of
SearchEntry makes SQLite build it anew without the triggers: it has to call `remove` before and `install` after.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from portal.education.finding import words

TABLE = "education_searchentry"
FIELDS = ("title_words", "question_words", "lead_words", "body_words")
COLUMNS = ", ".join(FIELDS)
LANGUAGES = {"en": "english", "es": "spanish"}


def vector(config: str) -> str:
    weighted = zip(FIELDS, "ABCD", strict=True)
    return " || ".join(f"setweight(to_tsvector('{config}', {name}), '{weight}')" for name, weight in weighted)


POSTGRESQL = [
    f"ALTER TABLE {TABLE} ADD COLUMN vector tsvector GENERATED ALWAYS AS"
    f" (CASE language WHEN 'es' THEN {vector('spanish')} ELSE {vector('english')} END) STORED",
    f"CREATE INDEX {TABLE}_vector ON {TABLE} USING gin (vector)",
]
REMOVE_POSTGRESQL = [f"ALTER TABLE {TABLE} DROP COLUMN vector"]
TOKENIZERS = {"en": "porter unicode61 remove_diacritics 2", "es": "unicode61 remove_diacritics 2"}
TRIGGERS = {"insert": ("new",), "delete": ("old",), "update": ("old", "new")}


# What is called just that, then the best; of those that fit equally well pages, then questions, then words.
LIVE = "(e.publication_id IS NULL OR EXISTS ({live}))"
POSTGRESQL_FIND = (
    f"SELECT e.id FROM {TABLE} e, to_tsquery(%s::regconfig, %s) q"  # noqa: S608 - names are ours
    f" WHERE e.vector @@ q AND e.language = %s AND {LIVE}"
    " ORDER BY (e.title_words = %s) DESC, ts_rank(e.vector, q) DESC, e.kind, e.id LIMIT %s"
)
SQLITE_FIND = (
    f"SELECT e.id FROM {{fts}} JOIN {TABLE} e ON e.id = {{fts}}.rowid"  # noqa: S608 - names are ours
    f" WHERE {{fts}} MATCH %s AND {LIVE}"
    " ORDER BY (e.title_words = %s) DESC, bm25({fts}, 10.0, 4.0, 2.0, 1.0), e.kind, e.id LIMIT %s"
)


def fts(language: str) -> str:
    return f"education_search_{language}"


def sqlite(language: str) -> list[str]:
    """Return what makes the index of one language."""
    table = fts(language)
    return [
        f"CREATE VIRTUAL TABLE {table} USING fts5({COLUMNS}, content='{TABLE}', content_rowid='id',"
        f" tokenize='{TOKENIZERS[language]}')",
        *(
            f"CREATE TRIGGER {table}_{verb} AFTER {verb} ON {TABLE} WHEN {rows[0]}.language = '{language}'"
            f" BEGIN {' '.join(follow(table, row) for row in rows)} END"
            for verb, rows in TRIGGERS.items()
        ),
    ]


def follow(table: str, row: str) -> str:
    """Return the statement that brings a row into the index, or takes what it said out."""
    values = ", ".join(f"{row}.{name}" for name in FIELDS)
    if row == "new":
        return f"INSERT INTO {table}(rowid, {COLUMNS}) VALUES (new.id, {values});"  # noqa: S608 - names are ours
    return f"INSERT INTO {table}({table}, rowid, {COLUMNS}) VALUES ('delete', old.id, {values});"  # noqa: S608


def install(schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        run(schema_editor, POSTGRESQL)
    else:
        for language in LANGUAGES:
            run(schema_editor, sqlite(language))


def remove(schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        run(schema_editor, REMOVE_POSTGRESQL)
        return
    for language in LANGUAGES:
        table = fts(language)
        run(schema_editor, [f"DROP TRIGGER IF EXISTS {table}_{verb}" for verb in TRIGGERS])
        run(schema_editor, [f"DROP TABLE IF EXISTS {table}"])


def run(schema_editor: Any, statements: Sequence[str]) -> None:
    for statement in statements:
        schema_editor.execute(statement)


def query_of(asked: Sequence[words.Asked], language: str, *, every: bool) -> str:
    """Return the words as the database's own query; each one is quoted, none can be taken for syntax."""
    if connection.vendor == "postgresql":
        return (" & " if every else " | ").join(map(for_postgresql, asked))
    return (" AND " if every else " OR ").join(for_sqlite(one, language) for one in asked)


def for_postgresql(one: words.Asked) -> str:
    forms = [f"'{word}'" for word in (one.word, *one.same)]
    if one.is_begun:
        forms[0] += ":*"
    return f"({' | '.join(forms)})"


def for_sqlite(one: words.Asked, language: str) -> str:
    forms = [form_for_sqlite(word, language) for word in (one.word, *one.same)]
    if one.is_begun:
        stem = words.stem(one.word, language) if language == "es" else one.word
        forms.append(f'"{stem}"*')
    return f"({' OR '.join(forms)})"


def form_for_sqlite(word: str, language: str) -> str:
    """Return a word; in Spanish, for which there are no stems, whatever begins like it."""
    stem = words.stem(word, language)
    return f'"{stem}"*' if language == "es" and len(stem) >= words.SHORTEST_STEM else f'"{word}"'
