"""Words as search sees them: small letters without accents, from texts and from what was typed. All is pure."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

WORD = re.compile(r"[^\W_]+")
# An apostrophe or an invisible mark inside a word does not part it: can't, pump’s, a soft hyphen.
INSIDE = re.compile(r"(?<=\w)['’ʼ`´](?=\w)")
SHORTEST_BEGINNING = 3
SHORTEST_STEM = 4
MOST_WORDS = 12
# Two slips in a word of six letters; a shorter word than four is like too many others.
LIKE_ENOUGH = 0.66
SHORTEST_MENDED = 4
STOP_WORDS = {
    "en": frozenset(
        "a about after all am an and any are as at be been but by can could did do does for from get had has have"
        " going how i if in into is it its me my no not of on or our should so some than that the their them then there"
        " they this to too up us was we what when where which while who why will with would you your".split()
    ),
    "es": frozenset(
        "a al algo ante aqui como con cual cuando de del desde donde e el ella ellos en entre era es esa ese eso"
        " esta este esto estoy fue ha hay he hasta la las le les lo los mas me mi mis muy ni no nos o otra otro para"
        " pero por porque pues que quien se ser si sin sobre son soy su sus tambien te tengo tiene tu un una uno"
        " unos va van voy y ya yo puede puedo hacer hago debo".split()
    ),
}
# Readers say one, the pages another.
SAME = {
    "en": (
        ("alarm", "beep", "siren", "tone"), ("catheter", "tube"), ("medicine", "medication", "drug"),
        ("operation", "surgery"), ("plane", "airplane", "fly", "flight"), ("handset", "remote"),
        ("shower", "bath", "bathe"), ("cost", "price"), ("sign", "symptom"), ("itch", "itching"),
        ("dive", "diving", "scuba"),
    ),
    "es": (
        ("alarma", "pitido", "pita", "bip", "suena", "tono"), ("cateter", "tubo"), ("cirugia", "operacion"),
        ("medicamento", "medicina", "farmaco"), ("recarga", "llenado", "rellenado"), ("avion", "vuelo", "volar"),
        ("comezon", "picazon"), ("costo", "cuesta", "precio"), ("senal", "sintoma"),
    ),
}  # fmt: skip
URGENT = {
    "emergency": (
        "withdraw", "overdos", "breath", "unconscious", "seizur", "naloxon", "faint", "wake", "911",
        "numb", "weak", "vomit", "fever", "debil", "adormec", "fiebre",
        "sobredosis", "abstinencia", "respir", "desmay", "inconsc", "convuls", "despiert", "emergenc",
    ),
    "alarm": (
        "beep", "alarm", "siren", "tone", "noise", "ringing",
        "pitid", "pita", "alarma", "suena", "sonid", "sirena", "tono", "ruido", "bip",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One word to look for, or those that say the same; `is_begun`: it may be the beginning of a longer one."""

    word: str
    is_begun: bool = False
    same: tuple[str, ...] = ()


def fold(text: str) -> str:
    """Return a text in small letters without accents and invisible marks."""
    bare = unicodedata.normalize("NFKD", INSIDE.sub("", text)).casefold()
    return "".join(c for c in bare if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")


def plain(text: str) -> str:
    """Return what was typed without characters that no word holds; invisible marks do not part a word."""
    seen = (c for c in text if unicodedata.category(c) != "Cf")
    return " ".join("".join(c if c.isprintable() else " " for c in seen).split())


def split(text: str) -> list[str]:
    """Return the words of a text, folded."""
    return WORD.findall(fold(text))


def folded(*texts: str) -> str:
    return " ".join(split("\n".join(texts)))


def asked(text: str, language: str) -> list[Asked]:
    """Return what is looked for: the words that carry meaning, the last one perhaps not typed to its end."""
    found = split(text)
    telling = (word[:40] for word in found if word not in STOP_WORDS[language])
    kept = list(dict.fromkeys(telling))[:MOST_WORDS]
    is_open = bool(kept) and found[-1] == kept[-1] and len(kept[-1]) >= SHORTEST_BEGINNING
    return [meant(word, language, is_begun=is_open and word == kept[-1]) for word in kept]


def meant(word: str, language: str, *, is_begun: bool) -> Asked:
    """Return a word with those that say the same."""
    root = stem(word, language)
    groups = [group for group in SAME[language] if root in {stem(one, language) for one in group}]
    return Asked(
        word, is_begun, tuple(one for group in groups for one in group if stem(one, language) != root)
    )


def stem(word: str, language: str) -> str:
    """Return a word without its ending, roughly: so much that refill and refills, recarga and recargas meet."""
    if language == "es":
        for ending in ("es", "s"):
            if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
                word = word.removesuffix(ending)
                break
        return word[:-1] if word[-1:] in ("a", "o", "e") and len(word) > SHORTEST_STEM else word
    for ending in ("ing", "ies", "ed", "es", "s", "y", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM - 1:
            return word.removesuffix(ending)
    return word


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is most like a mistyped one, or nothing."""
    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=LIKE_ENOUGH)), "")


def urgent(found: Iterable[str]) -> list[str]:
    """Return which of emergency and alarm these words speak of, the graver first."""
    typed = list(found)
    return [name for name, beginnings in URGENT.items() if any(one.startswith(beginnings) for one in typed)]
