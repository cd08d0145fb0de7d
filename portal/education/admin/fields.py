"""Form fields of the editors' pages: rich text that says what it took out, plain words, whole numbers, sources."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.education.models import Reference
from portal.education.text.sanitize import clean
from portal.fields import AddressField, DateTripleField, PlainTextField, named

LONGEST_TEXT = 60_000
DIGITS = re.compile(r"[0-9]{1,5}")


class NamedErrors:
    """A form whose fields say their own name when they were left empty or hold too much."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            name_missing(field)


def name_missing(field):
    if field.label and field.error_messages.get("required") is forms.Field.default_error_messages["required"]:
        told = {"field": capfirst(str(field.label))}
        field.error_messages["required"] = _("%(field)s is missing. Fill it in.") % told
        # Two of the numbers are known only once something too long was typed.
        told |= {"most": "%(limit_value)d", "now": "%(show_value)d"}
        field.error_messages["max_length"] = (
            _("%(field)s is too long: it has %(now)s characters, and %(most)s fit.") % told
        )


class RichTextWidget(forms.Textarea):
    """A box with the text's HTML; portal/prose.js puts the editor in its place where scripts run."""

    template_name = "admin/education/widgets/rich_text.html"

    class Media:
        css = {"all": ["portal/prose.css"]}
        js = [forms.Script("portal/prose.js", type="module")]

    def __init__(self, attrs=None):
        super().__init__({"rows": 12, "class": "prose-source", "data-prose": "", **(attrs or {})})


class RichTextField(forms.CharField):
    """Rich text of the allow-list. `removed` says after cleaning what was taken out."""

    widget = RichTextWidget

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", LONGEST_TEXT)
        super().__init__(**kwargs)
        self.widget.attrs.pop("maxlength", None)  # Counted with marks; a browser would cut them in two.
        self.removed: list[str] = []

    def clean(self, value):
        self.removed = []
        text = super().clean(value)
        cleaned = clean(text)
        self.removed = cleaned.removed
        if self.required and not cleaned.html:
            raise ValidationError(self.error_messages["required"], code="required")
        return cleaned.html

    def has_changed(self, initial, data):
        return clean(initial or "").html != clean(data or "").html


class WholeNumberField(forms.CharField):
    """A whole number in plain digits."""

    def __init__(self, *, most=32767, least=0, **kwargs):
        self.least, self.most = least, most
        super().__init__(**kwargs)
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off", "class": "whole-number"})

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        if not DIGITS.fullmatch(text) or not self.least <= int(text) <= self.most:
            told = {"least": self.least, "most": self.most}
            raise named(self, _("write a whole number from %(least)s to %(most)s, in digits.") % told)
        return int(text)

    def has_changed(self, initial, data):
        return str("" if initial is None else initial) != (data or "").strip()


class SourceField(forms.CharField):
    """A reference of the library, by its key; a list of what there is comes up while typing, also without scripts."""

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", gettext_lazy("Begin to type a name or a title, then choose."))
        super().__init__(**kwargs)
        self.widget.attrs.update({"list": "references", "autocomplete": "off", "class": "vTextField"})

    def to_python(self, value):
        key = super().to_python(value).partition(":")[0].strip()
        if not key:
            return None
        found = Reference.objects.filter(key=key).first() if "\0" not in key else None
        if found is None:
            raise named(
                self, _("the library has no source “%(key)s”. Choose one from the list.") % {"key": key}
            )
        return found

    def prepare_value(self, value):
        return value.key if isinstance(value, Reference) else value

    def has_changed(self, initial, data):
        return (getattr(initial, "key", initial) or "") != (data or "").strip()


def text_field(field, told):
    return PlainTextField(max_length=field.max_length, **told)


def whole_field(field, told):
    limits = {one.code: one.limit_value for one in field.validators if hasattr(one, "limit_value")}
    return WholeNumberField(
        least=max(0, limits.get("min_value", 0)), most=min(32767, limits.get("max_value", 32767)), **told
    )


PLAIN = {
    models.CharField: text_field,
    models.TextField: lambda field, told: PlainTextField(max_length=field.max_length, multiline=True, **told),
    models.PositiveSmallIntegerField: whole_field,
    models.DateField: lambda field, told: DateTripleField(**told),
    models.EmailField: lambda field, told: AddressField(max_length=field.max_length, **told),
}


class PlainFields:
    """Let an admin page read words, numbers and days by the portal's own strict fields."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        make = PLAIN.get(type(db_field))
        if field is None or make is None or db_field.choices:
            return field
        told = {"label": capfirst(db_field.verbose_name), "help_text": db_field.help_text}
        plain = make(db_field, {**told, "required": not db_field.blank, "initial": field.initial})
        name_missing(plain)
        return plain
