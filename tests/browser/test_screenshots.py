"""Pictures of the pages to look at: make screenshots puts them into docs/screenshots/."""

import os

import pytest

from tests.browser.day import DALE, NURSE

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not os.environ.get("SCREENSHOTS_DIR"),
        reason="takes pictures only where SCREENSHOTS_DIR says: make screenshots",
    ),
]
CASE = "extra doses with a lockout"
SHOTS = {
    "worklist": (NURSE, lambda day: "/worklist/"),
    "pump": (NURSE, lambda day: day.at("pump", CASE)),
    "fill": (NURSE, lambda day: day.at("fill", CASE)),
    "my": (DALE, lambda day: "/my/"),
    "alarm": ("", lambda day: "/help/alarm/#two"),
    "home": ("", lambda day: "/"),
}
# The work-list is as long as the clinic is large: its first screens show what it is.
TALLEST = 1600


@pytest.mark.parametrize("name", SHOTS)
def test_picture(name, day, visit_as, shoot):
    who, path = SHOTS[name]
    page = visit_as(who)
    assert page.goto(path(day)).ok
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        height = page.evaluate("document.documentElement.scrollHeight")
        clip = {
            "x": 0,
            "y": 0,
            "width": width,
            "height": min(height, TALLEST) if name == "worklist" else height,
        }
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            path_of_file = shoot(page, f"{name}-{width}-{scheme}", full_page=True, clip=clip)
            assert path_of_file.stat().st_size > 5_000
