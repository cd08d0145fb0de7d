"""Write portal/static/portal/help.css: the tokens and the few components that the help pages use.

    python scripts/help_css.py [--check]

The help pages must stay light, so they load this one file instead of tokens, components and the education pages' own.
"""

import re
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "portal" / "static" / "portal"
TARGET = STATIC / "help.css"
CLASSES = set(
    """
    patient skip help-strip help-strip__ask help-strip__numbers wrap masthead masthead__top masthead__tools wordmark
    lq nav-main footer icon visually-hidden measure nowrap soft btn btn-call choices choices--3 choice tone reveal
    note demo-banner care-card care-card__head care-card__body care-card__level care-card--emergency
    care-card--urgent care-card--routine article ask lead sources cite reviewed useful useful__answers btn-secondary
    no-print callout word one-sheet
    reading reading__head reading__contents reading__text reading__foot toc crumbs steps steps__previous steps__next
    panel numbers summary
    """.split()
)
TAGS = set(
    """
    html body h1 h2 h3 p ul ol li a svg b strong span main header nav section aside footer div br form sup button
    dl dt dd address
    """.split()
)
PART = re.compile(r"\.([a-zA-Z_][\w-]*)|(?<![\w.#:\[-])([a-z][a-z0-9]*)(?![\w-]*\()")


def blocks(css: str) -> list[tuple[str, str]]:
    """Split a stylesheet into (prelude, body) pairs at the outermost braces."""
    found, depth, start, prelude = [], 0, 0, ""
    for index, character in enumerate(css):
        if character == "{":
            depth += 1
            if depth == 1:
                prelude, start = css[start:index].strip(), index + 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                found.append((prelude, css[start:index].strip()))
                start = index + 1
    return found


def is_used(selector: str) -> bool:
    bare = re.sub(r"\[[^\]]*\]|::?[a-z-]+(\([^)]*\))?", "", selector)
    parts = PART.findall(bare)
    return all(not name or name in CLASSES for name, _tag in parts) and all(
        not tag or tag in TAGS for _name, tag in parts
    )


def kept(css: str) -> str:
    """Return the rules whose every class and element the help pages have."""
    lines = []
    for prelude, body in blocks(css):
        if prelude.startswith("@page"):
            lines.append(f"{prelude}{{{body}}}" if prelude == "@page" else "")
        elif prelude.startswith("@"):
            inner = kept(body)
            lines.append(f"{prelude}{{{inner}}}" if inner else "")
        else:
            selectors = [part for part in re.split(r",(?![^(]*\))", prelude) if is_used(part.strip())]
            lines.append(f"{','.join(part.strip() for part in selectors)}{{{body}}}" if selectors else "")
    return "\n".join(line for line in lines if line)


def tight(css: str) -> str:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"[ \t]+", " ", css)).strip()


def build() -> str:
    """Return the stylesheet, with only the custom properties it names."""
    tokens = tight((STATIC / "tokens.css").read_text())
    parts = [kept(tight((STATIC / name).read_text())) for name in ("components.css", "learn.css")]
    components = "\n".join(parts)
    used = names(components)
    while (
        more := used | names("\n".join(line for line in tokens.split(";") if defined(line) in used))
    ) != used:
        used = more
    tokens = re.sub(r"(--[\w-]+):[^;{}]*;\s*", lambda m: m[0] if m[1] in used else "", tokens)
    written_by = "/* Written by scripts/help_css.py from tokens.css, components.css and learn.css. */"
    return f"{written_by}\n{tokens}\n{components}\n"


def names(css: str) -> set[str]:
    return set(re.findall(r"var\((--[\w-]+)", css))


def defined(declaration: str) -> str:
    match = re.search(r"(--[\w-]+):", declaration)
    return match[1] if match else ""


def main() -> int:
    css = build()
    if "--check" in sys.argv:
        return int(TARGET.read_text() != css)
    TARGET.write_text(css)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
