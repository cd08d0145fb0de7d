"""How pages end what other people wrote."""

from django import template

register = template.Library()


@register.filter
def ended(text):
    """Smith TJ → “Smith TJ.”; what already ends with a mark stays as it is."""
    return text if not text or text[-1] in ".!?…" else f"{text}."
