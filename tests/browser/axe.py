"""Check a page's accessibility with the vendored axe-core."""

from functools import cache
from pathlib import Path

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}


@cache
def source():
    return (Path(__file__).parent / "vendor/axe.min.js").read_text()


def violations(page, **options):
    """Return what axe finds wrong on the page as it stands now."""
    # Evaluated by the browser's debugger, which the page's content security policy does not bind.
    page.evaluate(source())
    return page.evaluate("options => axe.run(document, options)", OPTIONS | options)["violations"]


def describe(violation):
    """Return a violation in words: the rule, and each element that breaks it."""
    lines = [f"{violation['id']} ({violation['impact']}): {violation['help']}"]
    for node in violation["nodes"]:
        summary = " ".join(node["failureSummary"].split())
        lines.append(f"    {node['target']}  {node['html'][:160]}\n        {summary}")
    return "\n".join(lines)


def assert_accessible(page, **options):
    """Fail with every violation on the page, each with the elements concerned."""
    found = violations(page, **options)
    assert not found, f"{len(found)} axe violations at {page.url}\n" + "\n".join(map(describe, found))
