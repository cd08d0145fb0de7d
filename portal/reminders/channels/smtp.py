"""Django's SMTP backend, which also knows whether a failure left the outcome open."""

import smtplib
import socket

from django.core.mail.backends import smtp

from portal.reminders.channels.message import ReminderMessage


class KnowsDoubt:
    """Remember whether a whole message was handed over and not yet answered for."""

    is_in_doubt = False
    is_in_data = False

    def data(self, msg):
        self.is_in_data = True
        try:
            answer = super().data(msg)
        finally:
            self.is_in_data = False
        self.is_in_doubt = False
        return answer

    def send(self, s):
        super().send(s)
        # The last line of a message is a dot; until the answer comes nobody knows what became of it.
        self.is_in_doubt = self.is_in_data and s[-5:] in (b"\r\n.\r\n", "\r\n.\r\n")

    def connect(self, *args, **kwargs):
        self.is_in_doubt = False
        answer = super().connect(*args, **kwargs)
        # Commands and answers are small: waiting to fill a packet costs 40 ms a message.
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return answer


class SMTP(KnowsDoubt, smtplib.SMTP):
    pass


class SecureSMTP(KnowsDoubt, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self):
        return SecureSMTP if self.use_ssl else SMTP

    def _send(self, email_message):
        """Send a reminder as it writes itself; all else Django's way."""
        if not isinstance(email_message, ReminderMessage):
            return super()._send(email_message)
        sender, recipient = email_message.envelope()
        self.connection.sendmail(sender, [recipient], email_message.wire())
        return True

    @property
    def is_in_doubt(self) -> bool:
        return bool(getattr(self.connection, "is_in_doubt", False))
