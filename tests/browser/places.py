"""Every page of the portal in every state worth looking at, by name."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.day import ADMIN, DALE, EDITOR, NURSE, ROSA, SITE_ADMIN, Day


@dataclass(frozen=True, slots=True)
class Place:
    """A page: who looks at it, where it is, and what is pressed there first."""

    name: str
    path: str | Callable[[Day], str]
    who: str = ""
    then: Callable[[Page], None] | None = None
    status: int = 200
    language: str = "en"
    demo: bool = False
    # Told by Django's own admin pages, which have a frame of their own.
    is_django: bool = False

    @property
    def has_errors(self):
        return self.name.endswith(("errors", "refused", "empty"))

    def __str__(self):
        return self.name


def pump(page: str, shows: str):
    return lambda day: day.at(page, shows)


def patient(page: str, shows: str = "Spanish, with an interpreter"):
    return lambda day: day.patient(page, shows)


def visit(page: str, shows: str):
    return lambda day: day.visit(page, shows)


def send(page: Page) -> None:
    """Press the main button of the page's form."""
    page.locator("main form .btn-primary").first.click()


def clear_and_send(page: Page) -> None:
    for field in page.locator("main form input[type=text]:visible").all():
        field.fill("")
    send(page)


def impossible_fill(page: Page) -> None:
    page.get_by_label("Volume put in").fill("400")
    page.get_by_label("Daily dose").fill("1,5")
    send(page)


def wrong_password(page: Page) -> None:
    page.get_by_label("E-mail").fill("nobody@mail.example")
    page.locator("input[type=password]").fill("not the password")
    send(page)


def log_call(page: Page) -> None:
    page.get_by_role("link", name="Log a call").first.click()


def look_for(words: str):
    def search(page: Page) -> None:
        page.get_by_role("searchbox").fill(words)
        send(page)

    return search


def hear(tones: str):
    return lambda page: page.locator(f".choice[href$='#{tones}']").first.click()


SPANISH, LATE, ASKED = "Spanish", "may be empty for two days", "asked for another time"

CLINIC = [
    Place("work-list", "/worklist/", NURSE),
    Place("work-list, second page", "/worklist/?page=2", NURSE),
    Place("work-list, log a call", "/worklist/", NURSE, log_call),
    Place("patients", "/patients/", NURSE),
    Place("patients, found", "/patients/", NURSE, look_for("okonkwo")),
    Place("patients, none found", "/patients/", NURSE, look_for("nobody-of-this-name")),
    Place("add a patient", "/patients/new/", NURSE),
    Place("add a patient, errors", "/patients/new/", NURSE, send, 422),
    Place("patient", patient("patient"), NURSE),
    Place("edit a patient", patient("edit"), NURSE),
    Place("log a contact", patient("contact"), NURSE),
    Place("record a death", patient("death"), NURSE),
    Place("add a pump", lambda day: reverse("pumps:add", args=[day.pump(SPANISH).patient.ref]), NURSE),
    Place("edit a pump", pump("edit", SPANISH), NURSE),
    Place("explant", pump("explant", SPANISH), NURSE),
    Place("alarms", "/alarms/", NURSE),
    Place("messages that did not arrive", "/messages/failed/", NURSE),
    Place("record an alarm", pump("record_alarm", SPANISH), NURSE),
    Place("record an alarm, errors", pump("record_alarm", SPANISH), NURSE, send, 422),
    Place("close an alarm", lambda day: day.close_alarm("two tones, open"), NURSE),
    Place("close an alarm, errors", lambda day: day.close_alarm("two tones, open"), NURSE, send, 422),
    Place("account of staff", "/account/", NURSE),
    Place("not found, signed in", "/nowhere/", NURSE, status=404),
    Place("forbidden", "/worklist/", EDITOR, status=403),
    Place("settings", "/admin/", ADMIN, is_django=True),
    Place("settings, clinics", "/admin/accounts/clinic/", ADMIN, is_django=True),
    Place("settings of a clinic", lambda day: day.settings_of_clinic(), ADMIN, is_django=True),
    Place("settings of the site", "/admin/", SITE_ADMIN, is_django=True),
    Place("outbox", "/demo/outbox/", ADMIN, demo=True),
]

PUMPS = [
    *(
        Place(f"pump: {shows}", pump("pump", shows), NURSE)
        for shows in (
            "extra doses with a lockout",
            "stopped pump",
            "no fill recorded",
            "dates cannot be computed",
            "printed alarm date that disagrees, earlier",
            "two tones, open",
            "ERI recorded",
            "a very long name",
            "visit a day after it, since the fill was amended",
            LATE,
        )
    ),
    Place("pump: explanted", lambda day: day.explanted("old pump explanted"), NURSE),
    Place("record a fill", pump("fill", "extra doses with a lockout"), NURSE),
    Place("record a first fill", pump("fill", "no fill recorded"), NURSE),
    Place("record a fill, errors", pump("fill", SPANISH), NURSE, impossible_fill, 422),
    Place("record a fill, empty", pump("fill", SPANISH), NURSE, clear_and_send, 422),
    Place("check a fill", pump("fill", "extra doses with a lockout"), NURSE, send),
    Place("amend a fill", lambda day: day.amend(SPANISH), NURSE),
    Place("amend a fill, errors", lambda day: day.amend(SPANISH), NURSE, send, 422),
    Place("book a visit", pump("book", SPANISH), NURSE),
    Place("book a visit, too late", pump("book", LATE), NURSE),
    Place("book a visit, errors", pump("book", SPANISH), NURSE, send, 422),
    Place("move a visit", visit("move", ASKED), NURSE),
    Place("cancel a visit", visit("cancel", ASKED), NURSE),
    Place("mark a visit missed", visit("missed", "visit ended 2 h 01 min ago"), NURSE),
]

PATIENT = [
    Place("my record", "/my/", DALE),
    Place("my settings", "/my/reminders/", DALE),
    Place("my settings in Spanish", "/my/reminders/", ROSA, language="es"),
    Place("my record in Spanish", "/my/", ROSA, language="es"),
    Place("change my visit", visit("my_change", "patient account"), DALE),
    Place("change my visit in Spanish", visit("my_change", "patient account, Spanish"), ROSA, language="es"),
    Place("my account", "/account/", DALE),
    Place("my account in Spanish", "/account/", ROSA, language="es"),
    Place("home", "/"),
    Place("home in Spanish", "/es/", language="es"),
    Place("alarm", "/help/alarm/"),
    Place("alarm, two tones", "/help/alarm/", then=hear("two")),
    Place("alarm, one tone", "/help/alarm/", then=hear("one")),
    Place("alarm, one tone in Spanish", "/es/help/alarm/", then=hear("one"), language="es"),
    Place("alarm in Spanish", "/es/help/alarm/", language="es"),
    Place("sign in", "/accounts/login/"),
    Place("sign in, demo", "/accounts/login/", demo=True),
    Place("sign in in Spanish", "/es/accounts/login/", language="es"),
    Place("sign in, refused", "/accounts/login/", then=wrong_password),
    Place("password reset", "/accounts/password/reset/"),
    Place("password reset, asked", "/accounts/password/reset/done/"),
    Place("not found", "/nowhere/", status=404),
    Place("not found in Spanish", "/es/nowhere/", status=404, language="es"),
    Place("home, demo", "/", demo=True),
]
