"""References and words to know, between their rows and their files."""

import hashlib
import json
from dataclasses import asdict, fields
from typing import Any

from portal.education.filing.files import ReferenceRow, TermRow, TermWords
from portal.education.models import Reference, Term, TermText

REFERENCE_FIELDS = [f.name for f in fields(ReferenceRow)]


def digest(row: Any) -> str:
    """Return what tells two rows apart."""
    return hashlib.sha256(json.dumps(asdict(row), sort_keys=True, default=str).encode()).hexdigest()


def read_reference(reference: Reference) -> ReferenceRow:
    return ReferenceRow(**{name: getattr(reference, name) for name in REFERENCE_FIELDS})


def read_words(text: TermText) -> TermWords:
    return TermWords(text.word, text.meaning, text.say_it, tuple(text.forms[1:]))


def read_terms() -> list[TermRow]:
    """Return the words to know that stand in both languages."""
    found: dict[str, dict[str, TermWords]] = {}
    for text in TermText.objects.select_related("term").order_by("term__key"):
        found.setdefault(text.term.key, {})[text.language] = read_words(text)
    return [TermRow(key, **words) for key, words in found.items() if {"en", "es"} <= set(words)]


def load_references(rows: list[ReferenceRow], kept: list[str]) -> None:
    """Add what is missing and renew what nobody edited; name in `kept` what is newer but was edited here."""
    known = {one.key: one for one in Reference.objects.all()}
    Reference.objects.bulk_create(
        Reference(**asdict(row), shipped_digest=digest(row)) for row in rows if row.key not in known
    )
    for row in rows:
        if row.key in known and is_newer(row, known[row.key], read_reference, kept, f"reference {row.key}"):
            write_reference(known[row.key], row, digest(row))


def write_reference(reference: Reference, row: ReferenceRow, shipped_digest: str = "") -> None:
    for name in REFERENCE_FIELDS:
        setattr(reference, name, getattr(row, name))
    reference.shipped_digest = shipped_digest
    reference.save()


def is_newer(row: Any, stored: Any, read: Any, kept: list[str], name: str) -> bool:
    """Return whether a file says something new about a row that nobody edited."""
    now, here = digest(row), digest(read(stored))
    if now in (here, stored.shipped_digest):
        return False
    if here != stored.shipped_digest:
        kept.append(name)
        return False
    return True


def load_terms(rows: list[TermRow], kept: list[str]) -> tuple[list[TermText], list[TermText]]:
    """Do the same for words to know; return the meanings that were added and those that changed."""
    terms = {term.key: term for term in Term.objects.all()}
    new = [Term(key=row.key) for row in rows if row.key not in terms]
    terms |= {term.key: term for term in Term.objects.bulk_create(new)}
    known = {(one.term.key, one.language): one for one in TermText.objects.select_related("term")}
    added, changed = [], []
    for row in rows:
        for language in ("en", "es"):
            words, text = getattr(row, language), known.get((row.key, language))
            if text is None:
                added.append(make_text(terms[row.key], language, words))
            elif is_newer(words, text, read_words, kept, f"word {row.key} ({language})"):
                write_words(text, words, digest(words))
                changed.append(text)
    return TermText.objects.bulk_create(added), changed


def make_text(term: Term, language: str, words: TermWords) -> TermText:
    return TermText(term=term, language=language, **word_values(words), shipped_digest=digest(words))


def word_values(words: TermWords) -> dict[str, str]:
    return asdict(words) | {"other_forms": "\n".join(words.other_forms)}


def write_words(text: TermText, words: TermWords, shipped_digest: str = "") -> None:
    for name, value in word_values(words).items():
        setattr(text, name, value)
    text.shipped_digest = shipped_digest
    text.save()
