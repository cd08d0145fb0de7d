#!/usr/bin/env python3
"""Keep the Spanish texts in step with templates and code, without GNU gettext.

catalogues.py update    collect the texts, keep their translations, compile
catalogues.py check     fail when a text is missing, untranslated, doubtful or not compiled
"""

import io
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("es",)
DOMAIN = "django"
SOURCES = ("templates", "portal", "patients", "pumps")
SKIPPED = {"static", "migrations", "__pycache__", "node_modules"}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
SHOWN = 30
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdf]|\{\w*\}")
HEADER = "# The portal's texts. make messages collects them; translate what is empty and remove “fuzzy” once checked."


def sources(root):
    """Return the files that may hold texts."""
    for folder in SOURCES:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".html", ".txt", ".py"} and not SKIPPED & set(path.relative_to(root).parts):
                yield path


def collected(root):
    """Return a catalogue of every text in templates and code."""
    catalogue = Catalog(domain=DOMAIN, charset="utf-8")
    for path in sources(root):
        name, text = path.relative_to(root).as_posix(), path.read_text()
        if path.suffix != ".py":
            text = templatize(text, origin=name)
        found = extract(
            "python", io.BytesIO(text.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"}
        )
        for line, message, comments, context in found:
            catalogue.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalogue


def folder_of(root, language):
    return root / "locale" / language / "LC_MESSAGES"


def stored(root, language):
    """Return the catalogue as it is kept, an empty one at first."""
    path = folder_of(root, language) / f"{DOMAIN}.po"
    if not path.exists():
        return Catalog(locale=language, domain=DOMAIN, charset="utf-8")
    with path.open("rb") as file:
        return pofile.read_po(file, locale=language, domain=DOMAIN)


def compiled(catalogue):
    """Return the bytes of a compiled catalogue; the same texts always give the same bytes."""
    catalogue.creation_date = catalogue.revision_date = SOME_DAY
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def written(catalogue):
    """Return the catalogue's text, the same for the same texts: no dates, no line numbers that every edit moves."""
    buffer = io.BytesIO()
    pofile.write_po(
        buffer,
        catalogue,
        width=120,
        sort_by_file=True,
        omit_header=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    header = (
        f'{HEADER}\nmsgid ""\nmsgstr ""\n"Language: {catalogue.locale_identifier}\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )
    return header.encode() + buffer.getvalue()


def reread(text, language):
    """Return what a catalogue's text says: what is compiled is what is kept."""
    return pofile.read_po(io.BytesIO(text), locale=language, domain=DOMAIN)


def update(root):
    """Bring each language's catalogue up to date and compile it."""
    template = collected(root)
    for language in LANGUAGES:
        catalogue = stored(root, language)
        catalogue.update(template, no_fuzzy_matching=False, update_header_comment=False)
        folder = folder_of(root, language)
        folder.mkdir(parents=True, exist_ok=True)
        text = written(catalogue)
        (folder / f"{DOMAIN}.po").write_bytes(text)
        (folder / f"{DOMAIN}.mo").write_bytes(compiled(reread(text, language)))
        undone = [message for message in catalogue if message.id and faults(message)]
        print(f"{language}: {len(catalogue)} texts, {len(undone)} to translate or to check")
    return []


def texts(message):
    """Return a message's originals and its translations, each as a list."""
    ids = list(message.id) if isinstance(message.id, tuple | list) else [message.id]
    strings = list(message.string) if isinstance(message.string, tuple | list) else [message.string]
    return ids, strings


def faults(message):
    """Return what is wrong with one translation."""
    ids, strings = texts(message)
    if message.fuzzy:
        return ["is marked fuzzy: check it and remove the mark"]
    if not all(strings):
        return ["is not translated"]
    wanted = set().union(*(PLACEHOLDER.findall(text) for text in ids))
    # A singular may say “one” in words, so a plural's forms need not hold every placeholder each.
    given = [set(PLACEHOLDER.findall(text)) for text in strings]
    if any(places - wanted for places in given) or wanted - set().union(*given):
        return [f"has other placeholders than the original: {', '.join(sorted(wanted))}"]
    return []


def wrong_with(root, language):
    """Return everything that keeps a language from being complete and fresh."""
    catalogue, wrong = stored(root, language), []
    for message in collected(root):
        if not message.id:
            continue
        first = texts(message)[0][0]
        kept = catalogue.get(first, message.context)
        problems = ["is not in the catalogue: make messages"] if kept is None else faults(kept)
        place = message.locations[0][0] if message.locations else "?"
        wrong += [f"{language}: “{first.strip()[:70]}” ({place}) {problem}" for problem in problems]
    path = folder_of(root, language) / f"{DOMAIN}.mo"
    if not path.exists() or path.read_bytes() != compiled(catalogue):
        wrong.append(f"{language}: {DOMAIN}.mo is older than {DOMAIN}.po: make messages")
    return wrong


def check(root):
    """Return what is wrong in any language."""
    return [fault for language in LANGUAGES for fault in wrong_with(root, language)]


def main(arguments):
    commands = {"update": update, "check": check}
    if len(arguments) != 1 or arguments[0] not in commands:
        sys.exit(__doc__)
    wrong = commands[arguments[0]](ROOT)
    for line in wrong[:SHOWN]:
        print(line)
    if len(wrong) > SHOWN:
        print(f"… and {len(wrong) - SHOWN} more")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
