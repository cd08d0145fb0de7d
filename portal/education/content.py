"""What one education page says in one language, as plain values.

The same shape is the page's file (portal/education/content/), the stored version and what is rendered.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any

TOP = "top"  # A block that stands before the first heading.
END = ""  # A block that stands at the end.


@dataclass(frozen=True, slots=True)
class CareCard:
    """What to do and when: `level` is emergency, urgent or routine; `heading` is the action with “if”."""

    level: str
    heading: str
    items: tuple[str, ...]
    closing: str = ""
    after: str = END


@dataclass(frozen=True, slots=True)
class Callout:
    heading: str
    text: str
    after: str = END


@dataclass(frozen=True, slots=True)
class Figure:
    """One of our own drawings by name, or an uploaded image by its ref, with what it shows in words."""

    drawing: str = ""
    image: str = ""
    alt: str = ""
    width: int = 0
    height: int = 0
    caption: str = ""
    after: str = END


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two numbers of the same kind side by side.

    `measure` is people (so many of `of`, drawn as dots) or percent (a change). `finding` says whether chance
    explains the difference: clear, edge or unclear. `source` is the key of a reference.
    """

    heading: str
    measure: str
    outcome: str
    first_label: str
    first: int
    second_label: str
    second: int
    finding: str
    of: int = 100
    takeaway: str = ""
    source: str = ""
    after: str = END


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answer (rich text); `anchor` is its id, the same in both languages."""

    anchor: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Content:
    """One page in one language. `body` and answers are rich text of the allow-list (rich_text.py)."""

    title: str
    menu_title: str = ""
    lead: str = ""
    description: str = ""
    body: str = ""
    ask: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    care_cards: tuple[CareCard, ...] = ()
    callouts: tuple[Callout, ...] = ()
    figures: tuple[Figure, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    questions: tuple[Question, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists and texts, without what is empty or as usual: for JSON and for the page's file."""
        return {name: value for name, value in plain(asdict(self)).items() if value not in ("", [])}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Content":
        """Read what `to_dict` returned. Raise ValueError with the name of what is unknown or missing."""
        values = dict(data)
        for name, block in BLOCKS.items():
            values[name] = tuple(
                read(block, row, f"{name}[{i}]") for i, row in enumerate(values.get(name, ()))
            )
        return read(cls, values, "page")


BLOCKS = {
    "care_cards": CareCard,
    "callouts": Callout,
    "figures": Figure,
    "comparisons": Comparison,
    "questions": Question,
}
DEFAULTS: dict[str, Any] = {
    "closing": "", "after": END, "drawing": "", "image": "", "alt": "", "caption": "",
    "width": 0, "height": 0, "of": 100, "takeaway": "", "source": "",
}  # fmt: skip


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: plain(inner)
            for key, inner in value.items()
            if not (key in DEFAULTS and inner == DEFAULTS[key])
        }
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value


def read(cls: type, data: dict[str, Any], where: str) -> Any:
    known = {f.name: f for f in fields(cls)}
    unknown = sorted(set(data) - set(known))
    if unknown:
        raise ValueError(f"{where}: unknown field {', '.join(unknown)}")
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
    try:
        return cls(**values)
    except TypeError as error:
        raise ValueError(f"{where}: {str(error).split(') ')[-1].split('() ')[-1]}") from error


__all__ = [
    "BLOCKS", "END", "TOP", "Callout", "CareCard", "Comparison", "Content", "Figure", "Question",
]  # fmt: skip
