"""Run a program as a child of the demo: it ends when the demo ends, however the demo ends.

python -m portal.demo.child MODULE ARGUMENTS…
"""

import ctypes
import os
import runpy
import signal
import sys
import threading
import time

# Where the demo leaves the reading end of a pipe that it never writes to: its end is the demo's end.
PIPE = "DEMO_PARENT_PIPE"
PR_SET_PDEATHSIG = 1
SECONDS_TO_STOP = 8


def die_with_parent(number: int) -> None:
    """Ask Linux for a signal when the parent dies; other systems have the pipe only."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    except (OSError, AttributeError):
        pass


def stop_at_end_of(pipe: int) -> None:
    """Wait until nobody holds the other end of the pipe, then stop this process."""
    while os.read(pipe, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(SECONDS_TO_STOP)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    die_with_parent(signal.SIGTERM)
    if os.environ.get(PIPE):
        threading.Thread(target=stop_at_end_of, args=[int(os.environ[PIPE])], daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
