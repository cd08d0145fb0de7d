"""The admin's fields for figures that move dates: read as strictly as those of the nurses' pages."""

from decimal import Decimal

from django import forms
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.fields import AddressField, named
from pumps import units
from pumps.form_fields import ClinicalDecimalField, ClinicalWholeField


class IsoDateField(forms.CharField):
    """A day as YYYY-MM-DD in ASCII digits, which is also what a browser's own calendar posts."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        try:
            return units.parse_date(text)
        except units.FormatError:
            raise named(
                self, _("write the day as YYYY-MM-DD, such as 2026-03-02, from 1900 to 2199.")
            ) from None

    def has_changed(self, initial, data):
        return (initial.isoformat() if initial else "") != (data or "")


def whole_field(field: models.Field, told: dict) -> forms.Field:
    return ClinicalWholeField(most=Decimal(32767), **told)


def decimal_field(field: models.Field, told: dict) -> forms.Field:
    most = Decimal(10) ** (field.max_digits - field.decimal_places) - 1
    return ClinicalDecimalField(places=field.decimal_places, least=Decimal(0), most=most, **told)


STRICT = {
    models.PositiveSmallIntegerField: whole_field,
    models.DecimalField: decimal_field,
    models.DateField: lambda field, told: IsoDateField(**told),
    models.EmailField: lambda field, told: AddressField(max_length=field.max_length, **told),
}


class StrictFields:
    """Let an admin page read numbers, days and e-mail addresses by the portal's own strict fields."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        make = STRICT.get(type(db_field))
        if field is None or make is None:
            return field
        told = {"label": capfirst(db_field.verbose_name), "help_text": db_field.help_text}
        strict = make(db_field, {**told, "required": not db_field.blank, "initial": field.initial})
        strict.widget.attrs |= {
            name: text for name, text in field.widget.attrs.items() if name == "aria-label"
        }
        return strict
