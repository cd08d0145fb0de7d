"""Whether addresses outside the portal still answer. Only an operator's command asks; no page ever does."""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urldefrag, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

SECONDS = 15
AT_ONCE = 8
# Sites that want no programs answer with these: only a person can tell whether the page is there.
UNSURE = {401, 403, 405, 406, 409, 418, 429, 451, 501, 503, 999}
NAME = "Mozilla/5.0 (compatible; link check of a patient portal)"


class NotPublic(Exception):
    """An address that leads to this machine or its network."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a visit found: ok, broken or unsure, and why."""

    url: str
    state: str
    why: str = ""


def is_public(host: str) -> bool:
    """Return whether a name leads to the public internet and nowhere else."""
    found = {info[4][0] for info in socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)}
    return all(ipaddress.ip_address(str(one).partition("%")[0]).is_global for one in found)


class Redirects(HTTPRedirectHandler):
    """Follows redirects over the web only, and to public addresses only."""

    max_redirections = 6

    def __init__(self, allows: Callable[[str], bool]) -> None:
        self.allows = allows

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        guard(newurl, self.allows)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def guard(url: str, allows: Callable[[str], bool]) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not allows(parts.hostname):
        raise NotPublic(url)


def visit_all(
    urls: Iterable[str], *, seconds: float = SECONDS, allows: Callable[[str], bool] = is_public
) -> dict[str, Answer]:
    """Visit each address once, several at a time."""
    opener = build_opener(Redirects(allows))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda url: visit(url, opener, seconds, allows), dict.fromkeys(urls))
        return {answer.url: answer for answer in answers}


def visit(url: str, opener: OpenerDirector, seconds: float, allows: Callable[[str], bool]) -> Answer:
    """Ask for the head of a page; for the page itself where a site answers no such question."""
    answer = ask("HEAD", url, opener, seconds, allows)
    return answer if answer.state == "ok" else ask("GET", url, opener, seconds, allows)


def ask(
    method: str, url: str, opener: OpenerDirector, seconds: float, allows: Callable[[str], bool]
) -> Answer:
    try:
        guard(url, allows)
        request = Request(urldefrag(url).url, method=method, headers={"User-Agent": NAME})  # noqa: S310 (guarded)
        with opener.open(request, timeout=seconds):
            return Answer(url, "ok")
    except HTTPError as error:
        error.close()
        return Answer(url, "unsure" if error.code in UNSURE else "broken", f"answers {error.code}")
    except NotPublic as error:
        return Answer(url, "broken", f"leads to {error}, which is not on the public web")
    except (URLError, HTTPException, OSError, ValueError) as error:
        return Answer(url, "broken", str(getattr(error, "reason", error)) or type(error).__name__)
