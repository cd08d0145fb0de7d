"""How pages show numbers, doses, dates, phones and icons. No locale can change a clinical number.

Rules and sources: no trailing zero, a leading zero, a comma from 1,000, a no-break space before the
unit (Joint Commission, ISMP); mcg, never a Greek letter.
"""

import datetime
import zoneinfo
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import phonenumbers
from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import dates
from portal.icons import ICONS
from portal.shown import language

register = template.Library()
NO_BREAK = "\N{NO-BREAK SPACE}"
MG = Decimal(1000)


def plain(value: Decimal | Fraction | int | str, places: int = 4) -> str:
    """Return a number as clinicians write it: 1,250.5, at most `places` decimals, half up."""
    exact = Fraction(value)
    step = Decimal(1).scaleb(-places)
    rounded = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(step, ROUND_HALF_UP)
    text = f"{rounded:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text.replace("-", "\N{MINUS SIGN}")


def with_unit(text: str, unit: str):
    return format_html('<span class="dose">{}{}{}</span>', text, NO_BREAK, unit)


@register.filter
def number(value, places=4):
    """1250.50 → 1,250.5; nothing for None."""
    return "" if value is None or value == "" else plain(value, int(places))


@register.filter
def ml(value, places=2):
    """18.50 → 18.5 mL; nothing for None."""
    return "" if value is None or value == "" else with_unit(plain(value, int(places)), "mL")


@register.filter
def flow(value, places=4):
    """0.4160 → 0.416 mL per day."""
    if value is None or value == "":
        return ""
    return with_unit(plain(value, int(places)), _("mL per day"))


@register.filter
def percent(value, places=2):
    """0.1450 → 14.5%."""
    return "" if value is None or value == "" else f"{plain(Fraction(value) * 100, int(places))}%"


def amount(mcg, unit: str) -> Decimal | Fraction:
    """Return an amount in mcg as a number in the unit the clinic works in."""
    return Fraction(mcg) / 1000 if unit == "mg" else Fraction(mcg)


@register.simple_tag
def dose(mcg, unit):
    """250 mcg → “250 mcg”, or “0.25 mg” for a program kept in mg."""
    return "" if mcg is None else with_unit(plain(amount(mcg, unit), 6), unit)


@register.simple_tag
def concentration(mcg_per_ml, unit):
    """25000 mcg per mL → “25 mg per mL” for a program kept in mg."""
    if mcg_per_ml is None:
        return ""
    return with_unit(plain(amount(mcg_per_ml, unit), 6), _("%(unit)s per mL") % {"unit": unit})


@register.filter
def day(value):
    """16-Jun-2026, for staff."""
    return "" if not value else dates.short(value, language())


@register.filter
def day_weekday(value):
    """16-Jun-2026 (Tue), for staff."""
    return "" if not value else dates.short_with_weekday(value, language())


@register.filter
def day_long(value):
    """Tuesday, June 16, 2026, for patients."""
    return "" if not value else dates.long(value, language())


@register.filter
def day_words(value):
    """June 16, 2026, for patients, without the weekday."""
    return "" if not value else dates.long(value, language(), weekday=False)


def local(moment: datetime.datetime, zone: zoneinfo.ZoneInfo | str | None) -> datetime.datetime:
    if isinstance(zone, str):
        zone = zoneinfo.ZoneInfo(zone)
    return timezone.localtime(moment, zone)


@register.filter
def clock(moment, zone=None):
    """9:30 a.m. at a moment in a zone (or a plain time as it stands)."""
    if not moment:
        return ""
    if isinstance(moment, datetime.datetime):
        moment = local(moment, zone)
    return dates.clock(moment, language())


@register.filter
def city(zone):
    """The city a zone is named after: Chicago for America/Chicago, as people say it."""
    return str(zone).rpartition("/")[2].replace("_", " ")


@register.filter
def local_day(moment, zone):
    """The civil date of a moment in a zone, for the day filters."""
    return local(moment, zone).date() if moment else None


@register.filter
def days_from(value, today):
    """“in 6 days”, “tomorrow”, “today”, “10 days overdue”."""
    if not value:
        return ""
    days = (value - today).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days > 1:
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": f"{days:,}"}
    return ngettext("%(days)s day overdue", "%(days)s days overdue", -days) % {"days": f"{-days:,}"}


@register.filter
def days_ago(value, today):
    """“today”, “yesterday”, “6 days ago”."""
    days = (today - value).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    return ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": f"{days:,}"}


@register.filter
def phone_text(value):
    """555-555-0199 for a US number, +44 20 … for others."""
    if not value:
        return ""
    try:
        return phone_words(phonenumbers.parse(str(value), "US"))
    except phonenumbers.NumberParseException:
        return str(value)


def phone_words(parsed: phonenumbers.PhoneNumber) -> str:
    if parsed.country_code == 1:
        digits = f"{parsed.national_number:010d}"
        text = f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    else:
        text = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return f"{text} ext. {parsed.extension}" if parsed.extension else text


@register.simple_tag
def phone(value):
    """A number that can be tapped, for every phone on every page."""
    if not value:
        return ""
    try:
        parsed = phonenumbers.parse(str(value), "US")
    except phonenumbers.NumberParseException:
        return str(value)
    target = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return format_html('<a class="nowrap" href="tel:{}">{}</a>', target, phone_words(parsed))


@register.filter
def staff_drug(drug):
    """HYDROmorphone for the eye, hydromorphone for a screen reader; staff pages only."""
    if not drug.tall_man or drug.tall_man == drug.name:
        return drug.name
    return format_html(
        '<span aria-hidden="true">{}</span><span class="visually-hidden">{}</span>', drug.tall_man, drug.name
    )


@register.filter
def patient_drug(drug):
    """The drug's name in the reader's language."""
    return drug.patient_name(language())


@register.filter
def age(patient, today):
    return patient.age_on(today)


@register.simple_tag
def icon(name):
    """A drawn sign, always beside a word that says the same."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>', ICONS[name]
    )
