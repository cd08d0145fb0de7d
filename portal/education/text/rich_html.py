"""Clean rich text as readers see it: numbered citations, words to know, whole addresses, tables that stack.

The text was cleaned when it was saved; what comes in here was cleaned once more. Everything written is escaped.
"""

import re
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portal.education.showing.reading import Cited, Word
from portal.education.text import sanitize
from portal.education.text.rich_text import CITATION

NO_BREAK = "\N{NO-BREAK SPACE}"
# A number and its unit are never on two lines.
UNIT = re.compile(r"(?<=\d) (?=(?:mL|mcg|mg|cm|mm|kg|g|h)\b)")
# No word to know is linked inside these.
PLAIN_INSIDE = {"a", "h2", "h3", "caption", "th", "strong"}
ROLES = {
    "table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell",
}  # fmt: skip
OWN_PAGES = ("/learn/", "/help/")


class Notes:
    """What a page has said so far: which sources have a number, which words are linked."""

    def __init__(self, references: Mapping[str, Cited], words: Iterable[Word] = ()) -> None:
        self.references = references
        self.numbers: dict[str, int] = {}
        self.keys = {form.casefold(): word.key for word in words for form in word.forms}
        self.forms = whole_words(self.keys)
        self.linked: set[str] = set()

    def number(self, key: str) -> int | None:
        """Return the number of a source, giving it the next one at its first use; None when there is none."""
        if key not in self.references:
            return None
        return self.numbers.setdefault(key, len(self.numbers) + 1)

    @property
    def sources(self) -> list[Cited]:
        """Return the sources that have a number, in its order."""
        return [self.references[key] for key in self.numbers]


def whole_words(forms: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern of these forms, the longest first, as words of their own."""
    found = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{found})(?![\w-])", re.I) if found else None


def rich(html: str, notes: Notes, language: str, *, link_words: bool = True) -> SafeString:
    """Return clean rich text with what readers need added. `language` is that of the page's address."""
    writer = Writer(notes, language, link_words=link_words)
    writer.feed(sanitize.clean(html).html)
    writer.close()
    return mark_safe("".join(writer.parts))  # noqa: S308 every part was escaped or is our own


def line(text: str, notes: Notes | None = None) -> SafeString:
    """Return a plain sentence with its citations; without notes they are left out."""
    writer = Writer(notes or Notes({}), "en", link_words=False)
    writer.handle_data(text)
    return mark_safe("".join(writer.parts))  # noqa: S308 every part was escaped or is our own


def address(href: str, language: str) -> str:
    """Return a link's address in the language of the page."""
    return f"/es{href}" if language == "es" and href.startswith(OWN_PAGES) else href


class Writer(HTMLParser):
    """Writes rich text anew, piece by piece."""

    def __init__(self, notes: Notes, language: str, *, link_words: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.notes, self.language, self.link_words = notes, language, link_words
        self.parts: list[str] = []
        self.open: list[str] = []
        self.heads: list[str] = []
        self.column = -1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.parts.append(f"<{tag}{self.marks(tag, values)}>")
        if tag != "br":
            self.open.append(tag)

    def marks(self, tag: str, values: dict[str, str]) -> str:
        """Return the attributes of an element: those it came with, and those that help to read it."""
        if tag == "a":
            values = link(values.get("href", ""), self.language)
        elif tag == "table":
            self.heads = []
            values = {"class": "facts-table prose-table full", "role": "table"}
        elif tag == "tr":
            self.column = -1
            values = {"role": "row"}
        elif tag in ("td", "th"):
            values = self.cell(tag, values)
        elif tag in ROLES:
            values = {"role": ROLES[tag]}
        return "".join(f' {name}="{escape(value)}"' for name, value in values.items())

    def cell(self, tag: str, values: dict[str, str]) -> dict[str, str]:
        """Return a cell's role, and the heading of its column, which stands beside it on a narrow screen."""
        self.column += 1
        if tag == "th":
            is_head = "thead" in self.open
            if is_head:
                self.heads.append("")
            return values | {"role": "columnheader" if is_head else "rowheader"}
        head = self.heads[self.column].strip() if self.column < len(self.heads) else ""
        return {"role": "cell"} | ({"data-label": head} if head else {})

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        pieces = CITATION.split(data)
        for index, piece in enumerate(pieces):
            if index % 2:
                self.cite(piece)
            else:
                # The number stands close to its sentence, wherever the writer put the space.
                self.say(piece.rstrip(" ") if index + 1 < len(pieces) else piece)

    def say(self, text: str) -> None:
        text = UNIT.sub(NO_BREAK, text)
        if "thead" in self.open and "th" in self.open and self.heads:
            self.heads[-1] += text
        forms = self.notes.forms
        if forms is None or not self.link_words or not PLAIN_INSIDE.isdisjoint(self.open):
            self.parts.append(escape(text))
            return
        start = 0
        for match in forms.finditer(text):
            # Letters without a small form of their own, such as ı, fit a form that is spelled with others.
            key = self.notes.keys.get(match[0].casefold())
            if key and key not in self.notes.linked:
                self.notes.linked.add(key)
                self.parts += [escape(text[start : match.start()]), self.word(key, match[0])]
                start = match.end()
        self.parts.append(escape(text[start:]))

    def word(self, key: str, text: str) -> str:
        href = address(f"/learn/glossary/#{key}", self.language)
        return f'<a class="word" href="{escape(href)}">{escape(text)}</a>'

    def cite(self, key: str) -> None:
        number = self.notes.number(key)
        if number is not None:
            self.parts.append(citation(number))


def citation(number: int) -> str:
    label = escape(_("Source %(number)s") % {"number": number})
    return f'<sup class="cite"><a href="#source-{number}" aria-label="{label}">{number}</a></sup>'


def link(href: str, language: str) -> dict[str, str]:
    values = {"href": address(href, language)}
    return values if href.startswith(("/", "#")) else values | {"rel": "noopener"}
