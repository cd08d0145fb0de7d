"""The demo's own folder: only one demo at a time uses it, and a reset empties it."""

import contextlib
import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

LOCK = "demo.lock"
# The running command has read its key already.
KEPT = {LOCK, "secret_key"}


class InUse(Exception):
    """Another demo runs in this folder; the message is its address."""


@contextlib.contextmanager
def only_one(folder: Path, address: str) -> Iterator[None]:
    """Hold the folder; the system lets go of it when this process ends, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise InUse(lock.read().strip()) from None
        lock.truncate(0)
        lock.write(address)
        lock.flush()
        yield


def empty(folder: Path) -> None:
    """Delete what the demo has written: database, queue, outbox, cache, logs, static files."""
    for path in folder.iterdir():
        if path.name in KEPT:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def drop_leftovers(folder: Path) -> None:
    """Delete what a killed demo leaves and a new one trips over: the schedule, wake-ups nobody took."""
    for path in folder.glob("celerybeat-schedule*"):
        path.unlink(missing_ok=True)
    shutil.rmtree(folder / "broker", ignore_errors=True)
