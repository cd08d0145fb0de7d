"""A message queue in a folder that loses nothing, for running without Redis.

kombu's filesystem transport opens a message's final name before it writes, and does the same with the table of
queues, so a reader can take half a message or an empty table. Here a name appears only when its content is whole.
"""

import contextlib
import fcntl
import os
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem, virtual
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads

Queue = filesystem.exchange_queue_t


def write_whole(path: Path, content: bytes) -> None:
    """Make path appear, or change, with all of its content at once."""
    # A name without ".msg" or ".exchange" at its end: no reader looks at it.
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}.draft")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


class Channel(filesystem.Channel):
    """The stock channel, with whole files only."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        # Padded, so that the order of names is the order of publishing.
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        folder = Path(self.data_folder_out)
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / name, str_to_bytes(dumps(payload)))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._listed: dict[str, deque[str]] = {}

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder = Path(self.data_folder_in)
        # One listing serves many messages: what comes later has a later name.
        listed = self._listed.setdefault(queue, deque())
        while True:
            if not listed:
                listed.extend(self._waiting(queue))
            if not listed:
                raise Empty
            name = listed.popleft()
            taken = folder / f"{name}.{uuid.uuid4().hex}.taken"
            try:
                os.rename(folder / name, taken)  # Only one reader can.
            except FileNotFoundError:
                continue
            content = taken.read_bytes()
            taken.unlink()
            return loads(bytes_to_str(content))

    def _waiting(self, queue: str) -> list[str]:
        """Return the names of a queue's messages, oldest first."""
        try:
            names = os.listdir(self.data_folder_in)
        except FileNotFoundError:
            return []
        return sorted(name for name in names if name.partition(".")[2] == f"{queue}.msg")

    def _size(self, queue: str) -> int:
        return len(self._waiting(queue))

    def _purge(self, queue: str) -> int:
        count = 0
        for name in self._waiting(queue):
            with contextlib.suppress(FileNotFoundError):
                os.remove(Path(self.data_folder_in) / name)
                count += 1
        return count

    def get_table(self, exchange: str) -> list[Any]:
        try:
            return [Queue(*row) for row in loads(self._exchange_file(exchange).read_text())]
        except FileNotFoundError:
            return []

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        row = Queue(routing_key or "", pattern or "", queue or "")
        if row not in self.get_table(exchange):
            self._change_table(exchange, lambda table: [row, *(other for other in table if other != row)])

    def _delete(
        self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any
    ) -> None:
        row = Queue(routing_key or "", pattern or "", queue or "")
        self._purge(queue)
        self._change_table(exchange, lambda table: [other for other in table if other != row])

    def _change_table(self, exchange: str, change: Callable[[list[Any]], list[Any]]) -> None:
        with self._only_one(exchange):
            table = change(self.get_table(exchange))
            write_whole(self._exchange_file(exchange), str_to_bytes(dumps(table)))

    @contextlib.contextmanager
    def _only_one(self, exchange: str) -> Iterator[None]:
        """Let one process at a time change an exchange's table of queues."""
        path = self._exchange_file(exchange)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    """The transport behind filesystem-safe:// addresses."""

    Channel = Channel

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        # One state for all connections of a process would forget to write the table of a second folder.
        self.state = virtual.BrokerState()


TRANSPORT_ALIASES["filesystem-safe"] = "portal.broker:Transport"
