"""Rich text in its one written form: blocks on lines of their own, inline marks inside them, nothing else.

What comes in is well-formed HTML (sanitize.py has parsed it as a browser would). It is read into a tree and written
anew from that tree, each element only where it belongs, so that no browser can read the outcome in another way.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import takewhile

DEEPEST = 40
TRIES = 5
VOID = ("br", "hr")
NO_BREAK = "\N{NO-BREAK SPACE}"
EDGES = " " + NO_BREAK
SPACES = re.compile(r"[^\S\u00a0\u202f]+")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?")
# Written otherwise elsewhere, and the same to a reader.
SAME_AS = {"b": "strong", "h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3"}
INLINE = {"strong", "a", "span"}
TEXT_BLOCKS = {"p", "h2", "h3"}
LISTS = {"ul", "ol"}
CELLS = {"th", "td"}
# Elements that end a line of text, also where their own mark is not kept.
BLOCKS = {
    *TEXT_BLOCKS, *LISTS, *CELLS, "li", "table", "caption", "thead", "tbody", "tfoot", "tr", "div", "section",
    "article", "blockquote", "dl", "dt", "dd", "pre", "figure", "figcaption", "header", "footer", "main", "aside",
    "nav", "address", "details", "summary", "form", "fieldset", "hr", "center",
}  # fmt: skip


@dataclass(slots=True)
class Node:
    """An element; `children` are texts and nodes."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)

    def nodes(self) -> Iterator["Node"]:
        return (child for child in self.children if isinstance(child, Node))

    def holds_blocks(self) -> bool:
        return any(child.name in BLOCKS or child.holds_blocks() for child in self.nodes())


class Reader(HTMLParser):
    """Reads well-formed HTML into a tree; what nests deeper than anyone writes is read flat."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("")
        self.open = [self.root]
        self.skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = SAME_AS.get(tag, tag)
        if len(self.open) > DEEPEST and tag not in VOID:
            self.skipped += 1
            return
        node = Node(name, {key: value or "" for key, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if self.skipped:
            self.skipped -= 1
        elif len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def tidied(source: str, address: Callable[[str], str | None]) -> str:
    """Return the canonical form of well-formed HTML; `address` returns how a link is written, or None."""
    for _again in range(TRIES):
        before, source = source, written(source, address)
        if source == before:
            break
    return source


def written(source: str, address: Callable[[str], str | None]) -> str:
    """Write a text anew, once. What an empty mark kept apart may only meet when it is read again."""
    reader = Reader()
    reader.feed(source)
    reader.close()
    lines = list(Writer(address).blocks(reader.root))
    return "\n".join(lines) + "\n" if lines else ""


class Writer:
    """Writes a tree as lines of HTML."""

    def __init__(self, address: Callable[[str], str | None]) -> None:
        self.address = address

    def blocks(self, parent: Node) -> Iterator[str]:
        """Write what stands at the top level; loose text becomes a paragraph."""
        for piece in pieces(parent):
            if isinstance(piece, list):
                yield from self.text_block("p", piece)
            elif piece.name in TEXT_BLOCKS and not piece.holds_blocks():
                yield from self.text_block(piece.name, piece.children)
            elif piece.name in LISTS:
                yield from self.list(piece)
            elif piece.name == "table":
                yield from self.table(piece)
            elif piece.name == "li":
                yield from self.list(Node("ul", {}, [piece]))
            else:
                yield from self.blocks(piece)

    def text_block(self, name: str, children: list[Node | str]) -> Iterator[str]:
        text = self.line(children)
        if text:
            yield f"<{name}>{text}</{name}>"

    def list(self, parent: Node) -> Iterator[str]:
        items = [line for item in items_of(parent) for line in self.item(item)]
        if items:
            yield f"<{parent.name}>"
            yield from items
            yield f"</{parent.name}>"

    def item(self, item: Node) -> Iterator[str]:
        """Write one item: its words, then the lists below it."""
        text = self.marked(flat(item, without=LISTS))
        below = [line for inner in outermost(item, LISTS) for line in self.list(inner)]
        if below:
            yield f"<li>{text}"
            yield from below
            yield "</li>"
        elif text:
            yield f"<li>{text}</li>"

    def table(self, table: Node) -> Iterator[str]:
        parts = Node("table", {}, [child for child in table.nodes() if child.name != "caption"])
        rows = [row for row in outermost(parts, {"tr"}) if any(child.name in CELLS for child in row.nodes())]
        heads = len([row for row in rows[:1] if is_head(row)])
        head = [self.row(row, "col") for row in rows[:heads]]
        body = [self.row(row, "row") for row in rows[heads:]]
        if not any(words(row) for row in rows):
            return
        yield "<table>"
        for caption in [child for child in table.nodes() if child.name == "caption"][:1]:
            yield from self.text_block("caption", caption.children)
        yield from group("thead", head)
        yield from group("tbody", body)
        yield "</table>"

    def row(self, row: Node, scope: str) -> str:
        return f"<tr>{''.join(self.cell(c, scope) for c in row.nodes() if c.name in CELLS)}</tr>"

    def cell(self, cell: Node, scope: str) -> str:
        opening = f'<th scope="{scope}">' if cell.name == "th" else "<td>"
        return f"{opening}{self.line(cell.children)}</{cell.name}>"

    def line(self, children: Iterable[Node | str]) -> str:
        """Write the words of one block; blocks inside it become lines."""
        return self.marked(flat(Node("", {}, list(children))))

    def marked(self, runs: Iterable["Run"]) -> str:
        """Write runs of text with the marks each carries, spaces as a browser would show them."""
        written: list[str] = []
        before: Marks = ()
        for text, marks in spaced(self.linked(runs)):
            shared = in_common(before, marks)
            written += [f"</{mark.name}>" for mark in reversed(before[shared:])]
            written += [self.opening(mark) for mark in marks[shared:]]
            written.append("<br>" if text == "\n" else html.escape(text, quote=False))
            before = marks
        return "".join(written) + "".join(f"</{mark.name}>" for mark in reversed(before))

    def linked(self, runs: Iterable["Run"]) -> Iterator["Run"]:
        """Leave out marks that mean nothing: a link to nowhere we allow, a span without a language, a doubled one."""
        for text, marks in runs:
            kept: list[Node] = []
            for mark in marks:
                if self.opening(mark) and mark.name not in {one.name for one in kept}:
                    kept.append(mark)
            yield text, tuple(kept)

    def opening(self, mark: Node) -> str:
        if mark.name == "a":
            href = self.address(mark.attributes.get("href", ""))
            return f'<a href="{html.escape(href)}">' if href else ""
        if mark.name == "span":
            lang = mark.attributes.get("lang", "")
            return f'<span lang="{lang}">' if LANGUAGE.fullmatch(lang) else ""
        return "<strong>"


Marks = tuple[Node, ...]
Run = tuple[str, Marks]


def pieces(parent: Node) -> Iterator[Node | list[Node | str]]:
    """Cut what an element holds into blocks and the runs of inline content between them."""
    loose: list[Node | str] = []
    for child in parent.children:
        if isinstance(child, Node) and (child.name in BLOCKS or child.holds_blocks()):
            if loose:
                yield loose
            loose = []
            yield child
        else:
            loose.append(child)
    if loose:
        yield loose


def items_of(parent: Node) -> Iterator[Node]:
    """Return the items of a list; what stands loose in it becomes one, as browsers show it."""
    for child in parent.children:
        if isinstance(child, str) or child.name in LISTS or child.name not in BLOCKS:
            yield Node("li", {}, [child])
        else:
            yield child


def outermost(parent: Node, names: set[str]) -> Iterator[Node]:
    """Return the elements of these names, without those inside another of them."""
    for child in parent.nodes():
        if child.name in names:
            yield child
        else:
            yield from outermost(child, names)


def is_head(row: Node) -> bool:
    return all(cell.name == "th" for cell in row.nodes() if cell.name in CELLS)


def words(node: Node) -> str:
    parts = [child if isinstance(child, str) else words(child) for child in node.children]
    return "".join(parts).strip()


def group(name: str, rows: list[str]) -> list[str]:
    return [f"<{name}>", *rows, f"</{name}>"] if rows else []


def flat(parent: Node, marks: Marks = (), without: Collection[str] = ()) -> Iterator[Run]:
    """Return the texts below an element with the inline marks around each; a line break is a text "\\n"."""
    for child in parent.children:
        if isinstance(child, str):
            yield child.replace("\n", " "), marks
        elif child.name == "br":
            yield "\n", ()
        elif child.name in without:
            continue
        elif child.name in INLINE:
            yield from flat(child, (*marks, child), without)
        elif child.name in BLOCKS:
            yield "\n", ()
            yield from flat(child, marks, without)
            yield "\n", ()
        else:
            yield from flat(child, marks, without)


def spaced(runs: Iterable[Run]) -> list[Run]:
    """Put single spaces where browsers show one, none at the ends of lines; drop empty lines and hidden signs."""
    lines: list[list[Run]] = [[]]
    for text, marks in merged(runs):
        if text == "\n":
            lines.append([])
        else:
            lines[-1].append((text, marks))
    kept = [line for line in map(trimmed, lines) if line]
    joined: list[Run] = []
    for line in kept:
        joined += [("\n", ()), *line] if joined else line
    return joined


def merged(runs: Iterable[Run]) -> Iterator[Run]:
    """Join neighbours with the same marks: only then can letters and their accents be put together."""
    waiting: Run | None = None
    for text, marks in runs:
        if waiting and text != "\n" and same(waiting[1], marks):
            waiting = waiting[0] + text, waiting[1]
            continue
        if waiting:
            yield waiting
        waiting = None
        if text == "\n":
            yield text, ()
        else:
            waiting = text, marks
    if waiting:
        yield waiting


def in_common(one: Marks, other: Marks) -> int:
    """Return how many marks two runs share, from the outside."""
    pairs = zip(one, other, strict=False)
    return len(list(takewhile(lambda pair: pair[0] is pair[1], pairs)))


def same(one: Marks, other: Marks) -> bool:
    return len(one) == len(other) == in_common(one, other)


def trimmed(line: list[Run]) -> list[Run]:
    out: list[Run] = []
    ends_in_space = True
    for text, marks in line:
        text = without_start(composed(text), " " if ends_in_space else "")
        if text:
            out.append((text, marks))
            ends_in_space = text.endswith(" ")
    while out and not out[-1][0].rstrip(EDGES):
        out.pop()
    if out:
        out[-1] = (out[-1][0].rstrip(EDGES), out[-1][1])
        out[0] = (without_start(out[0][0], EDGES), out[0][1])
    return [run for run in out if run[0]]


def composed(text: str) -> str:
    """Return text in one Unicode form, with one kind of space and one that does not break."""
    return unicodedata.normalize("NFC", SPACES.sub(" ", text).replace("\u202f", NO_BREAK))


def without_start(text: str, signs: str) -> str:
    """Return text without these signs at its start, nor an accent without its letter: it would join a mark."""
    while text and (text[0] in signs or unicodedata.combining(text[0])):
        text = text[1:]
    return text
