"""Whether a port is free is known before anything else is done."""

import http.server
import socket
import threading
from contextlib import contextmanager

import pytest

from portal.demo import ports
from tests.demo.test_accounts import run


@contextmanager
def listening(family=socket.AF_INET, host="127.0.0.1"):
    with socket.socket(family, socket.SOCK_STREAM) as server:
        server.bind((host, 0))
        server.listen()
        yield server.getsockname()[1]


def free_port():
    with listening() as port:
        return port


def test_a_free_port_is_used_on_this_machine_only():
    port = free_port()
    assert ports.usable(port)[0] == f"127.0.0.1:{port}"
    assert set(ports.usable(port)) <= {f"127.0.0.1:{port}", f"[::1]:{port}"}


def test_a_taken_port_is_refused():
    with listening() as port, pytest.raises(OSError, match="in use"):
        ports.usable(port)


def test_a_port_taken_on_ipv6_alone_is_refused():
    try:
        taken = listening(socket.AF_INET6, "::1")
        with taken as port, pytest.raises(OSError, match="in use"):
            ports.usable(port)
    except OSError as error:
        pytest.skip(f"no IPv6 here: {error}")


def test_the_command_says_so_in_one_sentence_at_once(tmp_path):
    with listening() as port:
        done = run(tmp_path, "--port", str(port))
    assert done.returncode == 1
    assert done.stderr == f"Port {port} is taken. Choose another: make demo PORT=8123\n"
    assert done.stdout == ""
    assert not (tmp_path / "demo" / "portal.sqlite3").exists()


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1"])
def test_no_port_at_all_is_refused(tmp_path, text):
    done = run(tmp_path, f"--port={text}")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("status", "expected"), [(200, True), (500, False), (404, False)])
def test_answers_means_200(status, expected):
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()

        def log_message(self, *args):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert ports.answers(server.server_port) is expected
        server.shutdown()


def test_nobody_there_is_no_answer():
    assert not ports.answers(free_port())
