"""Links in education pages: where they lead, and whether their words say so."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

# Words that do not say where a link leads.
EMPTY_WORDS = {
    "here", "click here", "this page", "this link", "link", "read more", "learn more", "more", "find out more",
    "aquí", "haga clic aquí", "clic aquí", "esta página", "este enlace", "enlace", "más", "leer más", "ver más",
    "más información",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    href: str
    words: str


class Links(HTMLParser):
    """Collects each link with its words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[list[str]] = []
        self.is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.is_open = True
            self.found.append([dict(attrs).get("href") or "", ""])

    def handle_endtag(self, tag: str) -> None:
        self.is_open = self.is_open and tag != "a"

    def handle_data(self, data: str) -> None:
        if self.is_open:
            self.found[-1][1] += data


def links_in(html: str) -> list[Link]:
    """Return the links of a rich text in their order."""
    links = Links()
    links.feed(html)
    links.close()
    return [Link(href, " ".join(words.split())) for href, words in links.found]


def wrong_link(
    link: Link, own: Collection[str], places: Mapping[str, Collection[str]] | None
) -> Iterator[str]:
    """Say what is wrong with a link: `own` are the ids of its page, `places` those of each page by path."""
    bare = link.words.casefold().strip(" .:")
    if not bare or bare in EMPTY_WORDS or re.match(r"https?:|www\.", bare):
        yield _("The words of a link say where it leads: “%(words)s”.") % {"words": link.words}
    address = urlsplit(link.href)
    if address.scheme or address.netloc:
        if link.href != "tel:911" and (address.scheme != "https" or not address.netloc):
            yield _("Link to https:// only, or within the portal: “%(href)s”.") % {"href": link.href}
        return
    wrong = wrong_place(address.path, address.fragment, own, places)
    if wrong:
        yield wrong % {"href": link.href}


def wrong_place(
    path: str, anchor: str, own: Collection[str], places: Mapping[str, Collection[str]] | None
) -> str:
    """Return what is wrong with an address within the portal; empty when nothing is."""
    page = path.strip("/")
    if not path:
        return "" if anchor in own else _("This page has no such id: “%(href)s”.")
    if path == "/es" or path.startswith("/es/"):
        return _("Leave /es out: links follow the reader’s language: “%(href)s”.")
    if places is None:
        return ""
    if path != f"/{page}/" or page not in places:
        return "" if leads_elsewhere(path) else _("There is no such page: “%(href)s”.")
    if anchor and anchor not in places[page]:
        return _("That page has no such id: “%(href)s”.")
    return ""


def leads_elsewhere(path: str) -> bool:
    """Return whether an address is one of the portal's own, not an education page."""
    try:
        return "path" not in resolve(path).kwargs
    except Resolver404:
        return False
