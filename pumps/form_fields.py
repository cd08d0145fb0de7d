"""Form fields for clinical numbers: plain ASCII decimals with a fixed unit beside them, read exactly."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pumps import units


class ClinicalDecimalField(forms.CharField):
    """A number such as 18.5. A comma, an exponent or foreign digits are refused, never guessed.

    ClinicalDecimalField(label=..., places=2, least=Decimal(0), most=Decimal(40)); show it in the layout with
    AppendedText(name, "mL"), which puts the unit beside the field.
    """

    def __init__(self, *, places=4, least=None, most=None, **kwargs):
        self.places, self.least, self.most = places, least, most
        kwargs.setdefault("widget", forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def refused(self, sentence: str) -> ValidationError:
        return ValidationError(f"{self.label}: {sentence}" if self.label else sentence, code="invalid")

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        try:
            number = self.read(text)
        except units.FormatError:
            told = {"typed": units.quoted(text), "example": self.example()}
            raise self.refused(
                _("%(typed)s is not a plain number. Write digits such as %(example)s.") % told
            ) from None
        self.check(number)
        return number

    def read(self, text: str):
        return units.parse_decimal(text)

    def example(self) -> str:
        return "18.5" if self.places else "20"

    def check(self, number) -> None:
        if Decimal(number) != round(Decimal(number), self.places):
            raise self.refused(
                _("write at most %(places)s digits after the point.") % {"places": self.places}
            )
        if self.least is not None and number < self.least:
            raise self.refused(_("it must be %(least)s or more.") % {"least": units.plain(self.least)})
        if self.most is not None and number > self.most:
            raise self.refused(_("it must be %(most)s or less.") % {"most": units.plain(self.most)})

    def prepare_value(self, value):
        return units.plain(value) if isinstance(value, Decimal) else value

    def has_changed(self, initial, data):
        return (self.prepare_value(initial) or "") != (data or "")


class ClinicalWholeField(ClinicalDecimalField):
    """A whole number of zero or more, such as doses per day."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}))
        kwargs.setdefault("least", Decimal(0))
        super().__init__(places=0, **kwargs)

    def read(self, text: str) -> int:
        return units.parse_whole(text)

    def check(self, number) -> None:
        super().check(Decimal(number))

    def prepare_value(self, value):
        return str(value) if isinstance(value, int) else super().prepare_value(value)
