"""An editor's whole way: a page drafted in both languages, seen, scheduled, live and ended by the clock, restored."""

import pytest
import time_machine
from django.test import Client

from portal.accounts.models import Clinic, User
from portal.education.models import Page, Reference, Translation
from tests.base import Role, at, make_staff, restore_content

pytestmark = pytest.mark.django_db(transaction=True)
NOW = at("2026-11-24", 9)
WORDS = {
    "en": ("Traveling with a pump", "Take your card.", "Call the 24-hour line now if:", "your pump beeps"),
    "es": ("Viajar con una bomba", "Lleve su tarjeta.", "Llame a la línea de 24 horas si:", "su bomba suena"),
}


@pytest.fixture
def editor(live_server, new_page):
    """A new page without texts, and the browser of its editor; anything the console says fails the test."""
    restore_content()
    Clinic.objects.create(
        name="Oak Street Clinic", sender_name="Oak", time_zone="America/Chicago",
        phone="+13125550123", phone_24h="+13125550199",
    )  # fmt: skip
    make_staff("edie@portal.example", "Edie Moss", Role.EDITOR, None)
    Reference.objects.get_or_create(key="smith-test", defaults={"title": "A paper"})
    Page.objects.create(parent=Page.objects.get(path="learn"), slug="trips", layout="article")
    with time_machine.travel(NOW) as clock:
        client = Client()
        client.force_login(User.objects.get(email="edie@portal.example"))
        page, said = new_page(reduced_motion="reduce"), []
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        page.context.add_cookies([cookie])
        page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        yield page, clock
        assert not said


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()


def draft(page, language):
    """Write a text with a citation, a care card and a drawing, and look at it as readers will."""
    title, words, heading, sign = WORDS[language]
    trips = Page.objects.get(path="learn/trips")
    page.goto(f"/admin/education/translation/add/?page={trips.pk}&language={language}")
    page.locator("#id_title").fill(title)
    page.get_by_role("textbox", name="Text", exact=True).click()
    page.keyboard.type(words)
    press(page, "Source")
    page.get_by_label("Source to cite").first.fill("smith-test")
    press(page, "Cite")
    page.get_by_role("heading", name="Care cards").click()
    page.locator("#id_carecard_set-0-level").select_option("urgent")
    page.locator("#id_carecard_set-0-heading").fill(heading)
    page.locator("#id_carecard_set-0-items").fill(sign)
    page.get_by_role("heading", name="Figures").click()
    page.locator("#id_figure_set-0-drawing").select_option("pump")
    press(page, "Save and preview")
    page.get_by_text("Preview: not public.").wait_for()
    assert page.evaluate("document.documentElement.lang") == language
    for shown in (heading, sign, "A paper"):
        assert page.get_by_text(shown).first.is_visible(), shown
    assert page.locator("article figure svg").count() == 1


def schedule(page):
    """Publish what is previewed from 10 in the morning until 5 in the afternoon."""
    page.get_by_role("link", name="Publish…").click()
    page.get_by_label("From a day and time").check()
    for which, time in (("start", "10:00 a.m."), ("end", "5:00 p.m.")):
        page.locator(f"[name={which}_day_month]").select_option("11")
        page.locator(f"[name={which}_day_day]").fill("24")
        page.locator(f"[name={which}_day_year]").fill("2026")
        page.locator(f"[name={which}_time]").fill(time)
    for tick in page.get_by_label("I have read what was found wrong").all():
        tick.check()
    press(page, "Publish")
    page.get_by_text("Scheduled: version 1 is public from 24-Nov-2026, 10:00").first.wait_for()
    assert page.get_by_text("Public since").count() == 0


def answers():
    return [Client().get(address).status_code for address in ("/learn/trips/", "/es/learn/trips/")]


def test_a_page_is_drafted_seen_scheduled_ends_and_is_restored(editor):
    page, clock = editor
    for language in WORDS:
        draft(page, language)
        schedule(page)
    for moment, status in (((9, 59), 404), ((10, 0), 200), ((16, 59), 200), ((17, 0), 410)):
        clock.move_to(at("2026-11-24", *moment))
        assert answers() == [status, status], moment
    clock.move_to(at("2026-11-24", 9, 30))
    text = Translation.objects.get(page__path="learn/trips", language="en")
    page.goto(f"/admin/education/translation/{text.pk}/change/")
    page.locator("#id_title").fill("A worse title")
    press(page, "Save draft")
    page.get_by_text("Saved as version 2. Readers").wait_for()
    page.get_by_role("link", name="Versions", exact=True).click()
    press(page, "Restore version 1")
    page.get_by_text("Version 1 is the working text again, as version 3.").wait_for()
    assert page.locator("#id_title").input_value() == WORDS["en"][0]
    contents = dict(text.versions.values_list("number", "content"))
    assert contents[3] == contents[1] != contents[2]
