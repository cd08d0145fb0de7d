"""How django-allauth behaves here: people are invited, never sign up."""

import logging

from allauth.account.adapter import DefaultAccountAdapter

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    def send_mail(self, template_prefix, email, context):
        """Send a link; a mail server that fails gives the same answer as an address nobody has."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # SMTPException is one too.
            logger.error("A mail of the sign-in pages could not be sent: %s", type(error).__name__)
