"""What patients and the public see: no accessibility violation, no sideways scroll, no complaint of the browser."""

import pytest

from tests.browser import places
from tests.browser.day import DALE
from tests.browser.sweep import sweep

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("place", places.PATIENT, ids=str)
def test_page(place, day, visit_as):
    sweep(place, day, visit_as)


SMALL = """([selector, least]) => [...document.querySelectorAll(selector)]
    .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < least)
    .map(e => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize(
    ("path", "selector", "least"),
    [
        ("/my/", "main .btn, .nav-main a, .help-strip a", 44),
        ("/", "main .btn, .nav-main a, .help-strip a", 44),
        ("/accounts/login/", "main .btn, main input:not([type=hidden], [type=checkbox])", 44),
        ("/help/alarm/", ".choice, .btn-call", 64),
        ("/help/alarm/#one", ".choice, .btn-call", 64),
    ],
)
def test_what_is_pressed_is_large(path, selector, least, width, day, visit_as):
    page = visit_as(DALE if path == "/my/" else "", width=width)
    page.goto(path)
    assert page.evaluate(SMALL, [selector, least]) == []


@pytest.mark.parametrize(("path", "who"), [("/my/", DALE), ("/help/alarm/", "")])
def test_print_keeps_the_numbers_and_drops_what_is_pressed(path, who, day, visit_as):
    page = visit_as(who)
    page.goto(path)
    page.emulate_media(media="print")
    assert "312-555-0199" in page.locator("main").inner_text()
    for gone in (".help-strip", ".nav-main", ".btn-row"):
        assert not page.locator(gone).first.is_visible()
