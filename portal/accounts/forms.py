"""Forms of a person's own account."""

from allauth.account import forms as allauth
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.forms import PortalForm, PortalFormMixin


class LanguageForm(PortalForm):
    """In which language the portal speaks to this person."""

    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices, widget=forms.RadioSelect)


class SignInForm(PortalFormMixin, allauth.LoginForm):
    """E-mail and password; pasting and password managers are welcome."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address")
        self.fields["login"].widget.attrs.update({"autocomplete": "username", "spellcheck": "false"})
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = _("You can paste it, or let your phone fill it in.")
        self.fields["password"].widget.attrs.pop("placeholder", None)


class OnePasswordMixin(PortalFormMixin):
    """The new password is typed once; it can be shown, and a reset is one e-mail away."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["password1"].help_text = _("At least 12 characters. You can paste it.")


class ChangePasswordForm(OnePasswordMixin, allauth.ChangePasswordForm):
    """The old password, then the new one."""


class NewPasswordForm(OnePasswordMixin, allauth.ResetPasswordKeyForm):
    """The new password, behind a link that came by e-mail."""


class AskForLinkForm(PortalFormMixin, allauth.ResetPasswordForm):
    """The address to which a link is sent; the answer is the same for unknown ones."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].widget.attrs.pop("placeholder", None)
