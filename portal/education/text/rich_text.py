"""Rich text of the allow-list, read apart: sections, headings, words. Everything here is pure.

What comes in was cleaned by sanitize.clean: well-formed, and of these elements only.
"""

import re
import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser

ELEMENTS = (
    "p", "h2", "h3", "ul", "ol", "li", "strong", "a", "br",
    "table", "caption", "thead", "tbody", "tr", "th", "td", "span",
)  # fmt: skip
ATTRIBUTES = {"a": ("href",), "th": ("scope",), "span": ("lang",)}
CITATION = re.compile(r"\[\[([a-z0-9]+(?:-[a-z0-9]+)*)\]\]")
HEADING = re.compile(r"<h2>(.*?)</h2>", re.S)
OPENS_A_LINE = (
    "p",
    "h2",
    "h3",
    "ul",
    "ol",
    "li",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "br",
)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its id and what stands below it, up to the next one. The first may have no heading."""

    anchor: str
    heading: str
    html: str


def sections(body: str) -> list[Section]:
    """Return the body cut at its h2 headings; text before the first one is a section without a heading."""
    parts = HEADING.split(body)
    found = [Section("", "", parts[0].strip())] if parts[0].strip() else []
    taken: set[str] = set()
    for title, html in zip(parts[1::2], parts[2::2], strict=True):
        text = plain_text(title)
        found.append(Section(unique(slug(text), taken), text, html.strip()))
    return found


def headings(body: str) -> list[tuple[str, str]]:
    """Return (id, text) of each h2."""
    return [(section.anchor, section.heading) for section in sections(body) if section.anchor]


def slug(text: str) -> str:
    """Return a heading as an id: small letters without accents, digits, hyphens."""
    bare = unicodedata.normalize("NFKD", CITATION.sub("", text)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:60] or "section"


def unique(anchor: str, taken: set[str]) -> str:
    """Return the id, with -2, -3 … when it is taken, and take it."""
    candidate, count = anchor, 1
    while candidate in taken:
        count += 1
        candidate = f"{anchor}-{count}"
    taken.add(candidate)
    return candidate


class Words(HTMLParser):
    """Collects the text, a line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in OPENS_A_LINE:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.handle_starttag(tag, [])

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def plain_text(html: str) -> str:
    """Return the words without marks and without citations: one line for each paragraph, item or cell."""
    words = Words()
    words.feed(html)
    words.close()
    text = CITATION.sub("", "".join(words.parts))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def citations(html: str) -> list[str]:
    """Return the keys of the references cited, in the order of their first use."""
    return list(dict.fromkeys(CITATION.findall(html)))
