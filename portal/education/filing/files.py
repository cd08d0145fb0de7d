"""Education pages as files: one TOML text for each page and language, and the libraries beside them.

The same content always gives the same bytes, so that what was exported can be compared and brought back unchanged.
"""

import datetime
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, get_args

import tomli_w

from portal.education.content import BLOCKS, Content

LANGUAGES = ("en", "es")
RICH = ("body", "answer")
# Rich text with these cannot stand as it is between three quotes.
NOT_LITERAL = re.compile(r"'''|'$|[\x00-\x08\x0b-\x1f\x7f]")


class Wrong(ValueError):
    """What is wrong with a file: its name and the field."""


@dataclass(frozen=True, slots=True)
class PageSettings:
    """A page of tree.toml: where it stands and what kind it is."""

    path: str
    layout: str = "article"
    position: int = 0
    audience: str = "everyone"
    grade: int = 6
    review_months: int = 12


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    key: str
    title: str
    taken_en: str
    taken_es: str
    authors: str = ""
    title_language: str = "en"
    published_in: str = ""
    url: str = ""
    funding_en: str = ""
    funding_es: str = ""
    checked_on: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class TermWords:
    word: str
    meaning: str
    say_it: str = ""
    other_forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TermRow:
    key: str
    en: TermWords
    es: TermWords


@dataclass(frozen=True, slots=True)
class ImageRow:
    """An image of the library; `file` stands beside images.toml, named by its ref."""

    ref: str
    file: str
    title: str
    alt_en: str
    alt_es: str


# The order in which a library's file names what it says.
ORDER = {
    ReferenceRow: (
        "key", "authors", "title", "title_language", "published_in", "url",
        "taken_en", "taken_es", "funding_en", "funding_es", "checked_on",
    ),
    TermWords: ("word", "say_it", "meaning", "other_forms"),
}  # fmt: skip
HEAD = {
    "pages": "# The pages: where each stands, what kind it is, which school grade its words aim at.\n"
    "# Their texts are <language>/<path>.toml beside this file.\n\n"
}
LIBRARIES: dict[str, type] = {
    "pages": PageSettings,
    "references": ReferenceRow,
    "terms": TermRow,
    "images": ImageRow,
}


def unix_lines(value: Any) -> Any:
    """Return texts, lists and tables with \\n at the end of every line: TOML knows no other."""
    if isinstance(value, dict):
        return {key: unix_lines(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [unix_lines(inner) for inner in value]
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def dump(content: Content) -> str:
    """Return a page in one language as the text of its file."""
    said = unix_lines(content.to_dict())
    names = [f.name for f in fields(Content) if f.name in said]
    text = "".join(line(name, said[name]) for name in names if name not in BLOCKS)
    return text + "".join(
        f"\n[[{name}]]\n" + "".join(line(key, value) for key, value in row.items())
        for name in names
        if name in BLOCKS
        for row in said[name]
    )


def line(name: str, value: Any) -> str:
    """Return one value of a file. Rich text keeps its quotes as they are."""
    if name in RICH and value.endswith("\n") and not NOT_LITERAL.search(value):
        return f"{name} = '''\n{value}'''\n"
    return tomli_w.dumps({name: value}, multiline_strings=True)


def parse(text: str, name: str) -> Content:
    """Read the text of a page's file; `name` is told when it is wrong."""
    return build(Content, table(text, name), f"{name}: ")


def table(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Wrong(f"{name}: {error}") from error
    except RecursionError:
        raise Wrong(f"{name}: lists within lists without end") from None


def build(cls: type, values: Any, where: str) -> Any:
    """Return a dataclass from what a file says. Raise Wrong with the file and the field."""
    if not isinstance(values, dict):
        raise Wrong(f"{where.rstrip(': .')}: must be a table")
    known = {f.name: f for f in fields(cls)}
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise Wrong(f"{where}{', '.join(unknown)}: no such field")
    missing = [
        name
        for name, f in known.items()
        if name not in values and f.default is MISSING and f.default_factory is MISSING
    ]
    if missing:
        raise Wrong(f"{where}{', '.join(missing)}: missing")
    return cls(**{name: built(known[name].type, value, f"{where}{name}") for name, value in values.items()})


def built(kind: Any, value: Any, where: str) -> Any:
    """Return one value as the type of its field asks."""
    if isinstance(kind, type) and is_dataclass(kind):
        return build(kind, value, f"{where}.")
    if getattr(kind, "__origin__", None) is tuple:
        if not isinstance(value, list):
            raise Wrong(f"{where}: must be a list")
        inner = get_args(kind)[0]
        return tuple(built(inner, one, f"{where}[{i}]") for i, one in enumerate(value, 1))
    kinds = tuple(one for one in get_args(kind) or (kind,) if one is not type(None))
    if type(value) not in kinds:
        names = {str: "a text", int: "a whole number", datetime.date: "a date"}
        raise Wrong(f"{where}: must be {names[kinds[0]]}")
    return value


def dump_library(name: str, rows: Sequence[Any]) -> str:
    """Return a library as the text of its file: pages, references, terms or images."""
    return HEAD.get(name, "") + "\n".join(f"[[{name}]]\n" + library_row(name, row) for row in rows)


def library_row(name: str, row: Any) -> str:
    plain = {key: value for key, value in said(row).items() if not isinstance(value, dict)}
    tables = {key: value for key, value in said(row).items() if isinstance(value, dict)}
    return "".join(line(key, value) for key, value in plain.items()) + "".join(
        f"\n[{name}.{key}]\n" + "".join(line(inner, value) for inner, value in values.items())
        for key, values in tables.items()
    )


def said(row: Any) -> Mapping[str, Any]:
    """Return what a row says that is not empty or as usual, in the order of its file."""
    names = ORDER.get(type(row)) or [f.name for f in fields(row)]
    usual = {f.name: f.default for f in fields(row)}
    values = {name: getattr(row, name) for name in names}
    return {
        name: said(value) if is_dataclass(value) else unix_lines(value)
        for name, value in values.items()
        if value not in (usual[name], "", None, ())
    }


def parse_library(text: str, name: str, file: str) -> list[Any]:
    """Read a library's file."""
    values = table(text, file)
    unknown = sorted(set(values) - {name})
    if unknown:
        raise Wrong(f"{file}: {', '.join(unknown)}: no such field")
    rows = values.get(name, [])
    if not isinstance(rows, list):
        raise Wrong(f"{file}: {name}: must be a list")
    return [build(LIBRARIES[name], row, f"{file}: {name}[{i}].") for i, row in enumerate(rows, 1)]
