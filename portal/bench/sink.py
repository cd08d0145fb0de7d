"""A bare SMTP server that accepts everything and keeps nothing: the limit a mail server sets to any sender.

Run as a program of its own: it prints its port, and answers NOOP with the number of messages it accepted.
"""

import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ANSWERS = {b"EHLO": b"250 sink", b"HELO": b"250 sink", b"QUIT": b"221 bye", b"DATA": b"354 go on"}


class Session(socketserver.StreamRequestHandler):
    """One connection, line by line."""

    disable_nagle_algorithm = True
    accepted = 0

    def handle(self) -> None:
        self.say(b"220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            if verb == b"NOOP":
                self.say(b"250 %d" % Session.accepted)
                continue
            self.say(ANSWERS.get(verb, b"250 ok"))
            if verb == b"DATA":
                self.read_message()
            if verb == b"QUIT":
                return

    def read_message(self) -> None:
        while (line := self.rfile.readline()) and line != b".\r\n":
            pass
        Session.accepted += 1
        self.say(b"250 accepted")

    def say(self, answer: bytes) -> None:
        self.wfile.write(answer + b"\r\n")


@contextmanager
def running() -> Iterator[int]:
    """Run the sink on this machine only; yield its port."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, __file__], **pipes) as process:  # noqa: S603
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def end_with_parent() -> None:
    """Leave when the bench does, however it ends: its end of the pipe closes."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        sys.stdout.write(f"{server.server_address[1]}\n")
        sys.stdout.flush()
        server.serve_forever()
