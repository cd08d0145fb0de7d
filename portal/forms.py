"""What every form of the portal shares."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _


class PortalFormMixin:
    """A form shown by crispy inside the page's own <form method="post" novalidate>.

    {% crispy form %} writes the error summary, the CSRF token and the fields; the page writes the <form> tag and
    its buttons, so that each button can say what it does. Browsers neither check nor remember what is typed,
    unless a field asks for it by its own `autocomplete`.
    """

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.include_media = False
        for name, field in self.fields.items():
            if field.label is None:
                field.label = forms.utils.pretty_name(name)
            if field.error_messages["required"] is forms.Field.default_error_messages["required"]:
                told = {"field": field.label}
                field.error_messages["required"] = _("%(field)s is missing. Fill it in.") % told
            if not isinstance(field.widget, forms.MultiWidget):  # Its parts say so themselves.
                field.widget.attrs.setdefault("autocomplete", "off")

    def add_refusal(self, refusal):
        """Show why an action refused, beside the fields it names."""
        if not hasattr(refusal, "error_dict"):
            self.add_error(None, refusal)
            return
        for name, errors in refusal.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)


class PortalForm(PortalFormMixin, forms.Form):
    """A plain form."""


class PortalModelForm(PortalFormMixin, forms.ModelForm):
    """A form of one model."""
