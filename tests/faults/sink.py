"""A bare SMTP server that accepts everything and remembers who got what. Small, so that it measures others."""

import re
import socketserver
import threading
import time


class Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        self.say(b"220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.take()
            elif verb == b"QUIT":
                self.say(b"221 bye")
                return
            else:
                self.say(b"250 ok")

    def say(self, line):
        self.wfile.write(line + b"\r\n")

    def take(self):
        self.say(b"354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        if line:
            self.server.keep(b"".join(lines))
            self.say(b"250 accepted")


class Sink(socketserver.ThreadingTCPServer):
    """Listen on a free port of this machine; used as a context manager."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, delay=0.0):
        super().__init__(("127.0.0.1", 0), Handler)
        self.messages = []
        self.delay = delay

    def keep(self, message):
        self.messages.append(message)
        if self.delay:
            time.sleep(self.delay)

    def handle_error(self, request, client_address):
        """Say nothing about clients that were killed."""

    @property
    def port(self):
        return self.server_address[1]

    @property
    def ids(self):
        return [
            re.search(rb"(?im)^Message-ID: (\S+)", message)[1].decode() for message in list(self.messages)
        ]

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_exception):
        self.shutdown()
        self.server_close()


if __name__ == "__main__":
    import sys

    server = Sink()
    print(server.port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
