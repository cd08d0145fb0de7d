"""Write a message from the state of the moment. Patients' messages name no drug, dose, device or illness.

Each text stands in one file per kind and language: the first line is the subject, blank lines part paragraphs, and a
line that begins with an arrow is the one link. The plain text and the HTML are made of the same paragraphs.
"""

import datetime
import hashlib
from dataclasses import dataclass
from email.utils import parseaddr
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.template import Context, engines

from portal import dates
from portal.accounts.models import User
from portal.reminders import planning
from portal.reminders.channels import Refused, sms
from portal.reminders.channels.message import ReminderMessage
from portal.reminders.models import Reminder
from portal.reminders.planning import Audience, Kind
from portal.reminders.state import Known, zone_of
from portal.templatetags.clinical import phone_text

ARROW = "-> "
LANGUAGES = {"en", "es"}
# Texts that ask for a call without delay.
CALL_AT_ONCE = {"missed", "overdue", "sooner"}
Kinds = Reminder.Kind


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some lines, or the label of the link."""

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """A message as its template says it."""

    subject: str
    paragraphs: tuple[Paragraph, ...]

    def text(self, link: str) -> str:
        parts = [f"{part.label}: {link}" if part.label else part.text for part in self.paragraphs]
        return "\n\n".join([self.subject, *parts]) + "\n"


@lru_cache(maxsize=200)
def template(name: str):
    """Return a template, read once."""
    return engines["django"].engine.get_template(name)


def one_line(text: str) -> str:
    """Return text without line breaks and control characters: a name must not add a header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text.replace(dates.NO_BREAK, " ")).split())


def phone_of(number) -> str:
    # As it was typed in: writing a number out again checks it against the whole numbering plan first.
    return words_of_phone(getattr(number, "raw_input", None) or str(number))


@lru_cache(maxsize=1000)
def words_of_phone(number: str) -> str:
    return phone_text(number)


def wording(name: str, values: dict) -> Wording:
    filled = template(f"reminders/email/{name}.txt").render(Context(values, autoescape=False, use_l10n=False))
    subject, *blocks = [
        block for block in filled.replace(dates.NO_BREAK, " ").strip().split("\n\n") if block.strip()
    ]
    return Wording(one_line(subject), tuple(paragraph(block) for block in blocks))


def paragraph(block: str) -> Paragraph:
    block = block.strip()
    if block.startswith(ARROW):
        return Paragraph("", one_line(block.removeprefix(ARROW)))
    return Paragraph(block)


def email_for(row: Reminder, one: Known, user: User | None, now: datetime.datetime) -> ReminderMessage:
    """Return the e-mail of a row as it reads now."""
    language = language_of(row, one, user)
    said = wording(f"{name_of(row, one, now)}.{language}", values_for(row, one, language, now))
    link = f"{settings.PUBLIC_URL}{'/my/' if row.audience == Audience.PATIENT else '/alarms/'}"
    message = ReminderMessage(
        subject=said.subject,
        body=said.text(link),
        sender=(one_line(one.clinic.sender_name), sender_address()),
        to=[address_for(row, one, user)],
        headers=headers(row, one),
    )
    frame = {"subject": said.subject, "paragraphs": said.paragraphs, "link": link, "language": language}
    message.attach_alternative(template("email/message.html").render(Context(frame)), "text/html")
    return message


def address_for(row: Reminder, one: Known, user: User | None) -> str:
    if row.audience == Audience.PATIENT:
        found = one.email.value if one.email else ""
    else:
        found = user.email if user else one.clinic.on_call_email
    if not found:
        raise Refused("no address")
    return found


def headers(row: Reminder, one: Known) -> dict[str, str]:
    """Return headers that stay the same when a message is sent again, so that mail programs can fold copies."""
    found = {
        "Message-ID": message_id(row.key),
        "List-Id": f"<{one.clinic.ref}.reminders.{mail_domain()}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    return found | {"Importance": "high"} if row.kind in (Kind.ALARM, Kind.ALARM_CRITICAL) else found


def message_id(key: str) -> str:
    return f"<{hashlib.sha256(f'{settings.PUBLIC_URL} {key}'.encode()).hexdigest()[:40]}@{mail_domain()}>"


def sender_address() -> str:
    return address_in(settings.DEFAULT_FROM_EMAIL)


@lru_cache(maxsize=10)
def address_in(sender: str) -> str:
    return parseaddr(sender)[1] or sender


def mail_domain() -> str:
    return sender_address().rpartition("@")[2] or urlsplit(settings.PUBLIC_URL).hostname or "localhost"


def language_of(row: Reminder, one: Known, user: User | None) -> str:
    if row.audience == Audience.PATIENT:
        found = one.patient.language
    else:
        found = user.language if user else "en"
    return found if found in LANGUAGES else "en"


def name_of(row: Reminder, one: Known, now: datetime.datetime) -> str:
    """Return which text is said. A call is promised only for today or tomorrow, and only while it can be kept."""
    if row.kind in (Kind.UNBOOKED, Kind.OVERDUE) and planning.has_late_visit(one.state, now):
        return "sooner"  # “Call to book” would confuse somebody who has a visit.
    if row.kind not in (Kind.ALARM, Kind.ALARM_CRITICAL):
        return row.kind
    if row.audience != Audience.PATIENT:
        return "staff"
    return "report_later" if row.kind == Kind.ALARM and promises(row, one, now) else "report_now"


def promises(row: Reminder, one: Known, now: datetime.datetime) -> bool:
    target = one.alarms[row.alarm_id].target_at
    zone = zone_of(one.clinic.time_zone)
    days = (dates.day_in(zone, target) - dates.day_in(zone, now)).days
    return now < target and days in (0, 1)


def values_for(row: Reminder, one: Known, language: str, now: datetime.datetime) -> dict:
    """Return what a text may say; nothing here comes from the pump's program."""
    clinic = one.clinic
    values = {
        "name": one_line(one.patient.greeting_name) if row.audience == Audience.PATIENT else "",
        "sender": one_line(clinic.sender_name),
        "address": ", ".join(one_line(line) for line in clinic.address.splitlines() if line.strip()),
        "phone": phone_of(clinic.phone_24h if must_reach_somebody(row, one, now) else clinic.phone),
        "phone_24h": phone_of(clinic.phone_24h),
        "is_critical": row.kind == Kind.ALARM_CRITICAL,
    }
    moment = moment_of(row, one)
    return values | when(moment, one, language, now) if moment else values


def must_reach_somebody(row: Reminder, one: Known, now: datetime.datetime) -> bool:
    """Return whether “call today” or “call now” would ring in an empty office."""
    return name_of(row, one, now) in CALL_AT_ONCE and not one.clinic.is_open(now)


def moment_of(row: Reminder, one: Known) -> datetime.datetime | None:
    if row.visit_id:
        return one.visits[row.visit_id].starts_at
    return one.alarms[row.alarm_id].target_at if row.alarm_id else None


def when(moment: datetime.datetime, one: Known, language: str, now: datetime.datetime) -> dict:
    """Return a moment in the clinic's zone, where the visit is and whence the call comes."""
    zone = zone_of(one.clinic.time_zone)
    local = moment.astimezone(zone)
    return {
        "day": dates.long(local.date(), language, year=False).replace(dates.NO_BREAK, " "),
        "day_with_year": dates.long(local.date(), language).replace(dates.NO_BREAK, " "),
        "time": dates.clock(local, language).replace(dates.NO_BREAK, " "),
        "is_today": local.date() == dates.day_in(zone, now),
        "by": short_clock(local, on_the_hour=True),
        "short_day": short_day(local.date(), language),
        "short_time": short_clock(local),
    }


def short_day(day: datetime.date, language: str) -> str:
    """Return Tue, Jun 16 or mar 16 jun."""
    weekday, month = dates.WEEKDAYS[language][day.weekday()][:3], dates.MONTHS[language][day.month - 1][:3]
    return f"{weekday} {day.day} {month}" if language == "es" else f"{weekday}, {month} {day.day}"


def short_clock(local: datetime.datetime, *, on_the_hour: bool = False) -> str:
    """Return 9:30 AM; 5 PM for a full hour where there is no room for more."""
    minutes = "" if on_the_hour and not local.minute else f":{local.minute:02d}"
    return f"{local.hour % 12 or 12}{minutes} {'PM' if local.hour >= 12 else 'AM'}"


def text_for(row: Reminder, one: Known, now: datetime.datetime) -> str:
    """Return a text message of one part where that is possible: the name goes first when it is too long."""
    language = language_of(row, one, None)
    values = values_for(row, one, language, now)
    found = ""
    for name in (values["name"], ""):
        filled = template(f"reminders/sms/{sms_name(row, one, now)}.{language}.txt").render(
            Context(values | {"name": name}, autoescape=False, use_l10n=False)
        )
        found = sms.gsm(one_line(filled))
        if len(found) <= sms.LENGTH:
            break
    return found


def sms_name(row: Reminder, one: Known, now: datetime.datetime) -> str:
    """Return the text's name: “tomorrow” is said only on the day before, whichever rung this is."""
    name = name_of(row, one, now)
    if name != Kinds.VISIT:
        return name
    zone = zone_of(one.clinic.time_zone)
    days = (dates.day_in(zone, one.visits[row.visit_id].starts_at) - dates.day_in(zone, now)).days
    return f"visit_{days if days in (7, 3, 1) else 14}"
