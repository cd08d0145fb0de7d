"""The pages that ship, as a reader walks through them."""

import tomllib
from html.parser import HTMLParser

from portal.education.filing.shipped import FOLDER

TREE = tomllib.loads((FOLDER / "tree.toml").read_text())["pages"]
PATHS = [page["path"] for page in TREE if page.get("layout") != "folder"]
LANGUAGES = ("en", "es")


def address(path, language="en"):
    return f"/es/{path}/" if language == "es" else f"/{path}/"


ADDRESSES = [(language, address(path, language)) for path in PATHS for language in LANGUAGES]


class Page(HTMLParser):
    """A page read apart: ids, links, alternates, and the words a reader sees, with the language of each."""

    VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
    UNSEEN = frozenset(("script", "style"))

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.ids, self.links, self.alternates, self.canonical = [], [], {}, ""
        self.words = []  # (language, text)
        self.open = []  # (tag, language)
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        if "id" in known:
            self.ids.append(known["id"])
        if tag == "a" and "href" in known:
            self.links.append(known["href"])
        if tag == "link" and known.get("rel") == "alternate" and "hreflang" in known:
            self.alternates[known["hreflang"]] = known["href"]
        if tag == "link" and known.get("rel") == "canonical":
            self.canonical = known["href"]
        if tag not in self.VOID:
            self.open.append((tag, known.get("lang") or self.language))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    @property
    def language(self):
        return self.open[-1][1] if self.open else ""

    def handle_data(self, data):
        if data.strip() and not any(tag in self.UNSEEN for tag, _ in self.open):
            self.words.append((self.language, " ".join(data.split())))

    def text(self, language):
        return " ".join(words for spoken, words in self.words if spoken == language)
