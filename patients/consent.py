"""The words in which a person is asked about each channel; what was shown is stored with the answer."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from patients.models import ChannelConsent

Channel = ChannelConsent.Channel
TEXTS = {
    Channel.EMAIL: _(
        "May the clinic e-mail you about your visits? The e-mails name the clinic and a date, and nothing about your "
        "health. E-mail can be read by others who use your device. You can say no at any time."
    ),
    Channel.SMS: _(
        "May the clinic text you about your visits? The texts name the clinic and a date, and nothing about your "
        "health. Your carrier may charge for them. You can say no at any time."
    ),
    Channel.PHONE: _("May the clinic call you, and leave a message that asks you to call back?"),
}

# What patients answer themselves, above the same explanation.
OWN_QUESTION = _("Send me reminders by e-mail")


def own_text() -> str:
    """Return all that a patient is asked about e-mail on the page, in its language."""
    return f"{OWN_QUESTION}: {TEXTS[Channel.EMAIL]}"


def text_in(channel: str, language: str) -> str:
    """Return the question as this person was asked it."""
    with translation.override(language):
        return str(TEXTS[Channel(channel)])
