"""The pages of staff: no accessibility violation, no sideways scroll, no complaint of the browser, all by keyboard."""

import pytest

from tests.browser import places
from tests.browser.day import NURSE
from tests.browser.sweep import sweep

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("place", places.CLINIC, ids=str)
def test_page(place, day, visit_as):
    sweep(place, day, visit_as)


# What has the focus: whether it shows, whether something covers it, and where it stands in the page.
FOCUSED = """() => {
    const e = document.activeElement;
    if (e === document.body) return null;
    const style = getComputedStyle(e), box = e.getClientRects()[0];
    const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const order = [...document.querySelectorAll("*")].indexOf(e);
    return {
        what: e.outerHTML.slice(0, 120), order,
        shows: e.matches(":focus-visible") && (style.outlineStyle !== "none" || style.boxShadow !== "none"),
        covered: !(at && (e.contains(at) || at.contains(e) || e.labels?.[0]?.contains(at))),
    };
}"""


def walk(page, most=60):
    """Press Tab through a page; yield what has the focus each time."""
    for _step in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            return
        yield focused


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("name", ["work-list", "record a fill"])
def test_focus_is_seen_and_follows_the_page(name, width, day, visit_as):
    page = visit_as(NURSE, width=width, height=600)
    page.goto("/worklist/" if name == "work-list" else day.at("fill", "extra doses with a lockout"))
    stops = list(walk(page))
    assert len(stops) > 20
    assert "skip" in stops[0]["what"]
    assert [stop["what"] for stop in stops if not stop["shows"]] == []
    assert [stop["what"] for stop in stops if stop["covered"]] == []
    assert [stop["order"] for stop in stops] == sorted(stop["order"] for stop in stops)
