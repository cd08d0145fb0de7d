"""Whether the English and the Spanish text of a page say the same: cards, figures, numbers, sources, ids."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from portal.education.checks.lint import Finding, cited, pieces
from portal.education.checks.wording import ERROR, WARNING
from portal.education.content import Content
from portal.education.text.rich_text import headings, plain_text

NUMBER = re.compile(r"\d[\d,.]*(?<=\d)")
# As long as this, the same words in both languages are a text that nobody translated.
LONG_ENOUGH = 4


def pair_findings(english: Content, spanish: Content) -> list[Finding]:
    """Return where the two texts of a page part."""
    found = [
        Finding(level, where, str(message), "pair")
        for level, where, told, message in same()
        if told(english) != told(spanish)
    ]
    return [*found, *other_numbers(english, spanish), *not_translated(english, spanish)]


def same() -> tuple[tuple[str, str, Callable[[Content], Any], str], ...]:
    """Return what must be the same in both languages."""
    return (
        (ERROR, "questions", anchors, _("The ids of the questions differ between the languages.")),
        (ERROR, "care_cards", levels, _("The levels of the care cards differ between the languages.")),
        (ERROR, "figures", drawn, _("The figures differ between the languages.")),
        (ERROR, "comparisons", compared, _("The compared numbers differ between the languages.")),
        (ERROR, "sources", keys, _("The sources cited differ between the languages.")),
        (WARNING, "body", parts, _("The number of headings differs between the languages.")),
        (WARNING, "body", places, _("Cards, callouts or figures stand elsewhere in the other language.")),
        (WARNING, "ask", lambda page: len(page.ask), _("The number of questions to ask differs.")),
        (WARNING, "care_cards", signs, _("The number of signs on a care card differs.")),
    )


def anchors(page: Content) -> list[str]:
    return [one.anchor for one in page.questions]


def levels(page: Content) -> list[str]:
    return sorted(one.level for one in page.care_cards)


def drawn(page: Content) -> list[tuple[str, str]]:
    return [(one.drawing, one.image) for one in page.figures]


def compared(page: Content) -> list[tuple[Any, ...]]:
    return [(one.measure, one.first, one.second, one.of, one.finding, one.source) for one in page.comparisons]


def keys(page: Content) -> set[str]:
    return {key for _where, key in cited(page)}


def parts(page: Content) -> int:
    return len(headings(page.body))


def places(page: Content) -> list[tuple[str, int | str]]:
    """Return each block with the place of the heading it stands after."""
    order = {anchor: number for number, (anchor, _text) in enumerate(headings(page.body))}
    blocks: list[Any] = [*page.care_cards, *page.callouts, *page.figures, *page.comparisons]
    return sorted((type(one).__name__, str(order.get(one.after, one.after))) for one in blocks)


def signs(page: Content) -> list[tuple[str, int]]:
    return sorted((one.level, len(one.items)) for one in page.care_cards)


def other_numbers(english: Content, spanish: Content) -> Iterator[Finding]:
    """Give the numbers that only one of two texts has, part by part."""
    there = dict(pieces(spanish))
    for where, text in pieces(english):
        ours, theirs = numbers(text), numbers(there.get(where, ""))
        if where in there and ours != theirs:
            odd = sorted(((ours - theirs) + (theirs - ours)).elements())
            values = {"numbers": ", ".join(odd)}
            message = _("Numbers that only one of the languages has: %(numbers)s.") % values
            yield Finding(WARNING, where, message, "numbers")


def numbers(text: str) -> Counter[str]:
    return Counter(NUMBER.findall(plain_text(text)))


def not_translated(english: Content, spanish: Content) -> Iterator[Finding]:
    there = {line for _where, text in pieces(spanish) for line in plain_text(text).split("\n")}
    for where, text in pieces(english):
        for line in plain_text(text).split("\n"):
            if line in there and len(line.split()) >= LONG_ENOUGH:
                message = _("The same words in both languages: “%(found)s”.") % {"found": line[:60]}
                yield Finding(ERROR, where, message, "language")
