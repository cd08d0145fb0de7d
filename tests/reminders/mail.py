"""A real SMTP server in a thread, which may misbehave on request."""

import asyncio
import email
import socket
from contextlib import contextmanager
from email import policy

from aiosmtpd.controller import Controller
from django.test import override_settings

SMTP = "django.core.mail.backends.smtp.EmailBackend"


class Handler:
    """Accept everything; answer otherwise where the test says so."""

    def __init__(self):
        self.messages = []
        self.recipients = []
        # An answer by recipient, at RCPT or at the end of DATA; "hang" never answers.
        self.at_rcpt = {}
        self.at_data = {}
        self.on_data = None

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.at_rcpt.get(address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        answer = self.at_data.get(envelope.rcpt_tos[0])
        if answer is None or answer == "hang after":
            self.messages.append(email.message_from_bytes(envelope.content, policy=policy.default))
            self.recipients.append(envelope.rcpt_tos[0])
        if self.on_data:
            await asyncio.get_running_loop().run_in_executor(None, self.on_data, envelope)
        if answer in ("hang", "hang after"):
            await asyncio.sleep(30)
        if answer == "drop":
            server.transport.close()
        return answer or "250 accepted"


@contextmanager
def smtp_server(timeout=1, **settings):
    """Yield the handler of a running server that the settings point to."""
    handler = Handler()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with override_settings(
            EMAIL_BACKEND=SMTP, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_TIMEOUT=timeout, **settings
        ):
            yield handler
    finally:
        controller.stop(no_assert=True)
