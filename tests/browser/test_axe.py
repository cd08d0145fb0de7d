"""The accessibility check finds what it is for; every page's own sweep relies on it."""

import pytest

from tests.browser import axe

GOOD = """<!doctype html><html lang="en"><head><title>Refill</title></head>
<body><main><h1>Refill</h1><p>Call us.</p></main></body></html>"""


def test_a_sound_page_passes(page):
    page.set_content(GOOD)
    axe.assert_accessible(page)


@pytest.mark.parametrize(
    ("part", "rule"),
    [
        ("<input>", "label"),
        ('<p style="color: #bbb; background: #fff">pale</p>', "color-contrast"),
        ("<h4>deep</h4>", "heading-order"),
        (
            '<button style="width: 9px; height: 9px; padding: 0" aria-label="a"></button>'
            '<button style="width: 9px; height: 9px; padding: 0" aria-label="b"></button>',
            "target-size",
        ),
    ],
)
def test_a_fault_is_named(page, part, rule):
    page.set_content(GOOD.replace("<p>Call us.</p>", part))
    with pytest.raises(AssertionError, match=rule):
        axe.assert_accessible(page)
