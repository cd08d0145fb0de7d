"""A reminder as a Django e-mail that can also write itself in one go.

Python's e-mail package spends more time on one small message than the server does. Django's own parts stay in use
for every other backend, and a test holds that both say the same.
"""

import binascii
import hashlib
import re
from email.header import Header
from email.utils import formataddr, formatdate
from functools import lru_cache

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import BadHeaderError, sanitize_address

PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.?", re.ASCII)
LONGEST_PLAIN_SUBJECT = 60
PART = 'Content-Type: text/{}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'


class ReminderMessage(EmailMultiAlternatives):
    """One recipient, one text and the same as HTML."""

    def __init__(self, *, sender: tuple[str, str], **kwargs) -> None:
        super().__init__(from_email=formataddr(sender), **kwargs)
        self.sender = sender

    def envelope(self) -> tuple[str, str]:
        """Return the addresses of sender and recipient as the server wants them."""
        return self.sender[1], clean(self.to[0])

    def wire(self) -> bytes:
        """Return the whole message with the line ends of a wire."""
        mark = "=_" + hashlib.sha256(self.extra_headers["Message-ID"].encode()).hexdigest()[:32]
        html = self.alternatives[0].content
        head = [
            "MIME-Version: 1.0",
            f'Content-Type: multipart/alternative; boundary="{mark}"',
            f"Subject: {encoded(self.subject)}",
            f"From: {named(*self.sender)}",
            f"To: {clean(self.to[0])}",
            f"Date: {formatdate()}",
            *(f"{name}: {one_line(value)}" for name, value in self.extra_headers.items()),
        ]
        return b"\r\n".join(
            [
                "\r\n".join(head).encode("ascii"),
                b"",
                f"--{mark}".encode(),
                PART.format("plain").encode() + body(self.body),
                f"--{mark}".encode(),
                PART.format("html").encode() + body(html),
                f"--{mark}--".encode(),
                b"",
            ]
        )


def body(text: str) -> bytes:
    """Return text in letters and line lengths that every server takes."""
    # The encoder breaks long lines the way the first line of its input ends.
    lines = "\r\n".join(text.splitlines()) + "\r\n"
    return binascii.b2a_qp(lines.encode(), istext=True)


def one_line(value: str) -> str:
    if "\n" in value or "\r" in value:
        raise BadHeaderError("a header value has a line break")
    return value


def encoded(subject: str) -> str:
    """Return a subject as a header carries it, folded when it is long."""
    one_line(subject)
    if subject.isascii() and len(subject) <= LONGEST_PLAIN_SUBJECT:
        return subject
    charset = "ascii" if subject.isascii() else "utf-8"
    return Header(subject, charset, header_name="Subject").encode(linesep="\r\n")


@lru_cache(maxsize=1000)
def named(name: str, address: str) -> str:
    return sanitize_address((one_line(name), address), "utf-8")


def clean(address: str) -> str:
    """Return an address that is safe in a header; Django's own rules judge the unusual ones."""
    return address if PLAIN_ADDRESS.fullmatch(address) else sanitize_address(address, "utf-8")
