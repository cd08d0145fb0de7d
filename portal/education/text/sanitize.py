"""What editors type or paste, made safe and brought into its one written form, with word of what was taken out.

nh3 reads the text as a browser does and drops what can run, load or pose as another page; tidy.py writes what is
left anew. Cleaning twice gives the same as cleaning once.
"""

import re
import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import nh3
from django.utils.translation import gettext as _

from portal.education.text import tidy
from portal.education.text.rich_text import ATTRIBUTES, ELEMENTS

# Taken out with all that stands in them: it is no text for readers.
WITH_CONTENT = {
    "script", "style", "template", "iframe", "object", "embed", "svg", "math", "select", "textarea", "title",
    "noscript", "noembed", "noframes", "xmp", "plaintext", "audio", "video", "canvas", "button", "datalist",
    "frameset", "applet",
}  # fmt: skip
# Kept through the first step only: tidy.py turns them into paragraphs, items and headings of ours.
TURNED = {*tidy.SAME_AS, *tidy.BLOCKS} - set(ELEMENTS)
# What editors' programs write without anyone asking: taken out without a word.
UNASKED = {"div", "section", "article", "html", "head", "body", "colgroup", "col", "tfoot", *tidy.SAME_AS}
UNASKED_ATTRIBUTES = {"rel", "target", "colspan", "rowspan"}
WIDTHS = re.compile(r"(?:(?:min-)?width:\s*[0-9.]+px;?\s*)+")
INSIDE = re.compile(r"/(?:learn|help)/(?:[a-z0-9-]+/)*(?:[a-z0-9-]+\.pdf)?(?:#[a-z0-9-]+)?")
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
NAME = re.compile(r"[a-z][a-z0-9:_.-]{0,29}")
LONGEST_ADDRESS = 400
LONGEST_TOLD = 60
# Control, invisible, private and unassigned characters; joiners belong to emoji and to some scripts.
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
HARMLESS = "\t\n\r\f\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Rich text of the allow-list, and sentences that say what is no longer in it."""

    html: str
    removed: list[str]


def clean(source: str) -> Cleaned:
    """Return the text in its safe, canonical form, and what was taken out."""
    told = Told()
    told.read(source)
    safe = nh3.clean(
        without_hidden(source, told),
        tags={*ELEMENTS, *TURNED},
        clean_content_tags=WITH_CONTENT,
        attributes={name: set(found) for name, found in ATTRIBUTES.items()},
        url_schemes={"https"},
        url_relative="pass_through",
        link_rel=None,
    )
    # Written as &#x202e; they come to light only now.
    tidied = tidy.tidied(without_hidden(safe, told), address)
    return Cleaned(tidied, told.sentences())


def address(href: str) -> str | None:
    """Return how a link is written: a page of ours, or another site's over https; None when it is neither."""
    href = href.strip().removeprefix("/es") if href.strip().startswith("/es/") else href.strip()
    if INSIDE.fullmatch(href):
        return href
    if (
        len(href) > LONGEST_ADDRESS
        or not href.lower().startswith("https://")
        or re.search(r"[\s\\<>\"`]", href)
    ):
        return None
    try:
        parts = urlsplit(href)
        has_port = parts.port is not None
    except ValueError:
        return None
    if parts.username is not None or has_port or not HOST.fullmatch(parts.netloc.lower()):
        return None
    rest = quote(href[len("https://") + len(parts.netloc) :], safe="!#$%&()*+,/:;=?@[]~'-._")
    return f"https://{parts.netloc.lower()}{rest or '/'}"


def without_hidden(text: str, told: "Told") -> str:
    """Return the text without characters that nobody can see."""
    found = {one for one in set(text) if unicodedata.category(one) in HIDDEN and one not in HARMLESS}
    told.hidden.update(found)
    return text.translate(dict.fromkeys(map(ord, found))) if found else text


class Told(HTMLParser):
    """Collects what will be taken out. It decides nothing: what is safe is decided by nh3 and tidy.py."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.marks: set[str] = set()
        self.contents: set[str] = set()
        self.properties: set[str] = set()
        self.addresses: dict[str, None] = {}
        self.hidden: set[str] = set()
        self.has_images = self.has_comments = False

    def read(self, source: str) -> None:
        try:
            self.feed(source)
            self.close()
        except (AssertionError, ValueError):
            self.has_comments = True  # Half a declaration: not even a parser makes sense of it.

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = tag if NAME.fullmatch(tag) else "?"
        if tag in ("img", "image", "picture"):
            self.has_images = True
        elif tag in WITH_CONTENT:
            self.contents.add(tag)
        elif tag not in ELEMENTS and tag not in UNASKED:
            self.marks.add(tag)
        for name, value in attrs:
            self.property(tag, name, value or "")

    def property(self, tag: str, name: str, value: str) -> None:
        if tag == "a" and name == "href":
            if address(value) is None:
                self.addresses[shortened(value)] = None
        elif name in ("src", "srcset", "action", "formaction", "data", "poster", "background", "xlink:href"):
            self.addresses[shortened(value)] = None
        elif not is_kept(tag, name, value):
            self.properties.add(name if NAME.fullmatch(name) else "?")

    def handle_comment(self, data: str) -> None:
        self.has_comments = True

    def handle_decl(self, decl: str) -> None:
        self.has_comments = True

    def unknown_decl(self, data: str) -> None:
        self.has_comments = True

    def handle_pi(self, data: str) -> None:
        self.has_comments = True

    def sentences(self) -> list[str]:
        found = [
            (self.contents, _("Taken out with what stood in them: %(what)s.")),
            (self.marks, _("Marks that are not used here were taken out, their words stay: %(what)s.")),
            (self.properties, _("Properties of marks were taken out: %(what)s.")),
            (
                self.addresses,
                _(
                    "Addresses were taken out: %(what)s. A link leads to a page here, such as /learn/glossary/, "
                    "or to another site with https://."
                ),
            ),
            ({code(one) for one in self.hidden}, _("Hidden characters were taken out: %(what)s.")),
        ]
        told = [sentence % {"what": ", ".join(sorted(what))} for what, sentence in found if what]
        if self.has_images:
            told.append(_("Images were taken out of the text. Choose one from the library under Figures."))
        if self.has_comments:
            told.append(_("Comments were taken out."))
        return told


def is_kept(tag: str, name: str, value: str) -> bool:
    """Return whether an attribute stays, or goes without being worth a word."""
    if name == "style":
        return bool(WIDTHS.fullmatch(value))
    if name in ("colspan", "rowspan"):
        return value == "1"
    if name == "scope":
        return value in ("col", "row")
    if name == "lang":
        return bool(tidy.LANGUAGE.fullmatch(value))
    return name in ATTRIBUTES.get(tag, ()) or name in UNASKED_ATTRIBUTES


def shortened(text: str) -> str:
    visible = "".join(one for one in text.strip() if unicodedata.category(one) not in HIDDEN)
    return visible if len(visible) <= LONGEST_TOLD else f"{visible[:LONGEST_TOLD]}…"


def code(character: str) -> str:
    return f"U+{ord(character):04X}"
