"""A page as a take-away sheet: one Letter page to print, black on white, large enough to read at the fridge door.

What stands on the sheet is what the page says; the page itself stays the copy that a phone or a screen reader reads.
"""

import io

from django.utils import translation
from django.utils.translation import gettext as _
from reportlab.lib.colors import black
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFInfo, PDFString
from reportlab.platypus import Paragraph, SimpleDocTemplate
from reportlab.platypus.doctemplate import LayoutError

from portal.education.content import END, TOP, CareCard, Content
from portal.education.paper.sheet_parts import boxed, flowables, listed, numbers
from portal.education.paper.sheet_text import markup
from portal.education.text.rich_text import sections

SIZES = (13, 12.5, 12, 11.5, 11, 10.5, 10, 9.5)
WIDTH, HEIGHT = LETTER
MARGIN = 45
FRAME = 6  # what reportlab keeps free inside a frame
INNER = WIDTH - 2 * MARGIN
SMALL = 9
LEVELS = ("emergency", "urgent", "routine")


class SheetTooLong(ValueError):
    """The text does not fit one page at the smallest type people can be expected to read."""


class Info(PDFInfo):
    """The sheet's title and nothing about who or when: the same text gives the same bytes."""

    def format(self, document):
        told = {"Title": PDFString(self.title), "Producer": PDFString(self.producer)}
        return PDFDictionary(told).format(document)


class Sheet(SimpleDocTemplate):
    """One page with the portal's mark above and the same foot below, read in that order."""

    def __init__(self, out, content: Content, language: str, foot):
        self.foot = foot
        self.foot_height = sum(part.wrap(INNER, HEIGHT)[1] + part.getSpaceAfter() for part in foot)
        super().__init__(
            out, pagesize=LETTER, title=content.title, lang=language, invariant=1,
            leftMargin=MARGIN - FRAME, rightMargin=MARGIN - FRAME,
            topMargin=MARGIN - 8, bottomMargin=MARGIN + self.foot_height,
        )  # fmt: skip

    def beforePage(self):
        # reportlab has no other way to leave the author and the dates out.
        self.canv._doc.info.__class__ = Info
        self.canv.setViewerPreference("DisplayDocTitle", "true")
        draw_scale(self.canv)

    def afterPage(self):
        draw_foot(self.canv, self.foot, MARGIN - 10 + self.foot_height)


def sheet_pdf(content: Content, language: str, clinics, *, address: str, checked: str = "") -> bytes:
    """Return the sheet as PDF.

    `clinics` have name, phone and phone_24h; `checked` says who checked the page; `address` is the page's own.
    Raise SheetTooLong when it takes more than one page.
    """
    with translation.override(language):
        for size in SIZES:
            data = one_page(content, language, list(clinics), address, checked, styles(size))
            if data:
                return data
    raise SheetTooLong(f"“{content.title}” ({language}) does not fit one page at {SIZES[-1]} points.")


def styles(size: float) -> dict[str, ParagraphStyle]:
    """Return the sheet's type at one size."""
    text = ParagraphStyle(
        "text", fontName="Helvetica", fontSize=size, leading=size * 1.32, spaceAfter=size * 0.45,
        alignment=TA_LEFT, textColor=black, allowWidows=0, allowOrphans=0,
    )  # fmt: skip

    def heavier(name, factor, **more):
        kept = {"leading": size * factor * 1.18, "spaceAfter": size * 0.35, **more}
        return ParagraphStyle(name, text, fontName="Helvetica-Bold", fontSize=size * factor, **kept)

    return {
        "text": text,
        "title": heavier("title", 1.85, spaceAfter=size * 0.5),
        "lead": ParagraphStyle("lead", text, fontSize=size * 1.1, leading=size * 1.42),
        "h2": heavier("h2", 1.25, spaceBefore=size * 0.7, keepWithNext=1),
        "h3": heavier("h3", 1.05, spaceBefore=size * 0.4, keepWithNext=1),
        "item": ParagraphStyle(
            "item", text, leftIndent=size * 1.3, bulletIndent=size * 0.35, spaceAfter=size * 0.2
        ),
        "line": ParagraphStyle("line", text, spaceAfter=size * 0.15, leading=size * 1.2),
        "cell": ParagraphStyle("cell", text, spaceAfter=0),
        "level": heavier("level", 0.95, spaceAfter=0),
        "number": heavier("number", 1.3, spaceAfter=size * 0.15),
        "small": ParagraphStyle("small", text, fontSize=SMALL, leading=SMALL * 1.3, spaceAfter=2),
    }


def one_page(content, language, clinics, address, checked, style) -> bytes | None:
    """Return the sheet in this type, or None when it runs over."""
    out = io.BytesIO()
    document = Sheet(out, content, language, footer(address, checked, style))
    try:
        document.build(story(content, clinics, style))
    except LayoutError:  # one part alone is higher than the page
        return None
    return out.getvalue() if document.page == 1 else None


def draw_scale(canvas) -> None:
    """Draw the portal's mark, the graduated edge, along the top."""
    top, step = HEIGHT - 22, 9
    canvas.setLineWidth(0.8)
    canvas.line(MARGIN, top, WIDTH - MARGIN, top)
    for count in range(int(INNER / step) + 1):
        x = MARGIN + count * step
        canvas.line(x, top, x, top + (9 if count % 5 == 0 else 5))


def draw_foot(canvas, foot, top: float) -> None:
    canvas.setLineWidth(0.8)
    canvas.line(MARGIN, top + 6, WIDTH - MARGIN, top + 6)
    for part in foot:
        top -= part.wrap(INNER, HEIGHT)[1]
        part.drawOn(canvas, MARGIN, top)
        top -= part.getSpaceAfter()


def footer(address: str, checked: str, style) -> list[Paragraph]:
    """Who checked it, what it is not, and where to read it on a screen."""
    sentences = [
        checked or _("Not yet checked by your clinic."),
        _("This information does not replace talking with your doctor."),
        _("Read this page on a phone or computer: %(address)s") % {"address": address},
    ]
    return [Paragraph(markup(sentence), style["small"]) for sentence in sentences]


def story(content: Content, clinics, style) -> list:
    """Return the sheet from the title down, each block where the page has it."""
    parts = [Paragraph(markup(content.title), style["title"])]
    if content.lead:
        parts.append(Paragraph(markup(content.lead), style["lead"]))
    body, placed = sections(content.body), {END, TOP}
    if not body or body[0].anchor:
        parts += blocks(content, {TOP}, clinics, style)
    for section in body:
        if section.heading:
            parts.append(Paragraph(markup(section.heading), style["h2"]))
        parts += flowables(section.html, style)
        parts += blocks(content, {section.anchor or TOP}, clinics, style)
        placed.add(section.anchor)
    lost = {block.after for block in (*content.care_cards, *content.callouts)} - placed
    return parts + blocks(content, {END, *lost}, clinics, style) + ending(content, clinics, style)


def blocks(content: Content, places: set[str], clinics, style) -> list:
    """Return the cards, then the callouts that close these sections."""
    cards = sorted((c for c in content.care_cards if c.after in places), key=lambda c: LEVELS.index(c.level))
    parts = [card_box(card, clinics, style) for card in cards]
    for callout in content.callouts:
        if callout.after in places:
            text = [
                Paragraph(markup(callout.heading), style["h3"]),
                Paragraph(markup(callout.text), style["text"]),
            ]
            parts.append(boxed(text, 1.2, style["text"].fontSize))
    return parts


def card_box(card: CareCard, clinics, style):
    """A care card: how urgent in words, when, what, and the number to call."""
    words = {"emergency": _("Emergency"), "urgent": _("Urgent"), "routine": _("Not urgent")}
    inner = [
        Paragraph(markup(words[card.level]), style["level"]),
        Paragraph(markup(card.heading), style["h3"]),
        *listed(card.items, style),
    ]
    if card.closing:
        inner.append(Paragraph(markup(card.closing), style["text"]))
    thick = {"emergency": 4.5, "urgent": 3, "routine": 1.8}[card.level]
    return boxed(inner, thick, style["text"].fontSize, to_call(card.level, clinics, style))


def to_call(level: str, clinics, style) -> list:
    """Return the numbers that fit how urgent it is."""
    if level == "emergency":
        return [Paragraph(markup(_("Call 911")), style["number"])]
    field, label = ("phone_24h", _("Day and night")) if level == "urgent" else ("phone", _("Office"))
    card = Paragraph(markup(_("Call the number on your pump card.")), style["cell"])
    return numbers(clinics, field, label, style) or [card]


def ending(content: Content, clinics, style) -> list:
    """Questions with answers, what to ask, and the numbers that no card has shown."""
    parts = []
    for question in content.questions:
        parts += [Paragraph(markup(question.question), style["h3"]), *flowables(question.answer, style)]
    if content.ask:
        parts.append(Paragraph(markup(_("Ask at your next visit")), style["h2"]))
        parts += listed(content.ask, style, box=True)
    return parts + who_to_call({card.level for card in content.care_cards}, clinics, style)


def who_to_call(shown: set[str], clinics, style) -> list:
    """Return a box with the numbers that no card shows."""
    columns = [to_call(level, clinics, style) for level in ("urgent", "routine") if level not in shown]
    if not columns:
        return []
    title = Paragraph(markup(_("Who to call")), style["h2"])
    beside = columns[1] if len(columns) > 1 and clinics else None
    return [title, boxed(columns[0], 1.8, style["text"].fontSize, beside)]
