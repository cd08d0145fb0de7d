"""Words, units and signs that patients' pages do without, and what to write in their place.

Each rule: how serious, what it finds, what to say. `%(found)s` is what was found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from portal.education.checks.readability import sentences

ERROR, WARNING = "error", "warning"
UNIT = r"(?:mcg|mg|mL|ml|g|kg|cm|mm|lb)"


@dataclass(frozen=True, slots=True)
class Rule:
    level: str
    pattern: re.Pattern[str]
    message: object


def rule(level: str, pattern: str, message: object, *, exactly: bool = False) -> Rule:
    return Rule(level, re.compile(pattern, 0 if exactly else re.I), message)


SIGNS = (
    rule(ERROR, r"[µμ]g?", _("“%(found)s” can be misread: write mcg."), exactly=True),
    rule(ERROR, r"\d\s*ug\b", _("“%(found)s” can be misread: write mcg.")),
    rule(ERROR, r"\bcc\b", _("“%(found)s” can be misread: write mL.")),
    rule(ERROR, r"\b(?:ml|ML|Ml)\b", _("Write mL, not “%(found)s”."), exactly=True),
    rule(ERROR, rf"\d{UNIT}\b", _("Put a space between number and unit: “%(found)s”."), exactly=True),
    rule(
        ERROR,
        rf"\d+\.\d*0\s*(?:{UNIT}|units?|unidad(?:es)?)\b|\b\d+\.0+\b",
        _("No trailing zero: “%(found)s”."),
    ),
    rule(ERROR, r"(?<![\d\w.])\.\d+", _("Put a zero before the point: “%(found)s”.")),
    rule(
        ERROR,
        rf"\b\d+,\d{{1,2}}(?!\d)\s*(?:{UNIT}\b|%)",
        _("Write the decimal point as a point: “%(found)s”."),
    ),
    rule(
        ERROR,
        rf"(?<![\d,.])\d{{4,}}\s*(?:{UNIT}|units?|unidad(?:es)?)\b",
        _("Write a comma from 1,000 on: “%(found)s”."),
    ),
    rule(
        ERROR,
        rf"\b{UNIT}\s?/\s?(?:mL|ml|kg|day|d[ií]a|h(?:our|ora)?)\b",
        _("Write “per”, not a slash: “%(found)s”."),
    ),
    rule(
        ERROR,
        r"\b(?:QD|QOD|Q\.D\.|Q\.O\.D\.|IU|MSO4|MgSO4|MS)\b|\d\s*U\b",
        _("“%(found)s” can be misread: write it out."),
        exactly=True,
    ),
    rule(ERROR, r"[<>≤≥]", _("Write “less than” or “more than” in words, not “%(found)s”.")),
    rule(ERROR, r"[®™]", _("Leave “%(found)s” off.")),
    rule(ERROR, r"\b\d{1,2}/\d{1,2}/\d{2,4}\b", _("Write the month as a word: “%(found)s”.")),
    rule(
        ERROR,
        r"(?<![\d-])(?:\+?1[-. ])?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b",
        _("Phone numbers come from the clinics’ settings, not from the text: “%(found)s”."),
    ),
)
BLAME = _("“%(found)s” blames or labels people: say what happened in neutral words.")
HOPEFUL = _("“%(found)s” sounds as if the portal watched or ran the pump. It does neither.")
ENGLISH = (
    rule(ERROR, r"\bmedications?\b", _("Write medicine, not “%(found)s”.")),
    rule(ERROR, r"\b(?:drug |substance )?abus(?:e[drs]?|ing|ive)\b|\baddict\w*", BLAME),
    rule(
        ERROR,
        r"\bdirty\b|\b(?:get|got|getting|stay|stayed|staying) clean\b|\bclean (?:urine|tests?)\b",
        BLAME,
    ),
    rule(ERROR, r"\bnon-?complian\w+|\bnon-?adheren\w+|\bcomplian(?:t|ce)\b", BLAME),
    rule(ERROR, r"\bfailed\b|\bno-shows?\b|\bjunkies?\b|\bdrug.seek\w+", BLAME),
    rule(ERROR, r"\bsuffer(?:s|ed|ing|ers?)?\b|\bvictims?\b", BLAME),
    rule(WARNING, r"\bcomplain(?:s|ed|ing)?\b", BLAME),
    rule(
        ERROR,
        r"\b(?:we|us|the portal|this portal|this site|this website|this page)(?: \w+)? "
        r"(?:monitors?|watch(?:es)?|hears?|listens? to|tracks?|programs?|controls?) (?:\w+ ){0,2}pumps?\b",
        HOPEFUL,
    ),
    rule(
        ERROR,
        r"\bwe(?: \w+)? (?:monitor|keep watch|watch over) (?:you|your|the)\b|\b(?:hears|monitors) (?:your|the) pump\b",
        HOPEFUL,
    ),
    rule(
        WARNING,
        r"\b(?:piece of cake|hit or miss|a handful of|rule of thumb)\b",
        _("“%(found)s” is an idiom: say it plainly."),
    ),
)
SPANISH = (
    rule(ERROR, r"\bmedicaci(?:ón|ones)\b", _("Write medicamento, not “%(found)s”.")),
    rule(ERROR, r"\bdrogas?\b", _("Write medicamento, not “%(found)s”.")),
    rule(ERROR, r"\badict\w*|\badicci\w+|\babus[aáeoó]\w*|\bdrogadict\w*|\btoxic[óo]man\w*", BLAME),
    rule(ERROR, r"\bsuci[oa]s?\b|\bincumpl\w+|\bfracas\w+|\bdesobed\w+", BLAME),
    rule(ERROR, r"\bsufr\w+|\bv[ií]ctimas?\b", BLAME),
    rule(WARNING, r"\bquej(?:a|an|arse)\b", BLAME),
    rule(
        ERROR,
        r"\b(?:el|este) (?:portal|sitio|sitio web)(?: \w+)? "
        r"(?:vigila|monitorea|monitoriza|supervisa|escucha|oye|controla|programa) (?:\w+ ){0,2}bombas?\b",
        HOPEFUL,
    ),
    rule(
        ERROR, r"\b(?:monitoreamos|monitorizamos|vigilamos|supervisamos) (?:a usted|la|las|su|sus)\b", HOPEFUL
    ),
    rule(
        ERROR,
        r"\b(?:tú|tu|tus|ti|contigo|tienes|puedes|debes|estás|quieres|necesitas|vosotr[oa]s|vuestr[oa]s?)\b",
        _("Speak to readers as usted: “%(found)s”."),
    ),
    rule(WARNING, r"\breservorios?\b", _("Say depósito, as on the other pages, not “%(found)s”.")),
    rule(WARNING, r"\brellen(?:ad|ar|o)\w*", _("Say recarga, as on the other pages, not “%(found)s”.")),
)
NEGATIONS = re.compile(
    r"\b(?:not|cannot|can['’]t|doesn['’]t|don['’]t|never|nobody|no one|no|nunca|nadie)\b", re.I
)

CAPITALS = re.compile(r"\b[A-ZÁÉÍÓÚÑ]{2,}(?:-[A-ZÁÉÍÓÚÑ]{2,})?s?\b")
ABBREVIATIONS = set(
    "MRI RM CT TC ERI EOS FDA CSF LCR TTY ER ED US USA EE UU UK ICU UCI ID TV PDF SMS QR DEA CDC HHS NIH NHS VA "
    "MD DO RN NP PA PTM TENS ECG EKG IV AM PM ANZCA ASA OK PCA TDD ITB IDD IDDS SCS MAUDE USP II III LLC CMM "
    "UV GPS TSA RF NCI OTC".split()
)
SHOUTED = set(
    "NOT NO NEVER DO ALWAYS CALL NOW STOP ONLY MUST YES WARNING DANGER AND OR IF THE YOU "
    "NUNCA SIEMPRE LLAME YA SOLO AHORA NO SI PELIGRO AVISO USTED EL LA".split()
)
LONG_CAPITALS = 6
# Frequent words that the other language does not have.
FUNCTION_WORDS = {
    "en": re.compile(
        r"\b(?:the|and|your|with|you|of|is|are|this|that|from|have|will|not|for|when|call)\b", re.I
    ),
    "es": re.compile(
        r"\b(?:el|los|las|del|que|por|una|usted|para|está|están|su|sus|cuando|llame|pero|con)\b", re.I
    ),
}
FOREIGN_WORDS = 2


def found_in(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Give (level, message) for each word, unit or sign of a plain text that does not belong."""
    for one in (*SIGNS, *(SPANISH if language == "es" else ENGLISH)):
        for match in one.pattern.finditer(text):
            if one.message is HOPEFUL and denied(text, match):
                continue
            yield one.level, str(one.message) % {"found": match.group().strip()}
    yield from shouting(text)
    yield from other_language(text, language)


def denied(text: str, match: re.Match[str]) -> bool:
    """Return whether the sentence says that this is not so: “We do not watch your pump”."""
    sentence = next((one for one in sentences(text) if match.group() in one), match.group())
    return bool(NEGATIONS.search(sentence))


def shouting(text: str) -> Iterator[tuple[str, str]]:
    for word in dict.fromkeys(CAPITALS.findall(text)):
        bare = word.rstrip("s")
        if bare in SHOUTED or len(bare) >= LONG_CAPITALS:
            yield ERROR, _("Do not write words in capitals: “%(found)s”.") % {"found": word}
        elif bare not in ABBREVIATIONS:
            yield WARNING, _("Is “%(found)s” known to readers? Write it out.") % {"found": word}


def other_language(text: str, language: str) -> Iterator[tuple[str, str]]:
    other = "en" if language == "es" else "es"
    for line in text.split("\n"):
        if len(FUNCTION_WORDS[other].findall(line)) >= FOREIGN_WORDS:
            message = (
                _("English is left here: “%(found)s”.")
                if other == "en"
                else _("Spanish is left here: “%(found)s”.")
            )
            yield ERROR, message % {"found": line[:60]}
