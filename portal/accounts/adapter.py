"""How django-allauth behaves here: people are invited, never sign up."""

import logging
from urllib.parse import unquote, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.urls import Resolver404, resolve

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    def is_safe_url(self, url):
        """Lead nobody after sign-in but to a page of this portal, also behind a proxy that decodes addresses."""
        if not super().is_safe_url(url):
            return False
        try:
            resolve(unquote(urlsplit(url).path))
        except (Resolver404, ValueError):
            return False
        return True

    def send_mail(self, template_prefix, email, context):
        """Send a link; a mail server that fails gives the same answer as an address nobody has."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # SMTPException is one too.
            logger.error("A mail of the sign-in pages could not be sent: %s", type(error).__name__)
