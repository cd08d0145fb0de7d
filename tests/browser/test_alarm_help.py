"""A pump beeps: whoever hears it, on whatever page, is two taps from the number (journey J3)."""

import io

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.axe import assert_accessible
from tests.browser.day import DALE

pytestmark = pytest.mark.django_db
CALL = "main .btn-call:visible"
SOUNDS = [("Two tones", "two"), ("One tone", "one"), ("Not sure", "two")]


@pytest.mark.parametrize(
    "start", ["/", "/learn/", "/learn/questions/money/", "/accounts/login/", "/nowhere/"]
)
def test_from_any_page_the_number_is_two_taps_away(visit_as, start):
    page = visit_as(width=390, java_script_enabled=False)
    page.goto(start)
    page.locator(".help-strip__ask a").click()  # The first tap.
    assert page.url.endswith("/help/alarm/")
    page.locator(".choice").last.click()  # The second one.
    assert page.locator(CALL).first.get_attribute("href").startswith("tel:")


def test_from_a_patients_own_page_too(visit_as):
    page = visit_as(DALE, width=390)
    page.goto("/my/")
    page.locator(".help-strip__ask a").click()
    page.locator(".choice").first.click()
    assert page.locator(CALL).first.get_attribute("href").startswith("tel:")


@pytest.mark.parametrize(("sound", "card"), SOUNDS)
@pytest.mark.parametrize("prefix", ["", "/es"])
def test_each_answer_shows_one_card(visit_as, sound, card, prefix):
    page = visit_as(width=390, java_script_enabled=False)
    page.goto(f"{prefix}/help/alarm/")
    place = [one for one, _ in SOUNDS].index(sound)
    page.locator(".choice").nth(place).click()
    assert page.url.endswith(f"#{card}")
    shown = page.locator(".reveal:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_have_id(card)
    box = shown.locator(".btn-call").first.bounding_box()
    assert box["height"] >= 64


def test_it_says_that_nobody_listens_and_makes_no_sound(visit_as):
    page = visit_as()
    page.goto("/help/alarm/")
    words = page.get_by_role("main").inner_text()
    assert "does not watch your pump" in words and "at night" in words and "quieter" in words
    expect(page.locator("audio, video")).to_have_count(0)
    assert page.context.cookies() == []
    assert_accessible(page)


@pytest.mark.parametrize("url", ["/help/alarm/", "/es/help/alarm/"])
def test_all_of_it_prints_on_one_page(visit_as, url):
    page = visit_as()
    page.goto(url)
    printed = page.pdf(format="Letter")
    assert len(PdfReader(io.BytesIO(printed)).pages) == 1
    page.emulate_media(media="print")
    expect(page.locator(".reveal")).to_have_count(2)
    for card in page.locator(".reveal").all():
        expect(card).to_be_visible()


def test_both_languages_stand_in_the_same_order(visit_as):
    page = visit_as()
    order = "[...document.querySelectorAll('main [id], main .care-card')].map(e => e.className)"
    found = []
    for url in ("/help/alarm/", "/es/help/alarm/"):
        page.goto(url)
        found.append(page.evaluate(order))
    assert found[0] == found[1]


def test_the_way_by_keyboard(visit_as):
    page = visit_as()
    page.goto("/learn/")
    for _ in range(3):
        page.keyboard.press("Tab")
        if "help/alarm" in (page.evaluate("document.activeElement.href") or ""):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/help/alarm/")
