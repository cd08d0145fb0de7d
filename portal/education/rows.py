"""Between the rows that editors fill in and content.Content, the shape that is stored, filed and rendered."""

import uuid
from collections.abc import Iterable
from typing import Any

from portal.education import content
from portal.education.models import (
    Callout,
    CareCard,
    Citation,
    Comparison,
    Figure,
    Image,
    Question,
    Reference,
    Translation,
)

TEXTS = ("title", "menu_title", "lead", "description", "body")


def lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def read(translation: Translation) -> content.Content:
    """Return what the rows of a translation say."""
    return content.Content(
        **{name: getattr(translation, name) for name in TEXTS},
        ask=lines(translation.ask),
        sources=tuple(c.reference_id for c in translation.citation_set.all()),
        care_cards=tuple(
            content.CareCard(c.level, c.heading, lines(c.items), c.closing, c.after)
            for c in sorted(translation.carecard_set.all(), key=lambda card: LEVELS.index(card.level))
        ),
        callouts=tuple(content.Callout(c.heading, c.text, c.after) for c in translation.callout_set.all()),
        figures=tuple(figure(f) for f in translation.figure_set.select_related("image")),
        comparisons=tuple(comparison(c) for c in translation.comparison_set.all()),
        questions=tuple(
            content.Question(q.anchor, q.question, q.answer) for q in translation.question_set.all()
        ),
    )


LEVELS = CareCard.Level.values


def figure(row: Figure) -> content.Figure:
    if row.image is None:
        return content.Figure(drawing=row.drawing, caption=row.caption, after=row.after)
    return content.Figure(
        image=row.image.ref.hex,
        alt=row.alt,
        width=row.image.width,
        height=row.image.height,
        caption=row.caption,
        after=row.after,
    )


COMPARED = (
    "heading", "measure", "outcome", "of", "first_label", "first", "second_label", "second",
    "finding", "takeaway", "after",
)  # fmt: skip


def comparison(row: Comparison) -> content.Comparison:
    return content.Comparison(**{name: getattr(row, name) for name in COMPARED}, source=row.source_id or "")


def write(translation: Translation, page: content.Content) -> None:
    """Put `page` into the rows of a saved or new translation, in place of what they said.

    Raise ValueError naming the reference or image that the library does not have.
    """
    for name in TEXTS:
        setattr(translation, name, getattr(page, name))
    translation.ask = "\n".join(page.ask)
    translation.save()
    for model, rows in new_rows(page):
        model.objects.filter(translation=translation).delete()
        model.objects.bulk_create(model(translation=translation, **row) for row in rows)


def new_rows(page: content.Content) -> Iterable[tuple[Any, list[dict[str, Any]]]]:
    known = (
        set(Reference.objects.values_list("key", flat=True)) if page.sources or page.comparisons else set()
    )
    yield (
        CareCard,
        [
            {"position": i, "level": c.level, "heading": c.heading, "items": "\n".join(c.items)}
            | {"closing": c.closing, "after": c.after}
            for i, c in enumerate(page.care_cards)
        ],
    )
    yield (
        Callout,
        [
            {"position": i, "heading": c.heading, "text": c.text, "after": c.after}
            for i, c in enumerate(page.callouts)
        ],
    )
    yield Figure, [{"position": i} | figure_values(f) for i, f in enumerate(page.figures)]
    yield (
        Comparison,
        [
            {"position": i}
            | {name: getattr(c, name) for name in COMPARED}
            | {"source_id": in_library(c.source, known) or None}
            for i, c in enumerate(page.comparisons)
        ],
    )
    yield (
        Question,
        [
            {"position": i, "anchor": q.anchor, "question": q.question, "answer": q.answer}
            for i, q in enumerate(page.questions)
        ],
    )
    yield (
        Citation,
        [{"position": i, "reference_id": in_library(key, known)} for i, key in enumerate(page.sources)],
    )


def figure_values(one: content.Figure) -> dict[str, Any]:
    values: dict[str, Any] = {
        "drawing": one.drawing,
        "caption": one.caption,
        "after": one.after,
        "alt": one.alt,
    }
    if one.image:
        values["image"] = image_of(one.image)
    return values


def image_of(ref: str) -> Image:
    try:
        return Image.objects.get(ref=uuid.UUID(ref))
    except (ValueError, Image.DoesNotExist):
        raise ValueError(f"image {ref}: not in the library") from None


def in_library(key: str, known: set[str]) -> str:
    if key and key not in known:
        raise ValueError(f"source {key}: not in the library of references")
    return key
