"""What holds on every page, in light and dark, on a desktop and on the narrowest phone."""

from contextlib import ExitStack

from django.test import override_settings
from django.urls import Resolver404, resolve

from tests.browser import axe
from tests.browser.places import Place

WIDTHS, SCHEMES = (1280, 320), ("light", "dark")
DEMO = {"DEMO": True, "ROOT_URLCONF": "tests.browser.demo_urls"}
# Django's admin has empty header cells over its hidden columns.
DJANGOS_OWN = {"rules": axe.OPTIONS["rules"] | {"empty-table-header": {"enabled": False}}}
# What a browser says about the status that the page is meant to have.
EXPECTED = "Failed to load resource: the server responded with a status of"

FIRST = "() => document.querySelector('body > :not(.skip)').className"
OVERFLOW = """() => {
    const root = document.scrollingElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const wide = e => e.getBoundingClientRect().right > root.clientWidth + 0.5;
    return [...document.querySelectorAll("body *")].filter(wide).slice(-5).map(e => e.outerHTML.slice(0, 160));
}"""


# In dark only colours are new.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, "rules": {}}
# The view that has a title: none has another's.
TITLES: dict[str, str] = {}


def options(place: Place, scheme: str) -> dict:
    if scheme == "dark":
        return COLOURS
    return DJANGOS_OWN if place.is_django else {}


class Listener:
    """Collects what a page complains about."""

    def __init__(self, page, status):
        self.status, self.complaints = status, []
        page.on("console", self.heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", lambda request: self.complaints.append(f"no answer: {request.url}"))

    def heard(self, message):
        if message.type not in {"error", "warning"}:
            return
        if self.status == 200 or not message.text.startswith(f"{EXPECTED} {self.status}"):
            self.complaints.append(message.text)


def sweep(place: Place, day, visit_as) -> None:
    """Open a place and hold it to all rules."""
    with ExitStack() as stack:
        if place.demo:
            stack.enter_context(override_settings(**DEMO))
        page = visit_as(place.who)
        listener = Listener(page, place.status)
        path = place.path if isinstance(place.path, str) else place.path(day)
        statuses = []
        page.on(
            "response", lambda r: statuses.append(r.status) if r.request.is_navigation_request() else None
        )
        page.goto(path)
        if place.then:
            place.then(page)
            page.wait_for_load_state()
        assert statuses[-1] == place.status
        check_frame(page, place)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(OVERFLOW) == [], f"wider than {width} px"
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                axe.assert_accessible(page, **options(place, scheme))
        # Django's admin draws its calendars with inline styles, which our policy refuses: typing a date still works.
        assert place.is_django or listener.complaints == []
        title, view = page.title().removeprefix("Error: "), view_at(page.url)
        assert TITLES.setdefault(title, view) == view


def check_frame(page, place: Place) -> None:
    """Hold the frame to its rules: one heading, language, help first, an error told in the title."""
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == place.language
    if place.is_django:
        return
    assert page.evaluate(FIRST) == "help-strip"
    summary = page.locator(".error-summary")
    assert page.title().startswith("Error:") == bool(summary.count()) == place.has_errors
    if place.has_errors:
        assert summary.evaluate("e => e === document.activeElement")


def view_at(url: str) -> str:
    """Return the name of the view behind an address, or the address where there is none."""
    path = "/" + url.split("/", 3)[3].partition("?")[0].partition("#")[0]
    try:
        return resolve(path).view_name
    except Resolver404:
        return path
