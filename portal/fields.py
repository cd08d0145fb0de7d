"""Form fields that read what people type strictly, and say what was wrong and what is accepted.

The one rule for all of them: nothing is guessed, and what was typed stays in the field. The names of the parts
of a date are `<field>_month`, `<field>_day` and `<field>_year`; tests/triples.py builds them.
"""

import datetime
import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from phonenumber_field.formfields import PhoneNumberField

from portal import dates, shown

FIRST_YEAR = 1900
YEARS_AHEAD = 10
LONGEST_LOCAL_PART = 64
DIGITS = re.compile(r"[0-9]{1,4}")
# Control, invisible (zero-width, text direction), private and unassigned characters; line and paragraph separators.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Parts of emoji and of some scripts' letters: invisible alone, wanted between others.
JOINERS = "\u200c\u200d"
MONTH, DAY, YEAR = range(3)


def named(field: forms.Field, sentence: str) -> ValidationError:
    """Return an error that begins with the field's own name."""
    return ValidationError(f"{field.label}: {sentence}" if field.label else sentence, code="invalid")


class DateTripleWidget(forms.MultiWidget):
    """Month as a list of names, then day, then year: the order of the US, without a script."""

    template_name = "portal/widgets/date_triple.html"
    use_fieldset = True

    def __init__(self, attrs=None, autocomplete=""):
        def part(name, **more):
            return {"autocomplete": f"{autocomplete}-{name}" if autocomplete else "off", **more}

        months = [("", "—"), *((str(number), name) for number, name in MONTHS.items())]
        widgets = {
            "month": forms.Select(part("month"), choices=months),
            "day": forms.TextInput(part("day", inputmode="numeric", maxlength=2)),
            "year": forms.TextInput(part("year", inputmode="numeric", maxlength=4)),
        }
        super().__init__(widgets, attrs)

    def decompress(self, value):
        return [str(value.month), str(value.day), str(value.year)] if value else ["", "", ""]

    def value_from_datadict(self, data, files, name):
        """Read the three parts; a whole date (from a query or another form) is read too."""
        whole = data.get(name)
        if isinstance(whole, datetime.date):
            return self.decompress(whole)
        return super().value_from_datadict(data, files, name)


class DateTripleField(forms.MultiValueField):
    """A date in three parts. Errors name the field and the part; `bad_part` leads the error summary to it.

    DateTripleField(label=..., earliest=date, latest=date, autocomplete="bday", required=False)
    Years run from 1900 to ten years from now unless `earliest` or `latest` are given.
    """

    default_error_messages = {"required": gettext_lazy("Give the date.")}

    def __init__(self, *, earliest=None, latest=None, autocomplete="", **kwargs):
        self.earliest, self.latest = earliest, latest
        self.bad_part = None
        kwargs.setdefault("widget", DateTripleWidget(autocomplete=autocomplete))
        parts = [forms.CharField(required=False) for _part in range(3)]
        super().__init__(fields=parts, require_all_fields=False, **kwargs)

    def clean(self, value):
        self.bad_part = None
        month, day, year = [str(part or "").strip() for part in (value or ["", "", ""])]
        if not (month or day or year):
            if self.required:
                self.refuse(MONTH, _("give a month, a day and a year."))
            return None
        found = self.whole_date(
            self.number(MONTH, month, 1, 12, _("choose a month.")),
            self.number(DAY, day, 1, 31, _("write the day as a number from 1 to 31.")),
            self.number(YEAR, year, *self.years(), self.year_hint()),
        )
        self.run_validators(found)
        return found

    def number(self, part, text, least, most, hint):
        if not DIGITS.fullmatch(text) or not least <= int(text) <= most:
            self.refuse(part, hint)
        return int(text)

    def years(self):
        first = self.earliest.year if self.earliest else FIRST_YEAR
        last = self.latest.year if self.latest else timezone.now().year + YEARS_AHEAD
        return first, last

    def year_hint(self):
        first, last = self.years()
        return _("write the year with four digits, from %(first)s to %(last)s.") % {
            "first": first,
            "last": last,
        }

    def whole_date(self, month, day, year):
        try:
            found = datetime.date(year, month, day)
        except ValueError:
            told = {"month": MONTHS[month], "day": day, "year": year}
            self.refuse(
                DAY, _("%(month)s %(day)s does not exist in %(year)s. Check the day and the month.") % told
            )
        if self.earliest and found < self.earliest:
            self.refuse(MONTH, _("it must be on or after %(day)s.") % {"day": shown.short(self.earliest)})
        if self.latest and found > self.latest:
            self.refuse(MONTH, _("it must be on or before %(day)s.") % {"day": shown.short(self.latest)})
        return found

    def refuse(self, part, sentence):
        self.bad_part = part
        raise named(self, sentence)

    def has_changed(self, initial, data):
        return list(data or ["", "", ""]) != self.widget.decompress(initial)


class AddressField(forms.EmailField):
    """An e-mail address that a mail server elsewhere can reach."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.validators = [self.check]

    def check(self, value):
        local, _at, domain = value.rpartition("@")
        sound = "." in domain and not domain.startswith("[") and 0 < len(local) <= LONGEST_LOCAL_PART
        try:
            forms.EmailField.default_validators[0](value)
        except ValidationError:
            sound = False
        if not sound or len(value) > 254:
            raise named(self, _("write a whole e-mail address, such as name@example.org."))


class TimeField12(forms.CharField):
    """A time as people here write it: 9:30 a.m., 2 pm, noon, or 14:30. "9:30" alone is refused as unclear."""

    PATTERN = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?\s*(?:([ap])\.?\s*m\.?)?", re.IGNORECASE)
    WORDS = {
        "noon": datetime.time(12),
        "mediodía": datetime.time(12),
        "midnight": datetime.time(0),
        "medianoche": datetime.time(0),
    }

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.widget.attrs.update({"autocomplete": "off", "maxlength": 12})

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        text = " ".join(text.replace(dates.NO_BREAK, " ").lower().split())
        return self.WORDS.get(text) or self.read(text)

    def read(self, text):
        match = self.PATTERN.fullmatch(text) if text.isascii() else None
        if not match:
            raise named(self, _("write a time such as 9:30 a.m."))
        hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
        if minute > 59 or (not half and not match[2]) or hour > (12 if half else 23) or (half and not hour):
            raise named(self, _("write a time such as 9:30 a.m."))
        if half:
            return datetime.time(hour % 12 + (12 if half == "p" else 0), minute)
        if 1 <= hour <= 12:
            raise named(self, _("say whether it is a.m. or p.m., as in 9:30 a.m."))
        return datetime.time(hour, minute)

    def prepare_value(self, value):
        if isinstance(value, datetime.time):
            return shown.clock(value).replace(dates.NO_BREAK, " ")
        return value


class PlainTextField(forms.CharField):
    """Words as a person reads them: trimmed, in one Unicode form, without characters nobody can see.

    PlainTextField(label=..., max_length=200); `multiline=True` shows a larger box and keeps line breaks.
    """

    def __init__(self, *, multiline=False, rows=3, **kwargs):
        self.multiline = multiline
        if multiline:
            kwargs.setdefault("widget", forms.Textarea({"rows": rows}))
        super().__init__(**kwargs)

    def to_python(self, value):
        text = super().to_python(value)
        text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
        if not text.strip(JOINERS):
            return self.empty_value
        allowed = JOINERS + ("\n" if self.multiline else "")
        for character in text:
            if unicodedata.category(character) in UNSEEN and character not in allowed:
                told = {"code": f"U+{ord(character):04X}"}
                raise named(
                    self, _("it holds a character that cannot be seen (%(code)s). Type it again.") % told
                )
        return text


class PhoneField(PhoneNumberField):
    """A phone number in any way of writing it; US unless it begins with +. Gives a PhoneNumber."""

    def __init__(self, **kwargs):
        kwargs.setdefault("region", "US")
        kwargs.setdefault("widget", forms.TextInput({"type": "tel", "autocomplete": "tel"}))
        super().__init__(**kwargs)

    def clean(self, value):
        try:
            return super().clean(value)
        except ValidationError:
            if not value:
                raise
            raise named(
                self, _("write a whole phone number with its area code, such as 312-555-0123.")
            ) from None

    def prepare_value(self, value):
        return value if isinstance(value, str) or not value else value.as_national
