"""Rich text read apart for paper: paragraphs, headings, items and tables, in the letters that printing fonts have."""

import re
import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser
from xml.sax.saxutils import escape

from portal.education.text.rich_text import CITATION

# The PDF standard fonts hold Western letters only; what else texts use has a plain twin.
TWINS = str.maketrans(
    {"\u2011": "-", "\u2212": "\u2013", "\u2009": "\u00a0", "\u202f": "\u00a0", "\u2192": "-", "\u200b": None}
)
MARKERS = re.compile(rf"\s*{CITATION.pattern}")
SPACES = re.compile(r"[ \t\r\n]+")  # a no-break space stays
BULLET = "\u2022"
INLINE = {"strong": ("<b>", "</b>"), "br": ("<br/>", "")}
STANDING = ("p", "h2", "h3")


@dataclass(frozen=True, slots=True)
class Part:
    """One block: p, h2, h3, item or table. `words` and cells are the markup that reportlab reads."""

    kind: str
    words: str = ""
    mark: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def drawable(text: str) -> str:
    """Return the text without citation markers, in letters that the fonts have."""
    text = unicodedata.normalize("NFC", MARKERS.sub("", text)).translate(TWINS)
    return text.encode("cp1252", "replace").decode("cp1252")


def markup(text: str) -> str:
    """Return plain text as reportlab reads it."""
    return escape(drawable(text))


def parts(html: str) -> list[Part]:
    """Return the blocks of rich text in their order."""
    reader = Reader()
    reader.feed(drawable(html))
    reader.close()
    reader.end()
    return reader.parts


class Reader(HTMLParser):
    """Collects blocks. Lists inside lists come as items of one depth: sheets are short."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[Part] = []
        self.text: list[str] = []
        self.kind, self.href = "p", ""
        self.lists: list[list] = []
        self.rows: list[list[str]] | None = None

    def handle_starttag(self, tag, attrs):
        if tag in INLINE:
            self.text.append(INLINE[tag][0])
        elif tag == "a":
            self.href = dict(attrs).get("href") or ""
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        else:
            self.begin(tag)

    def begin(self, tag):
        """Start a block; a paragraph inside an item belongs to the item."""
        if tag in ("ul", "ol"):
            self.end()
            self.lists.append([tag, 0])
        elif tag == "li" and self.lists:
            self.end()
            self.kind = "item"
            self.lists[-1][1] += 1
        elif tag == "table":
            self.end()
            self.rows = []
        elif tag in STANDING and self.kind != "item":
            self.end()
            self.kind = tag

    def handle_endtag(self, tag):
        if tag in INLINE:
            self.text.append(INLINE[tag][1])
        elif tag == "a" and self.href.startswith("http"):
            self.text.append(f" ({escape(drawable(self.href))})")  # paper cannot be tapped
        elif tag in ("td", "th") and self.rows:
            words = self.take()
            self.rows[-1].append(f"<b>{words}</b>" if tag == "th" and words else words)
        elif tag == "caption":
            self.parts.append(Part("h3", self.take()))
        elif tag == "table":
            self.end_table()
        elif tag in (*STANDING, "li", "ul", "ol"):
            self.end()
            if tag in ("ul", "ol"):
                self.lists = self.lists[:-1]

    def handle_data(self, data):
        self.text.append(escape(drawable(data)))

    def take(self) -> str:
        text, self.text = "".join(self.text), []
        return SPACES.sub(" ", text).strip(" ")

    def end_table(self):
        self.take()
        rows, self.rows = tuple(tuple(row) for row in self.rows or () if row), None
        if rows:
            self.parts.append(Part("table", rows=rows))

    def end(self):
        """Finish the block under way; inside a table its text belongs to the cell."""
        if self.rows is not None:
            return
        words = self.take()
        if words:
            self.parts.append(Part(self.kind, words, self.mark()))
        self.kind = "p"

    def mark(self) -> str:
        if self.kind != "item":
            return ""
        kind, number = self.lists[-1]
        return f"{number}." if kind == "ol" else BULLET
