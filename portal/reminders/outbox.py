"""Mail and texts as files, for a machine without a mail server: the demo shows them at /demo/outbox/."""

import datetime
import json
import os
import re
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

CLINIC = re.compile(r"<([0-9a-f-]{36})\.")


def write(message: dict[str, Any]) -> None:
    """Make one file appear with all of its content at once; names sort by time."""
    folder = Path(settings.OUTBOX_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{time.time_ns():020d}-{uuid.uuid4().hex}.json"
    draft = path.with_suffix(".draft")
    content = {"at": timezone.now().isoformat(), **message}
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=True)
    draft.replace(path)


class EmailBackend(BaseEmailBackend):
    """Write each message to the outbox."""

    def send_messages(self, email_messages) -> int:
        for message in email_messages:
            write(as_row(message))
        return len(email_messages)


def as_row(message) -> dict[str, Any]:
    html = [part.content for part in getattr(message, "alternatives", []) if part.mimetype == "text/html"]
    found = CLINIC.search(message.extra_headers.get("List-Id", ""))
    return {
        "channel": "email",
        "to": message.recipients(),
        "from": message.from_email,
        "subject": str(message.subject),
        "text": str(message.body),
        "html": html[0] if html else "",
        "headers": {name: str(value) for name, value in message.extra_headers.items()},
        "clinic": found[1] if found else "",
    }


class SmsBackend:
    """Write each text to the outbox."""

    def send(self, *, to: str, body: str, sender: str, key: str, clinic_ref: str) -> None:
        write({"channel": "sms", "to": [to], "from": sender, "text": body, "key": key, "clinic": clinic_ref})


def messages() -> Iterator[dict[str, Any]]:
    """Yield what went out, newest first."""
    for path in reversed(paths()):
        try:
            row = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue  # Deleted meanwhile by demo-reset, or not ours.
        yield {**row, "at": datetime.datetime.fromisoformat(row["at"])}


def paths() -> list[Path]:
    return sorted(Path(settings.OUTBOX_DIR).glob("*.json"))
