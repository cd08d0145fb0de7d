"""Pictures of the education pages and of their admin, to look at: make screenshots puts them into docs/screenshots/."""

import os

import pytest
from django.urls import reverse

from portal.education.models import Page, Translation
from tests.browser.day import EDITOR

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not os.environ.get("SCREENSHOTS_DIR"),
        reason="takes pictures only where SCREENSHOTS_DIR says: make screenshots",
    ),
]
PUBLIC = {
    "learn": "learn/",
    "what-is-it": "learn/what-is-it/",
    "benefits-risks": "learn/benefits-risks/",
    "questions": "learn/questions/refills/",
    "search": "learn/search/?q=refill",
    "alarm-help": "help/alarm/#two",
}
SIZES = (1280, 390)
SCHEMES = ("light", "dark")
# Long pages are shown by their first screens.
TALLEST = 2400


def take(page, shoot, name):
    for width in SIZES:
        page.set_viewport_size({"width": width, "height": 900})
        height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        clip = {"x": 0, "y": 0, "width": width, "height": height}
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            kept = shoot(page, f"{name}-{width}-{scheme}", full_page=True, clip=clip)
            assert kept.stat().st_size > 5_000


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", PUBLIC)
def test_public_page(name, language, visit_as, shoot):
    page = visit_as()
    path = (
        PUBLIC[name].replace("refill", "recarga")
        if language == "es" and "?" in PUBLIC[name]
        else PUBLIC[name]
    )
    assert page.goto(f"/{'es/' if language == 'es' else ''}{path}").ok
    take(page, shoot, f"{name}-{language}")


def form(text):
    return reverse("admin:education_translation_change", args=[text.pk])


def preview(text):
    return reverse(f"admin:education_page_preview_{text.language}", args=[text.page_id])


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("name", "address"), [("admin-form", form), ("admin-preview", preview)])
def test_editors_page(name, address, language, visit_as, shoot):
    page = visit_as(EDITOR)
    what_is_it = Page.objects.get(path="learn/what-is-it")
    assert page.goto(address(Translation.objects.get(page=what_is_it, language=language))).ok
    page.wait_for_load_state("networkidle")
    take(page, shoot, f"{name}-{language}")
