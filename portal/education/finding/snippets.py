"""A few words of a text around what was looked for, in parts: the template marks them, nothing is HTML here."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from portal.education.finding import words

SHOWN = re.compile(r"\w+(?:['’]\w+)*")
LENGTH = 180
BEFORE = 50


class Part(NamedTuple):
    text: str
    is_marked: bool


class Marker:
    """Knows which words of a text were looked for, in whatever form."""

    def __init__(self, asked: Sequence[words.Asked], language: str) -> None:
        self.language = language
        self.stems = {words.stem(word, language) for one in asked for word in (one.word, *one.same)}
        self.beginnings = tuple(one.word for one in asked if one.is_begun)

    def is_meant(self, shown: str) -> bool:
        return any(
            words.stem(word, self.language) in self.stems
            or (self.beginnings and word.startswith(self.beginnings))
            for word in words.split(shown)
        )

    def parts(self, text: str) -> list[Part]:
        """Return the text cut into what was looked for and what stands between."""
        found, end = [], 0
        for match in SHOWN.finditer(text):
            if self.is_meant(match.group()):
                found += [Part(text[end : match.start()], False), Part(match.group(), True)]
                end = match.end()
        found.append(Part(text[end:], False))
        return [part for part in found if part.text]

    def around(self, text: str) -> str:
        """Return the text around the first word that was looked for, cut between words."""
        first = next((m.start() for m in SHOWN.finditer(text) if self.is_meant(m.group())), 0)
        start = text.rfind(" ", 0, max(0, first - BEFORE)) + 1 if first > BEFORE else 0
        if len(text) - start <= LENGTH:
            return ("… " if start else "") + text[start:]
        end = text.rfind(" ", start, start + LENGTH)
        return ("… " if start else "") + text[start : end if end > start else start + LENGTH] + " …"
