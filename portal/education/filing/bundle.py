"""The whole tree as a folder of files: tree.toml, references.toml, glossary.toml, images/, <language>/<path>.toml."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from portal.education.content import Content
from portal.education.filing import files
from portal.education.filing.files import LANGUAGES, ImageRow, PageSettings, ReferenceRow, TermRow, Wrong
from portal.education.models.pages import RESERVED, Page
from portal.education.showing.help_files import LAYOUTS
from portal.education.text.rich_text import headings
from portal.fields import JOINERS, UNSEEN

PATH = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)*")
LIBRARY_FILES = {
    "pages": "tree.toml",
    "references": "references.toml",
    "terms": "glossary.toml",
    "images": "images/images.toml",
}


@dataclass(slots=True)
class Bundle:
    """Everything that the files of a folder say. `texts` are by path and language."""

    pages: list[PageSettings] = field(default_factory=list)
    references: list[ReferenceRow] = field(default_factory=list)
    terms: list[TermRow] = field(default_factory=list)
    images: list[ImageRow] = field(default_factory=list)
    texts: dict[tuple[str, str], Content] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)

    def words(self, language: str) -> set[str]:
        """Return every form of the words to know."""
        told = [getattr(term, language) for term in self.terms]
        return {form for words in told for form in (words.word, *words.other_forms)}

    def places(self, language: str) -> dict[str, set[str]]:
        """Return the ids that links can lead to on each page, in a language."""
        return {page.path: ids(self.texts.get((page.path, language))) for page in self.pages} | {
            "learn/glossary": {term.key for term in self.terms},
            "learn/references": {reference.key for reference in self.references},
        }


def ids(content: Content | None) -> set[str]:
    if content is None:
        return set()
    return {anchor for anchor, _text in headings(content.body)} | {one.anchor for one in content.questions}


def file_of(path: str, language: str) -> str:
    return f"{language}/{path}.toml"


def read(folder: Path) -> tuple[Bundle, list[str]]:
    """Return what a folder says, and everything that is wrong with its files."""
    bundle, wrong = Bundle(), []
    for name, file in LIBRARY_FILES.items():
        try:
            setattr(bundle, name, read_library(folder, name, file))
        except Wrong as error:
            wrong.append(str(error))
    for file, path, language in text_files(folder):
        try:
            bundle.texts[path, language] = files.parse(text_of(folder, file), file)
        except Wrong as error:
            wrong.append(str(error))
    for image in bundle.images:
        picture = folder / "images" / Path(image.file).name
        if picture.is_file():
            bundle.pictures[image.ref] = picture.read_bytes()
    return bundle, [*wrong, *inconsistent(bundle)]


def read_library(folder: Path, name: str, file: str) -> list:
    if not (folder / file).is_file():
        return []
    return files.parse_library(text_of(folder, file), name, file)


def text_of(folder: Path, file: str) -> str:
    try:
        return (folder / file).read_bytes().decode()
    except UnicodeDecodeError as error:
        raise Wrong(f"{file}: is not UTF-8") from error
    except OSError as error:
        raise Wrong(f"{file}: {error.strerror}") from error


def text_files(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Give each page's file with its path and language."""
    for language in LANGUAGES:
        for file in sorted(one for one in (folder / language).glob("**/*.toml") if one.is_file()):
            path = file.relative_to(folder / language).with_suffix("").as_posix()
            yield file_of(path, language), path, language


def inconsistent(bundle: Bundle) -> Iterator[str]:
    """Give what the files contradict each other in."""
    known = set()
    for page in bundle.pages:
        above = page.path.rpartition("/")[0]
        if not PATH.fullmatch(page.path):
            yield f"tree.toml: {page.path}: path: small letters, digits, hyphens and slashes only"
        elif not set(RESERVED).isdisjoint(page.path.split("/")):
            yield f"tree.toml: {page.path}: path: the portal uses a part of it itself"
        elif above and above not in known:
            yield f"tree.toml: {page.path}: path: the page above it must come before it"
        if (page.path in LAYOUTS or page.layout in Page.PROTECTED) and page.layout != LAYOUTS.get(page.path):
            yield f"tree.toml: {page.path}: layout: the help pages keep theirs, and no other page has it"
        if page.path in known:
            yield f"tree.toml: {page.path}: path: twice"
        known.add(page.path)
    for path, language in bundle.texts:
        if path not in known:
            yield f"{file_of(path, language)}: tree.toml has no page {path}"
        yield from hidden(asdict(bundle.texts[path, language]), file_of(path, language))
    for name, file in LIBRARY_FILES.items():
        for row in getattr(bundle, name):
            yield from hidden(asdict(row), file)
    for name, key in (("references", "key"), ("terms", "key"), ("images", "ref")):
        yield from repeated(LIBRARY_FILES[name], key, [getattr(row, key) for row in getattr(bundle, name)])
    for image in bundle.images:
        if not re.fullmatch("[0-9a-f]{32}", image.ref):
            yield f"{LIBRARY_FILES['images']}: {image.ref}: ref: 32 digits and letters from a to f"
        if image.ref not in bundle.pictures:
            yield f"{LIBRARY_FILES['images']}: {image.ref}: file: {image.file} is not there"


def hidden(value: Any, where: str) -> Iterator[str]:
    """Give where a text holds a character that nobody can see. Rich text is cleaned of them elsewhere."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from () if name in files.RICH else hidden(inner, f"{where}: {name}")
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from hidden(inner, where)
    elif isinstance(value, str):
        found = {one for one in value if unicodedata.category(one) in UNSEEN and one not in JOINERS + "\n"}
        yield from (f"{where}: holds U+{ord(one):04X}, which cannot be seen" for one in sorted(found))


def repeated(file: str, field_name: str, keys: list[str]) -> Iterator[str]:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"{file}: {key}: {field_name}: twice"


def texts(bundle: Bundle) -> dict[str, bytes]:
    """Return every file of the folder by its name, as it is written."""
    libraries = {
        LIBRARY_FILES[name]: files.dump_library(name, in_order(bundle, name)) for name in LIBRARY_FILES
    }
    pages = {
        file_of(path, language): files.dump(content) for (path, language), content in bundle.texts.items()
    }
    written = {file: text.encode() for file, text in (libraries | pages).items() if text}
    return written | {
        f"images/{image.file}": bundle.pictures[image.ref]
        for image in bundle.images
        if image.ref in bundle.pictures
    }


def in_order(bundle: Bundle, name: str) -> list:
    """Return the rows of a library in the order of its file: pages as the tree, the others by their key."""
    if name == "pages":
        places = {page.path: page.position for page in bundle.pages}
        return sorted(bundle.pages, key=lambda page: steps(page.path, places))
    return sorted(getattr(bundle, name), key=lambda row: row.ref if name == "images" else row.key)


def steps(path: str, places: dict[str, int]) -> list[tuple[int, str]]:
    parts = path.split("/")
    above = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    return [(places.get(step, 0), step) for step in above]


def differing(bundle: Bundle, folder: Path) -> dict[str, bytes]:
    """Return the files that say something else in a folder, or are not there."""
    written = texts(bundle)
    return {
        file: written[file]
        for file in sorted(written)
        if not (folder / file).is_file() or (folder / file).read_bytes() != written[file]
    }


def write(bundle: Bundle, folder: Path) -> None:
    for file, data in texts(bundle).items():
        place = folder / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
