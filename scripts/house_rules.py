"""The house's own rules that no ready-made linter knows: templates, pure modules, history that updates skip."""

import ast
import re
import sys
from pathlib import Path

APPS = ("portal", "patients", "pumps")
# What these import of ours must be pure too.
PURE = (
    "pumps/units.py",
    "pumps/refill.py",
    "pumps/service_life.py",
    "pumps/working_days.py",
    "portal/dates.py",
    "portal/env.py",
    "portal/reminders/planning.py",
)
FILTERS_FOR_NUMBERS = r"(?:ml|dose|mcg|mg|volume|concentration|flow|number|units?|decimal)\w*"
MAILS = ("/email/", "emails/")
RULES = (
    # (what is wrong, where it shows, whether e-mails are exempt: mail programs want styles inline)
    ("an inline style; put it into a stylesheet", re.compile(r"\sstyle\s*=|<style\b", re.I), True),
    (
        "an inline script; put it into a file",
        re.compile(r"<script\b(?![^>]*(?:\bsrc=|application/(?:ld\+)?json))", re.I),
        False,
    ),
    ("an inline handler; put it into a script file", re.compile(r"<[^>]*\son[a-z]+\s*=", re.I), False),
    ("a javascript: address", re.compile(r"javascript:", re.I), False),
    ("“safe” switches escaping off", re.compile(r"\|\s*safe(?:seq)?\b|\{%\s*autoescape\s+off"), False),
    (
        "a partial takes its values with “only”",
        re.compile(r"\{%\s*include\b(?![^%]*\bonly\s*%\})[^%]*/_[^%]*%\}"),
        False,
    ),
    ("µg can be misread; write mcg", re.compile("[\u00b5\u03bc]g"), False),
    (
        "a raw volume or dose; show it through its filter",
        re.compile(rf"\{{\{{\s*[\w.]+_(?:ml|mcg|mg)\s*(?!\|\s*{FILTERS_FOR_NUMBERS})(?:\|[^}}]*)?\}}\}}"),
        False,
    ),
)
COMMENTS = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}", re.S)


def findings(root):
    """Return every broken rule as “file:line: what”."""
    found = []
    for path in sorted([*root.glob("templates/**/*.html"), *root.glob("p*/**/templates/**/*.html")]):
        found += in_template(path.relative_to(root).as_posix(), path.read_text())
    return found + in_pure_modules(root)


def blank(match):
    """Keep the lines of what is taken out, so that the others keep their numbers."""
    return "\n" * match.group().count("\n")


def in_template(name, text):
    """Return the rules a template breaks."""
    text = COMMENTS.sub(blank, text)
    is_mail = any(part in name for part in MAILS)
    return [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {what}: {' '.join(match.group().split())[:80]}"
        for what, pattern, not_in_mails in RULES
        if not (is_mail and not_in_mails)
        for match in pattern.finditer(text)
    ]


def in_pure_modules(root):
    """Return what the pure modules, and those of ours that they import, need beyond the standard library."""
    found, seen, waiting = [], set(), [name for name in PURE if (root / name).exists()]
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        for line, module in imported(ast.parse((root / name).read_text())):
            files = ours(root, module)
            waiting += files
            if not files and module.partition(".")[0] not in sys.stdlib_module_names:
                found.append(f"{name}:{line}: a pure module imports the standard library only, not {module}")
    return found


def imported(tree):
    """Return each import of a module as (line, dotted name)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module or '.'}.{alias.name}") for alias in node.names)


def ours(root, module):
    """Return the project's file that a dotted name leads to: a module, or a name inside one."""
    if module.partition(".")[0] not in APPS:
        return []
    path = root / module.replace(".", "/")
    places = [
        path.with_suffix(".py"),
        path / "__init__.py",
        path.parent.with_suffix(".py"),
        path.parent / "__init__.py",
    ]
    return [place.relative_to(root).as_posix() for place in places if place.exists()][:1]


if __name__ == "__main__":
    wrong = findings(Path(__file__).resolve().parent.parent)
    print(*wrong, sep="\n")
    sys.exit(bool(wrong))
