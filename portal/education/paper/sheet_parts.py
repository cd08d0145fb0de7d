"""The parts a take-away sheet is built from: rich text, lists, lines to write on, boxes."""

from reportlab.lib.colors import black
from reportlab.platypus import Flowable, Paragraph, Table, TableStyle

from portal.education.paper.sheet_text import Part, markup, parts
from portal.templatetags.clinical import phone_text

SHORTEST_BLANK = 110
CHECK_BOX = "\u2751"  # an empty box; ZapfDingbats has it
BESIDE = 215
CELL = 4


class Blank(Flowable):
    """A label and, after it, a line to write on up to the margin."""

    def __init__(self, label: Paragraph):
        super().__init__()
        self.label = label

    def wrap(self, width, height):
        style = self.label.style
        self.width = width
        self.room = style.fontSize * 0.75  # handwriting is taller than type
        _width, self.text_height = self.label.wrap(width, height)
        self.start = last_line_end(self.label) + 5
        self.below = style.leading if width - self.start < SHORTEST_BLANK else 0
        self.height = self.text_height + self.room + self.below
        return width, self.height

    def getSpaceAfter(self):
        return self.label.getSpaceAfter()

    def draw(self):
        style = self.label.style
        self.label.drawOn(self.canv, 0, self.below)
        start = style.leftIndent if self.below else self.start
        self.canv.setLineWidth(0.8)
        y = style.leading - style.fontSize - 1
        self.canv.line(start, y, self.width, y)


def last_line_end(paragraph: Paragraph) -> float:
    """Return where the last line of a wrapped paragraph ends."""
    line = paragraph.blPara.lines[-1]
    spare = line[0] if isinstance(line, tuple) else line.extraSpace
    return paragraph.width - paragraph.style.rightIndent - spare


def flowables(html: str, style) -> list[Flowable]:
    """Return rich text as flowables; a text that ends with a colon gets a line to write on."""
    found = parts(html)
    return [
        flowable(part, following, style) for part, following in zip(found, [*found[1:], None], strict=True)
    ]


def flowable(part: Part, following: Part | None, style) -> Flowable:
    if part.kind == "table":
        return table(part.rows, style)
    kind = "text" if part.kind == "p" else part.kind
    paragraph = Paragraph(part.words, style[kind], bulletText=part.mark or None)
    opens_a_list = kind == "text" and following is not None and following.kind in ("item", "table")
    if part.words.endswith(":") and kind in ("text", "item") and not opens_a_list:
        return Blank(paragraph)
    return paragraph


def listed(texts, style, box: bool = False) -> list[Paragraph]:
    """Return plain texts as a list, with bullets or with boxes to tick."""
    mark = (
        f'<bullet><font name="ZapfDingbats">{CHECK_BOX}</font></bullet>' if box else "<bullet>\u2022</bullet>"
    )
    return [Paragraph(mark + markup(text), style["item"]) for text in texts]


def table(rows: tuple[tuple[str, ...], ...], style) -> Table:
    """Return a ruled table as wide as the text; an empty cell is high enough to write in."""
    columns = max(len(row) for row in rows)
    cells = [[Paragraph(words or "\u00a0", style["cell"]) for words in row] for row in rows]
    cells = [row + [""] * (columns - len(row)) for row in cells]
    rules = [
        ("GRID", (0, 0), (-1, -1), 0.8, black),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), CELL - 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), CELL),
    ]
    size = style["text"].fontSize
    return Table(
        cells,
        colWidths=["*"] * columns,
        style=TableStyle(rules),
        spaceBefore=size * 0.3,
        spaceAfter=size * 0.6,
    )


def boxed(inner: list[Flowable], thick: float, size: float, beside: list[Flowable] | None = None) -> Table:
    """Return flowables in a frame, `beside` at its right side; the thicker it is, the more it matters."""
    rules = [
        ("BOX", (0, 0), (-1, -1), thick, black),
        ("VALIGN", (0, 0), (0, -1), "TOP"),
        ("VALIGN", (1, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), size * 0.9),
        ("RIGHTPADDING", (0, 0), (-1, -1), size * 0.9),
        ("TOPPADDING", (0, 0), (-1, -1), size * 0.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), size * 0.5),
    ]
    cells, widths = ([inner, beside], ["*", BESIDE]) if beside else ([inner], ["*"])
    look = {"spaceBefore": size * 0.6, "spaceAfter": size * 0.7}
    return Table([cells], colWidths=widths, style=TableStyle([*rules, *line_between(beside)]), **look)


def line_between(beside) -> list[tuple]:
    return [("LINEBEFORE", (1, 0), (1, -1), 0.8, black)] if beside else []


def numbers(clinics, field: str, label: str, style) -> list[Flowable]:
    """Return a number, or a line for each clinic when there are several; empty when there is none."""
    found = [
        (clinic.name, phone_text(getattr(clinic, field))) for clinic in clinics if getattr(clinic, field)
    ]
    if len(found) == 1:
        rows = [Paragraph(markup(found[0][1]), style["number"])]
    else:
        rows = [Paragraph(f"{markup(name)}: <b>{whole(number)}</b>", style["line"]) for name, number in found]
    return [Paragraph(markup(label), style["cell"]), *rows] if rows else []


def whole(number: str) -> str:
    """Return a phone number that stays on one line."""
    return markup(number).replace(" ", "\u00a0")
