"""Addresses outside the portal: which are broken, told with the file that names them."""

import io
import socket
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import CommandError, call_command

from portal.education.checks import visits
from portal.education.checks.links import Link, links_in


class Site(BaseHTTPRequestHandler):
    """Answers by the address: /404, /moved, /loop, /no-head, /slow …"""

    asked = []

    def do_HEAD(self):
        self.asked.append((self.command, self.path))
        if self.path == "/slow":
            time.sleep(1)
        code = {"/": 200, "/404": 404, "/403": 403, "/500": 500, "/no-head": 405, "/slow": 200}.get(
            self.path, 302
        )
        self.send_response(200 if (self.command, self.path) == ("GET", "/no-head") else code)
        if code == 302:
            self.send_header(
                "Location",
                {"/moved": "/", "/loop": "/loop", "/file": "file:///etc/passwd"}.get(
                    self.path, "http://10.0.0.1/admin"
                ),
            )
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def is_here(host):
    return host == "127.0.0.1"


def state(url, **options):
    return visits.visit_all([url], allows=is_here, **options)[url].state


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/", "ok"),
        ("/#part", "ok"),
        ("/moved", "ok"),
        ("/no-head", "ok"),
        ("/404", "broken"),
        ("/500", "broken"),
        ("/403", "unsure"),
        ("/loop", "broken"),
        ("/private", "broken"),
        ("/file", "broken"),
    ],
)
def test_what_an_address_answers(site, path, told):
    assert state(site + path) == told


def test_a_slow_site_is_not_waited_for(site):
    begun = time.monotonic()
    assert state(f"{site}/slow", seconds=0.2) == "broken"
    assert time.monotonic() - begun < 0.9


def test_nobody_there(site):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert state(f"http://127.0.0.1:{free.getsockname()[1]}/") == "broken"


def test_this_machine_and_its_network_are_never_asked(site):
    Site.asked.clear()
    for url in (f"{site}/", "http://localhost:1/", "file:///etc/passwd", "https:///", "gopher://127.0.0.1/"):
        answer = visits.visit_all([url])[url]
        assert (answer.state, "not on the public web" in answer.why) == ("broken", True), url
    assert Site.asked == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "172.16.0.1", "::1", "fe80::1", "fc00::1"],
)
def test_private_addresses(address):
    found = [(0, 0, 0, "", ("93.184.215.14", 0)), (0, 0, 0, "", (address, 0))]
    with mock.patch("socket.getaddrinfo", return_value=found):
        assert not visits.is_public("pages.example")
    with mock.patch("socket.getaddrinfo", return_value=found[:1]):
        assert visits.is_public("pages.example")


def folder(site):
    place = Path(tempfile.mkdtemp())
    (place / "en").mkdir()
    (place / "tree.toml").write_text('[[pages]]\npath = "a"\n')
    (place / "en/a.toml").write_text(
        f"title = 'A'\nbody = '''<p><a href=\"{site}/404\">gone</a> <a href=\"/learn/\">here</a></p>'''\n"
    )
    (place / "references.toml").write_text(
        f'[[references]]\nkey = "b"\ntitle = "B"\nurl = "{site}/403"\ntaken_en = "B"\ntaken_es = "B"\n'
    )
    return place


def run(place):
    out = io.StringIO()
    with mock.patch.object(visits.visit_all, "__kwdefaults__", {"seconds": 5, "allows": is_here}):
        try:
            call_command("check_links", folder=place, stdout=out)
        except CommandError as error:
            return f"{out.getvalue()}{error}"
    return out.getvalue()


def test_the_command_names_file_and_address(site):
    place = folder(site)
    assert run(place).splitlines() == [
        f"broken: en/a.toml: {site}/404: answers 404",
        f"unsure: references.toml (b): {site}/403: answers 403 (look yourself)",
        "1 of 2 addresses are broken.",
    ]
    (place / "en/a.toml").write_text("title = 'A'\n")
    assert run(place).splitlines()[-1] == "1 addresses visited, none is broken."


def test_links_are_read_with_their_words():
    html = '<p><a href="/learn/">the <strong>hub</strong>\n page</a>, <a>no</a> &amp; <a href="#a">an id</a> tail</p>'
    assert links_in(html) == [Link("/learn/", "the hub page"), Link("", "no"), Link("#a", "an id")]
