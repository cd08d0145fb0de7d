"""The editors' pages in a browser: with the editor and without scripts, by keyboard, accessible, nothing refused."""

import pytest
import time_machine
from django.test import Client

from portal.accounts.models import Clinic
from portal.education import actions
from portal.education.models import Reference, Translation
from tests.base import Role, at, make_staff, restore_content
from tests.browser.axe import assert_accessible
from tests.education.test_actions import make_text

pytestmark = pytest.mark.django_db(transaction=True)
NOW = at("2026-11-24", 9)
BODY = (
    "<p>First words.</p><h2>One</h2><p>See <a href='/learn/glossary/'>words</a>.</p>"
    "<h2>Two</h2><ul><li>a</li></ul><table><tr><th>A</th><th>B</th></tr><tr><td>c</td><td>d</td></tr></table>"
    "<p><span lang='es'>Hola</span></p>"
)


@pytest.fixture
def text(live_server):
    """A page with a text; its editor is signed in by `as_editor`."""
    restore_content()
    Clinic.objects.create(
        name="Oak Street Clinic", sender_name="Oak", time_zone="America/Chicago",
        phone="+13125550123", phone_24h="+13125550199",
    )  # fmt: skip
    make_staff("edie@portal.example", "Edie Moss", Role.EDITOR, None)
    made = make_text(body=BODY)
    actions.save_version(actor=None, translation=made)
    return made


@pytest.fixture
def complaints():
    """What the browser's console says against a page."""
    return []


@pytest.fixture
def as_editor(text, new_page, live_server, complaints):
    """Return a function that opens a page as the editor; a complaint of the console fails the test."""

    def open_page(language="en", **options):
        editor = text_editor(language)
        client = Client()
        client.force_login(editor)
        page = new_page(reduced_motion="reduce", **options)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        page.context.add_cookies([cookie])
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    assert not complaints


def text_editor(language):
    from portal.accounts.models import User

    User.objects.filter(email="edie@portal.example").update(language=language)
    return User.objects.get(email="edie@portal.example")


def form_of(text):
    return f"/admin/education/translation/{text.pk}/change/"


def box(page, name="Text"):
    return page.get_by_role("textbox", name=name, exact=True)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()


def saved(text):
    text.refresh_from_db()
    return text.body


def test_opening_and_saving_keeps_every_mark(as_editor, text):
    page = as_editor()
    page.goto(form_of(text))
    box(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" More.")
    press(page, "Save draft")
    page.get_by_text("Saved as version 2. Readers").wait_for()
    assert saved(text) == (
        '<p>First words.</p>\n<h2>One</h2>\n<p>See <a href="/learn/glossary/">words</a>.</p>\n<h2>Two</h2>\n'
        '<ul>\n<li>a</li>\n</ul>\n<table>\n<thead>\n<tr><th scope="col">A</th><th scope="col">B</th></tr>\n</thead>\n'
        "<tbody>\n<tr><td>c</td><td>d</td></tr>\n</tbody>\n</table>\n"
        '<p><span lang="es">Hola More.</span></p>\n'
    )
    # What the editor itself writes is no reason for a warning.
    assert page.locator(".messagelist .warning").count() == 0


def test_a_text_is_written_with_the_buttons(as_editor, text):
    Reference.objects.get_or_create(key="smith-test", defaults={"title": "A paper"})
    page = as_editor()
    page.goto(form_of(text))
    box(page).click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    press(page, "Heading")
    page.keyboard.type("What to bring")
    page.keyboard.press("Enter")
    press(page, "List")
    page.keyboard.type("a card")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("It helps")
    press(page, "Source")
    page.get_by_label("Source to cite").first.fill("smith-test")
    press(page, "Cite")
    page.keyboard.type(". Read ")
    press(page, "Bold")
    page.keyboard.type("all")
    page.keyboard.press("Shift+Control+ArrowLeft")
    press(page, "Link")
    page.get_by_label("Link to").first.fill("/learn/glossary/")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    press(page, "Save draft")
    page.get_by_text("Saved as version 2. Readers").wait_for()
    assert saved(text) == (
        "<h2>What to bring</h2>\n<ul>\n<li>a card</li>\n</ul>\n"
        '<p>It helps [[smith-test]]. Read <a href="/learn/glossary/"><strong>all</strong></a></p>\n'
    )


def test_rows_are_added_and_a_row_added_by_script_has_its_editor(as_editor, text):
    page = as_editor()
    page.goto(form_of(text))
    page.get_by_role("heading", name="Question list").click()
    page.get_by_role("button", name="Add another Question").click()
    for i, name in enumerate(("first", "second")):
        page.locator(f"#id_question_set-{i}-question").fill(f"The {name}?")
        page.locator(f"#id_question_set-{i}-anchor").fill(name)
        answer = page.locator(f"#question_set-{i} .ProseMirror")
        answer.click()
        page.keyboard.type(f"Answer {i}")
    press(page, "Save draft")
    page.get_by_text("Saved as version 2. Readers").wait_for()
    found = list(text.question_set.values_list("anchor", "answer"))
    assert found == [("first", "<p>Answer 0</p>\n"), ("second", "<p>Answer 1</p>\n")]


def test_html_can_be_seen_and_what_is_taken_out_is_told(as_editor, text):
    page = as_editor()
    page.goto(form_of(text))
    press(page, "Show as HTML")
    page.locator("#id_body").fill("<p>Now <em>this</em><script>alert(1)</script></p>")
    press(page, "Show as text")
    assert box(page).inner_text().strip() == "Now this"
    press(page, "Show as HTML")
    page.locator("#id_body").fill("<p>Now <em>this</em><script>alert(1)</script></p>")
    press(page, "Save draft")
    page.get_by_text("Text: Taken out with what stood in them: script.").wait_for()
    page.get_by_text("their words stay: em.").wait_for()
    assert saved(text) == "<p>Now this</p>\n"


def test_without_scripts_everything_is_there(as_editor, text):
    page = as_editor(java_script_enabled=False)
    page.goto(form_of(text))
    page.locator("#id_body").fill("<p>By hand.</p>")
    page.get_by_role("heading", name="Care cards").click()
    page.locator("#id_carecard_set-0-level").select_option("urgent")
    page.locator("#id_carecard_set-0-heading").fill("Call the 24-hour line now if:")
    page.locator("#id_carecard_set-0-items").fill("you hear two tones")
    press(page, "Save draft")
    page.get_by_role("heading", name="Care cards").click()
    assert page.locator("#id_carecard_set-1-heading").count() == 1
    assert saved(text) == "<p>By hand.</p>\n"
    assert text.carecard_set.get().level == "urgent"


def test_the_form_works_by_keyboard_alone(as_editor, text):
    page = as_editor()
    page.goto(form_of(text))
    page.locator("#id_description").focus()
    seen = []
    for _step in range(30):
        page.keyboard.press("Tab")
        at_work = "document.activeElement"
        seen.append(
            page.evaluate(f"{at_work}.getAttribute('aria-label') || {at_work}.value || {at_work}.textContent")
        )
        assert page.evaluate(f"getComputedStyle({at_work}).outlineStyle") == "solid", seen[-1]
        if seen[-1] == "Text":
            break
    assert "Bold" in seen and seen[-1] == "Text"
    # Tab leaves the text again: no trap.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "id_ask"


def test_a_page_is_drafted_previewed_scheduled_and_ends_by_the_clock(as_editor, text):
    with time_machine.travel(NOW) as clock:
        page = as_editor()
        page.goto(f"/admin/education/translation/add/?page={text.page_id}&language=es")
        page.get_by_label("Title", exact=False).first.fill("Su tarjeta")
        box(page).click()
        page.keyboard.type("Lleve su tarjeta.")
        press(page, "Save and preview")
        page.get_by_text("Preview: not public.").wait_for()
        assert page.get_by_role("heading", name="Su tarjeta").is_visible()
        assert page.evaluate("document.documentElement.lang") == "es"
        page.get_by_role("link", name="Publish…").click()
        page.get_by_label("From a day and time").check()
        whole_moment(page, "start", "11", "24", "10:00 a.m.")
        whole_moment(page, "end", "11", "24", "5 pm")
        for tick in page.get_by_label("I have read what was found wrong").all():
            tick.check()
        press(page, "Publish")
        page.get_by_text("Scheduled: version 1 is public from 24-Nov-2026, 10:00").wait_for()
        for moment, status in (((10, 0), 200), ((16, 59), 200), ((17, 0), 410)):
            clock.move_to(at("2026-11-24", *moment))
            assert Client().get("/es/learn/try/").status_code == status
    assert Translation.objects.get(page=text.page, language="es").publications.count() == 1


def whole_moment(page, which, month, day, time):
    page.locator(f"#id_{which}_day_0, [name={which}_day_month]").first.select_option(month)
    page.locator(f"[name={which}_day_day]").fill(day)
    page.locator(f"[name={which}_day_year]").fill("2026")
    page.locator(f"[name={which}_time]").fill(time)


def addresses(text):
    page, one = f"/admin/education/page/{text.page_id}/", f"/admin/education/translation/{text.pk}/"
    return [
        "/admin/", "/admin/education/page/", "/admin/education/page/add/", f"{page}change/", f"{page}take-back/",
        f"{page}preview/en/", f"{one}change/", f"{one}publish/", f"{one}check/", f"{one}versions/",
        "/admin/education/image/add/", "/admin/education/term/add/", "/admin/education/reference/add/",
        "/admin/education/feedback/", "/admin/education/story/",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", 1280, "light"), ("en", 768, "dark"), ("es", 390, "light"), ("es", 1280, "dark")],
)
def test_pages_are_accessible_and_fit(as_editor, text, complaints, language, width, scheme):
    actions.publish(actor=None, version=text.versions.get())
    page = as_editor(language, width=width, color_scheme=scheme)
    for address in addresses(text):
        page.goto(address)
        for summary in page.locator("fieldset.collapse summary").all():
            summary.click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert not complaints, address
        assert_accessible(page)
        # Those of the checker itself, which styles what it measures.
        complaints.clear()
