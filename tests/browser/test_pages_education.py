"""Every education page in both languages: the frame, no sideways scroll on a small phone, no axe violation."""

import pytest
from playwright.sync_api import expect

from tests.browser import axe
from tests.browser.sweep import COLOURS, OVERFLOW, Listener
from tests.education.site import ADDRESSES

pytestmark = pytest.mark.django_db
SEARCHES = [
    ("en", "/learn/search/?q=refill"),
    ("es", "/es/learn/search/?q=recarga"),
    ("en", "/learn/search/?q=xyzzyq"),
    ("es", "/es/learn/search/"),
    ("en", "/learn/stories/tell/"),
    ("es", "/es/learn/stories/tell/"),
    ("en", "/learn/feedback/more/"),
]
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 320, "height": 800}


@pytest.mark.parametrize(("language", "url"), ADDRESSES + SEARCHES)
def test_page(visit_as, language, url):
    page = visit_as()
    listener = Listener(page, 200)
    assert page.goto(url).status == 200
    assert page.locator("html").get_attribute("lang") == language
    expect(page.locator("h1")).to_have_count(1)
    assert "help-strip" in page.evaluate("document.querySelector('body > :not(.skip)').className")
    axe.assert_accessible(page)
    page.emulate_media(color_scheme="dark")
    axe.assert_accessible(page, **COLOURS)
    page.set_viewport_size(PHONE)
    assert page.evaluate(OVERFLOW) == []
    assert listener.complaints == []


@pytest.mark.parametrize(
    "url", ["/learn/benefits-risks/", "/es/learn/questions/refills/", "/help/alarm/", "/learn/glossary/"]
)
def test_nothing_is_clipped_with_wider_text_spacing_on_a_small_phone(visit_as, url):
    page = visit_as(width=320, height=640)
    page.goto(url)
    # Through the document's own sheets: an added <style> would be refused by the policy.
    page.evaluate(
        """() => document.styleSheets[0].insertRule(
            "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }")"""
    )
    assert page.evaluate(OVERFLOW) == []
    axe.assert_accessible(page)


@pytest.mark.parametrize("url", ["/learn/", "/learn/questions/before/", "/es/learn/benefits-risks/"])
def test_reading_needs_no_script(visit_as, url):
    page = visit_as(java_script_enabled=False)
    assert page.goto(url).ok
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_role("link", name="911").first).to_be_visible()
    page.locator(".masthead__tools a[hreflang]").first.click()
    there = page.url.split("/", 3)[3]
    assert there == (url[4:] if url.startswith("/es/") else f"es{url}")


def test_each_answer_has_a_link_of_its_own(visit_as):
    page = visit_as()
    page.goto("/learn/questions/refills/")
    anchor = page.locator("main article [id]:has(h3), main article h3[id], main article h2[id]").first
    target = anchor.get_attribute("id")
    page.goto(f"/es/learn/questions/refills/#{target}")
    expect(page.locator(f"#{target}")).to_be_in_viewport()
