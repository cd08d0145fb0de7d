"""E-mail over Django's mail API: one connection for a whole batch, each failure told apart."""

import smtplib
from contextlib import suppress

from django.conf import settings
from django.core import mail

from portal.reminders.channels import Failed, InDoubt, Refused

DJANGO_SMTP = "django.core.mail.backends.smtp.EmailBackend"
OURS = "portal.reminders.channels.smtp.EmailBackend"


# So many in a row, and the server is taken to be down: the others wait for the next sweep, untried.
DOWN_AFTER = 3
# 552 is a full mailbox and 554 mostly a policy: no reason to give an address up.
NO_SUCH_ADDRESS = {521, 550, 551, 553, 556}


def is_policy(text: bytes | str) -> bool:
    """Return whether a refusal is about us (5.7.x): it must not mark every patient's address as bad."""
    return (text if isinstance(text, bytes) else text.encode()).lstrip().startswith(b"5.7.")


class Mailer:
    """A mail connection that is opened when first needed and again after it broke."""

    def __init__(self) -> None:
        self.failures = 0
        backend = settings.EMAIL_BACKEND
        self.connection = mail.get_connection(OURS if backend == DJANGO_SMTP else backend)

    def __enter__(self) -> "Mailer":
        return self

    def __exit__(self, *_exception) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye; a server that is gone is no failure of a message."""
        with suppress(OSError):  # SMTPException is one too.
            self.connection.close()
        # Django keeps a connection whose goodbye failed, and would use it again.
        if hasattr(self.connection, "connection"):
            self.connection.connection = None

    @property
    def is_down(self) -> bool:
        """Return whether the server failed several times in a row, whatever the message."""
        return self.failures >= DOWN_AFTER

    def send(self, message: mail.EmailMessage) -> None:
        """Hand one message over, or raise Refused, Failed or InDoubt."""
        failures, self.failures = self.failures, 0
        try:
            self.hand_over(message)
        except (Failed, InDoubt) as error:
            if isinstance(error, InDoubt) or error.is_server:
                self.failures = failures + 1
            raise

    def hand_over(self, message: mail.EmailMessage) -> None:
        try:
            self.connection.open()
        except OSError as error:
            self.close()
            raise Failed(code_of("connect", error), is_server=True) from error
        try:
            self.connection.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            raise self.refusal("recipient", *next(iter(error.recipients.values()))) from error
        except smtplib.SMTPSenderRefused as error:
            # Our own configuration, or a server that is full: no fault of this recipient.
            self.close()
            raise Failed(code_of("sender", error), is_server=True) from error
        except smtplib.SMTPDataError as error:
            raise self.refusal("data", error.smtp_code, error.smtp_error) from error
        except OSError as error:
            raise self.broken(error) from error

    def refusal(self, stage: str, code: int, text: bytes | str) -> Exception:
        """Return what an answer means: 5xx is for good, all else may pass."""
        if code == 421:
            self.close()
        if 500 <= code < 600:
            is_address = stage == "recipient" and code in NO_SUCH_ADDRESS and not is_policy(text)
            return Refused(f"{stage} {code}", is_address=is_address)
        return Failed(f"{stage} {code}")

    def broken(self, error: OSError) -> Exception:
        """Return what a broken connection means for the message that was under way."""
        in_doubt = getattr(self.connection, "is_in_doubt", False)
        self.close()
        if in_doubt:
            return InDoubt(code_of("no answer", error))
        return Failed(code_of("connection", error), is_server=True)


def code_of(stage: str, error: Exception) -> str:
    """Return a short class of an error, without a word of the server, which may repeat an address."""
    code = getattr(error, "smtp_code", "")
    return f"{stage} {code or type(error).__name__}"
