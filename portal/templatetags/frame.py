"""Tags of every page's frame: help strip, wordmark, navigation by role."""

from typing import NamedTuple

from django import template
from django.conf import settings
from django.forms import CheckboxSelectMultiple, MultiWidget, RadioSelect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import Clinic
from portal.accounts.roles import CLINICAL, Role

register = template.Library()


class Item(NamedTuple):
    """One link of the navigation."""

    label: str
    url: str
    # As aria-current says it: “page”, “true” for a page above this one, or nothing.
    current: str


def frame_clinic(context):
    found = context.get("frame_clinic")
    return found() if callable(found) else found


@register.simple_tag(takes_context=True)
def site_name(context):
    """Return the clinic's name, or a neutral one: tab titles carry no health word."""
    clinic = frame_clinic(context)
    return clinic.name if clinic else _("Clinic portal")


class ErrorLink(NamedTuple):
    """One line of the error summary and the control it leads to."""

    message: str
    anchor: str


@register.filter
def error_links(form):
    """Return the errors of a form in the order of its fields, each with the id of its control."""
    links = [ErrorLink(message, "") for message in form.non_field_errors()]
    for bound in form:
        links += [ErrorLink(message, control_id(bound)) for message in bound.errors]
    return links


def control_id(bound):
    """Return the id of the control to mend: the first bad part of a date, else the first input."""
    part = getattr(bound.field, "bad_part", None)
    if part is not None:
        return f"{bound.auto_id}_{part}"
    if isinstance(bound.field.widget, (RadioSelect, CheckboxSelectMultiple, MultiWidget)):
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id


@register.inclusion_tag("_help_strip.html", takes_context=True)
def help_strip(context):
    return {"clinic": frame_clinic(context)}


@register.inclusion_tag("_wordmark.html", takes_context=True)
def wordmark(context, target):
    return {"href": reverse(target), "name": site_name(context)}


@register.inclusion_tag("_nav.html", takes_context=True)
def main_nav(context, register_name):
    """Show the links this person may follow, the current page marked."""
    request = context["request"]
    pages = REGISTERS[register_name](request.user)
    links = [(label, reverse(name, args=arguments)) for name, label, *arguments in pages]
    marks = marked([url for _label, url in links], request.path)
    return {"items": [Item(*link, mark) for link, mark in zip(links, marks, strict=True)]}


def marked(urls, path):
    """Return for each address of the navigation whether it is this page, or the nearest one above it."""
    above = [url for url in urls if path.startswith(url) and url.strip("/") not in ("", "es")]
    nearest = max(above, key=len, default="")
    return ["page" if url == path else "true" if url == nearest else "" for url in urls]


LEARN = [
    ("education:hub", gettext_lazy("Learn")),
    ("education:page", gettext_lazy("Questions"), "questions"),
]


def public_pages(user):
    last = (
        ("landing", gettext_lazy("My pages"))
        if user.is_authenticated
        else ("account_login", gettext_lazy("Sign in"))
    )
    return [*everyones_pages(), last]


def reading_pages(user):
    """Return the links of pages that are the same for everyone: who looks is not asked."""
    # The sign-in page leads those who are signed in to their own pages.
    return [*everyones_pages(), ("account_login", gettext_lazy("Sign in / My pages"))]


def everyones_pages():
    return [
        ("home", gettext_lazy("Home")),
        *LEARN,
        ("help_alarm", gettext_lazy("What to do about a beep")),
    ]


def patient_pages(user):
    return [
        ("pumps:my", gettext_lazy("Home")),
        LEARN[0],
        ("patients:my_reminders", gettext_lazy("Settings")),
        ("account", gettext_lazy("Account")),
    ]


def clinic_pages(user):
    pages = []
    if user.has_role(*CLINICAL):
        pages += [
            ("pumps:worklist", gettext_lazy("Work-list")),
            ("patients:find", gettext_lazy("Patients")),
            ("pumps:alarms", gettext_lazy("Alarms")),
        ]
    if settings.DEMO and user.has_role(Role.CLINIC_ADMIN):
        pages.append(("demo_outbox", gettext_lazy("Outbox")))
    if user.is_staff:
        pages.append(("admin:index", gettext_lazy("Settings")))
    return pages


REGISTERS = {
    "public": public_pages,
    "reading": reading_pages,
    "patient": patient_pages,
    "clinic": clinic_pages,
}


@register.inclusion_tag("account/_numbers.html", takes_context=True)
def sign_in_numbers(context):
    """Show the office numbers of the clinics at this host name."""
    clinic = frame_clinic(context)
    return {"clinics": [clinic] if clinic else list(Clinic.objects.all())}


@register.inclusion_tag("account/_demo_sign_ins.html")
def demo_sign_ins():
    """List whom a newcomer to the demo can sign in as."""
    from portal.demo.accounts import ACCOUNTS, PASSWORD  # Known passwords: read in the demo only.

    names = dict(Role.choices) | {"patient": _("patient")}
    accounts = [
        {"email": a.email, "clinic": a.clinic, "role_words": names.get(a.role, a.role)} for a in ACCOUNTS
    ]
    return {"accounts": accounts, "password": PASSWORD}
