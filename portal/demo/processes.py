"""Web, worker and beat as children of one command: started, watched and stopped together."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portal.demo import child

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SECONDS_TO_STOP = 10
MOST_RESTARTS = 3
LINES_SHOWN = 15


class Failed(Exception):
    """A child did not start, or keeps dying; the message says which and shows the end of its log."""


def commands(folder: Path, binds: list[str]) -> dict[str, list[str]]:
    """Return what runs, by name: module and arguments."""
    celery = ["celery", "--app", "portal.celery", "--quiet"]
    return {
        "web": ["gunicorn", "--config", "python:portal.demo.web", *(f"--bind={bind}" for bind in binds)],
        "worker": [
            *celery,
            "worker",
            "--pool=threads",
            "--concurrency=1",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
            "--loglevel=WARNING",
        ],
        "beat": [
            *celery,
            "beat",
            "--loglevel=WARNING",
            "--pidfile=",
            f"--schedule={folder}/celerybeat-schedule",
        ],
    }


@contextmanager
def held_back() -> Iterator[None]:
    """Start children with the terminal's signals blocked: they listen to the demo alone (SIGTERM)."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def terminal() -> Any:
    """Return what tells that our terminal is gone, or None without one and under nohup.

    Where make leads the terminal's session, it keeps the signal to itself.
    """
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN or not os.isatty(0):
        return None
    found = select.poll()
    found.register(0, 0)
    return found


class Child:
    """One process with its log; started again when it dies."""

    def __init__(self, name: str, command: list[str], log: Path) -> None:
        self.name, self.command, self.log = name, command, log
        self.restarts = 0
        log.write_bytes(b"")

    def start(self, environ: dict[str, str], base: Path, pipe: int) -> None:
        with self.log.open("ab") as log, held_back():
            self.process = subprocess.Popen(  # noqa: S603 (our own fixed command)
                [sys.executable, "-m", "portal.demo.child", *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**environ, child.PIPE: str(pipe)},
                cwd=base,
                pass_fds=[pipe],
            )

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def last_lines(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-LINES_SHOWN:]
        return "\n".join(f"  {line}" for line in lines)


class Processes:
    """All children. The first signal stops them, the second kills them."""

    def __init__(
        self, children: list[Child], environ: dict[str, str], base: Path, say: Callable[[str], None]
    ) -> None:
        self.children, self.environ, self.base, self.say = children, environ, base, say
        self.signals, self.terminal = 0, terminal()
        self.pipe, self._end = os.pipe()

    def _on_signal(self, number, frame) -> None:
        self.signals += 1

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start all; whatever happens inside, none is left after."""
        for number in STOPPING:
            # Under nohup the closing of the terminal stays ignored; a script's background job hears Ctrl-C.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)
        try:
            for each in self.children:
                each.start(self.environ, self.base, self.pipe)
            yield
        finally:
            self.stop()

    def wait_until(self, is_ready: Callable[[], bool], seconds: float) -> None:
        """Return when ready or told to stop; Failed when a child dies or the time is up."""
        until = time.monotonic() + seconds
        while not self.signals and not is_ready():
            for each in self.children:
                if not each.is_alive:
                    raise Failed(
                        f"The {each.name} process did not start. The end of {each.log}:\n{each.last_lines()}"
                    )
            if time.monotonic() > until:
                web = self.children[0]
                raise Failed(
                    f"No page after {seconds:.0f} seconds. The end of {web.log}:\n{web.last_lines()}"
                )
            time.sleep(0.1)

    def watch(self) -> None:
        """Start again what dies, until told to stop."""
        while not self.signals:
            time.sleep(0.2)
            if self.terminal and self.terminal.poll(0):
                return
            for each in self.children:
                if not each.is_alive and not self.signals:
                    self._restart(each)

    def _restart(self, each: Child) -> None:
        code, each.restarts = each.process.returncode, each.restarts + 1
        if each.restarts > MOST_RESTARTS:
            raise Failed(
                f"The {each.name} process keeps ending ({code}). The end of {each.log}:\n{each.last_lines()}"
            )
        self.say(f"The {each.name} process ended ({code}) and is started again; its log is {each.log}.")
        each.start(self.environ, self.base, self.pipe)

    def stop(self) -> None:
        """End every child: asked first, killed after ten seconds or at a second signal."""
        started = [each.process for each in self.children if hasattr(each, "process")]
        asked, until = self.signals, time.monotonic() + SECONDS_TO_STOP
        for process in started:
            process.terminate()
        while any(process.poll() is None for process in started):
            # One Ctrl-C can reach us twice at once, through the group and through make.
            if self.signals > max(asked, 1) or time.monotonic() > until:
                for process in started:
                    process.kill()
            time.sleep(0.05)
