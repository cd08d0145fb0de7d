"""The checks of lint.py over a whole tree of files, and the files brought into their one written form."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from portal.education.checks import lint
from portal.education.checks.lint import Finding
from portal.education.checks.pairing import pair_findings
from portal.education.checks.wording import ERROR
from portal.education.content import Content
from portal.education.filing import bundle as bundles
from portal.education.filing import files
from portal.education.filing.bundle import Bundle, file_of
from portal.education.filing.files import PageSettings
from portal.education.models import CareCard
from portal.education.text import sanitize

LEVELS = {level: place for place, level in enumerate(CareCard.Level.values)}


def tree_findings(bundle: Bundle, only: str = "") -> Iterator[tuple[str, Finding]]:
    """Give what is wrong with the pages at or below a path, by file."""
    around = {language: surroundings(bundle, language) for language in files.LANGUAGES}
    for page in bundle.pages:
        if below(page.path, only):
            for language in files.LANGUAGES:
                file = file_of(page.path, language)
                for finding in text_findings(bundle, page, language, around[language]):
                    yield file, finding


def surroundings(bundle: Bundle, language: str) -> dict[str, Any]:
    """Return what the checks of any text in a language need to know of the others."""
    return {
        "references": {reference.key for reference in bundle.references},
        "words": bundle.words(language),
        "places": bundle.places(language),
        "images": {image.ref for image in bundle.images},
    }


def text_findings(bundle: Bundle, page: PageSettings, language: str, around: dict[str, Any]) -> list[Finding]:
    """Return what is wrong with one text; the Spanish one is also held against the English."""
    content, english = bundle.texts.get((page.path, language)), bundle.texts.get((page.path, "en"))
    if content is None:
        missing = Finding(ERROR, "file", _("The text is missing."), "missing")
        return [] if page.layout == "folder" else [missing]
    found = lint.findings(content, language=language, grade=page.grade, layout=page.layout, **around)
    return found + (pair_findings(english, content) if english and language == "es" else [])


def below(path: str, only: str) -> bool:
    return not only or path == only or path.startswith(f"{only}/")


def grades(bundle: Bundle, only: str = "") -> Iterator[tuple[str, int, dict[str, float]]]:
    """Give each page with its target and the grade of its text in each language."""
    for page in bundle.pages:
        told = {
            language: lint.grade_of(bundle.texts[page.path, language], language, bundle.words(language))
            for language in files.LANGUAGES
            if (page.path, language) in bundle.texts
        }
        if told and below(page.path, only):
            yield page.path, page.grade, told


def cleaned(content: Content) -> tuple[Content, list[str]]:
    """Return a page in its only written form, with rich text made safe, and what was taken out."""
    body = sanitize.clean(content.body)
    answers = [sanitize.clean(one.answer) for one in content.questions]
    questions = tuple(
        replace(one, answer=answer.html) for one, answer in zip(content.questions, answers, strict=True)
    )
    removed = [sentence for text in (body, *answers) for sentence in text.removed]
    cards = tuple(sorted(content.care_cards, key=lambda card: LEVELS.get(card.level, len(LEVELS))))
    return replace(content, body=body.html, questions=questions, care_cards=cards), removed


def not_canonical(folder: Path, bundle: Bundle, only: str = "") -> Iterator[tuple[str, Finding]]:
    """Give the files that are not written as an export writes them."""
    for file in bundles.differing(canonical(bundle), folder):
        if in_scope(file, only):
            message = _("Not in its written form: lint_content --rewrite brings it there.")
            yield file, Finding(ERROR, "file", message, "form")


def rewrite(folder: Path, bundle: Bundle, only: str = "") -> Iterator[str]:
    """Bring the files of the pages at or below a path into their written form; give the names of those that changed."""
    for file, data in bundles.differing(canonical(bundle), folder).items():
        if in_scope(file, only):
            (folder / file).write_bytes(data)
            yield file


def in_scope(file: str, only: str) -> bool:
    """Return whether a file is of a page at or below a path; libraries are of the whole tree."""
    return below(file.partition("/")[2].removesuffix(".toml"), only)


def canonical(bundle: Bundle) -> Bundle:
    texts = {place: cleaned(content)[0] for place, content in bundle.texts.items()}
    return replace(bundle, texts=texts)
