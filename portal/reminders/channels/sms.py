"""Text messages as a port: one backend with `send`, off until replies and STOP are built."""

import unicodedata

from django.conf import settings
from django.utils.module_loading import import_string

from portal.reminders.channels import Failed

GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
LENGTH = 160


def gsm(text: str) -> str:
    """Return text in the letters of one plain text message: á becomes a, while é and ñ stay."""
    return "".join(letter if letter in GSM_7 else plain(letter) for letter in text)


def plain(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)
    return "".join(part for part in base if part in GSM_7)


def send(*, to: str, body: str, sender: str, key: str, clinic_ref: str) -> None:
    """Hand one text to the configured backend."""
    if not settings.SMS_BACKEND:
        raise Failed("texts are off")
    import_string(settings.SMS_BACKEND)().send(
        to=to, body=body, sender=sender, key=key, clinic_ref=clinic_ref
    )
