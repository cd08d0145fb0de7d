"""Read deployment values from the environment; refuse each bad one by name, in one line.

Standard library only, so that a wrong value is reported before Django starts.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "::1", ".localhost", "testserver"}
SENDER = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class BadSetting(Exception):
    """A value of the environment that the portal refuses; the message names the variable."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name


@dataclass(frozen=True, slots=True)
class Mail:
    """An SMTP server, from EMAIL_URL."""

    host: str
    port: int
    user: str
    password: str
    use_tls: bool
    use_ssl: bool


@dataclass(frozen=True, slots=True)
class Env:
    """Every deployment value, checked."""

    base: Path
    demo: bool
    debug: bool
    production: bool
    secret_key: str
    allowed_hosts: list[str]
    database_url: str | None
    redis_url: str | None
    mail: Mail | None
    mail_from: str
    public_url: str
    proxy_count: int
    var: Path

    @property
    def secure(self) -> bool:
        """Whether pages are served over TLS only."""
        return self.production


def flag(environ: Mapping[str, str], name: str) -> bool:
    """Return a yes/no value; unset means no."""
    value = environ.get(name, "").strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise BadSetting(name, f"“{value}” is neither yes nor no; write 1 or 0.")


def hosts(environ: Mapping[str, str]) -> list[str]:
    """Return the host names this portal answers to; only this machine's when unset."""
    names = [part.strip() for part in environ.get("ALLOWED_HOSTS", "").split(",") if part.strip()]
    if any("*" in name for name in names):
        raise BadSetting("ALLOWED_HOSTS", "“*” would answer to any host; list the host names, with commas.")
    for name in names:
        if "/" in name or " " in name or (":" in name and not name.startswith("[") and name != "::1"):
            raise BadSetting(
                "ALLOWED_HOSTS", f"“{name}” is not a host name; leave out scheme, port and path."
            )
    return names or ["localhost", "127.0.0.1", "[::1]"]


def is_public(names: list[str]) -> bool:
    """Return whether any host name is reachable from another machine."""
    return any(name not in LOOPBACK for name in names)


def check_address(name: str, url: str) -> SplitResult:
    """Return the parts of an address; refuse a host or a port that nobody could connect to."""
    try:
        parts = urlsplit(url)
        if parts.port == 0:
            raise ValueError
    except ValueError:
        raise BadSetting(name, "has a host or a port that cannot be read; a port is a number.") from None
    return parts


def database_url(environ: Mapping[str, str]) -> str | None:
    """Return DATABASE_URL, or None for SQLite in var/."""
    if "DATABASE_URL" not in environ:
        return None
    url = environ["DATABASE_URL"].strip()
    if not url.startswith(("postgresql://", "postgres://", "sqlite://")):
        raise BadSetting(
            "DATABASE_URL", "must begin with postgresql:// or sqlite:///; leave it unset for SQLite."
        )
    if not check_address("DATABASE_URL", url).path.strip("/"):
        raise BadSetting("DATABASE_URL", "names no database, as in postgresql://user:password@host/portal.")
    return url


def redis_url(environ: Mapping[str, str]) -> str | None:
    """Return REDIS_URL, or None to run without Redis."""
    if "REDIS_URL" not in environ:
        return None
    url = environ["REDIS_URL"].strip()
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise BadSetting(
            "REDIS_URL", "must begin with redis://, rediss:// or unix://; leave it unset for none."
        )
    check_address("REDIS_URL", url)
    return url


def mail(environ: Mapping[str, str]) -> Mail | None:
    """Return the mail server of EMAIL_URL (smtp://, smtp+tls:// or smtps://), or None."""
    if "EMAIL_URL" not in environ:
        return None
    parts = check_address("EMAIL_URL", environ["EMAIL_URL"].strip())
    port = parts.port
    if parts.scheme not in {"smtp", "smtp+tls", "smtps"} or not parts.hostname:
        raise BadSetting("EMAIL_URL", "must look like smtp+tls://user:password@mail.example.org:587.")
    tls = parts.scheme == "smtp+tls" or parse_qs(parts.query).get("tls") == ["1"]
    ssl = parts.scheme == "smtps"
    return Mail(
        host=parts.hostname,
        port=port or (465 if ssl else 587 if tls else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=tls and not ssl,
        use_ssl=ssl,
    )


def secret_key(environ: Mapping[str, str], *, production: bool, var: Path) -> str:
    """Return SECRET_KEY; on one machine only, a random one is kept in var/."""
    if "SECRET_KEY" in environ:
        key = environ["SECRET_KEY"]
        if not key.strip():
            raise BadSetting("SECRET_KEY", "is empty; give at least 50 random characters.")
        if production and (len(key) < 50 or len(set(key)) < 5):
            raise BadSetting("SECRET_KEY", "is too short to be safe; give at least 50 random characters.")
        return key
    if production:
        raise BadSetting("SECRET_KEY", "is not set; give at least 50 random characters.")
    return kept_key(var)


def kept_key(var: Path) -> str:
    """Return this machine's own key, written once with no right for others to read it."""
    path = var / "secret_key"
    try:
        return path.read_text().strip() or secrets.token_urlsafe(50)
    except OSError:
        pass
    key = secrets.token_urlsafe(50)
    try:
        var.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key)
    except FileExistsError:
        return path.read_text().strip() or key
    except OSError:
        pass  # A read-only checkout: the key lives as long as this process.
    return key


def public_url(environ: Mapping[str, str], names: list[str], *, production: bool) -> str:
    """Return the address that messages link to, without a trailing slash."""
    url = environ.get("PUBLIC_URL", "").strip().rstrip("/")
    if url:
        parts = check_address("PUBLIC_URL", url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise BadSetting("PUBLIC_URL", "must look like https://portal.example.org.")
        if production and parts.scheme != "https":
            raise BadSetting("PUBLIC_URL", "must begin with https:// when the portal has a public host.")
        return url
    return f"https://{public_name(names)}" if production else "http://localhost:8000"


def public_name(names: list[str]) -> str:
    """Return the first host name that other machines reach."""
    return next(name for name in names if name not in LOOPBACK).lstrip(".")


def mail_from(environ: Mapping[str, str], names: list[str], *, production: bool) -> str:
    """Return the address reminders come from; servers refuse a sender at localhost."""
    address = environ.get("MAIL_FROM", "").strip()
    if address and not SENDER.fullmatch(address):
        raise BadSetting("MAIL_FROM", "must be a plain address such as reminders@portal.example.org.")
    return address or f"reminders@{public_name(names) if production else 'localhost'}"


def proxy_count(environ: Mapping[str, str]) -> int:
    """Return how many proxies of our own stand before the portal; each adds one address to X-Forwarded-For."""
    text = environ.get("PROXY_COUNT", "").strip() or "0"
    if not re.fullmatch("[0-5]", text):
        raise BadSetting("PROXY_COUNT", f"“{text}” is not a whole number from 0 to 5.")
    return int(text)


def folder(environ: Mapping[str, str], base: Path) -> Path:
    """Return the folder of everything the portal keeps; make it when it is missing."""
    path = Path(environ.get("VAR_DIR") or base / "var")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError):
        if "VAR_DIR" in environ:
            raise BadSetting("VAR_DIR", "is not a folder, and none can be made there.") from None
    return path


def read(environ: Mapping[str, str], base: Path) -> Env:
    """Return the checked deployment values, or raise BadSetting for the first bad one."""
    names = hosts(environ)
    production = is_public(names)
    debug, demo = flag(environ, "DEBUG"), flag(environ, "DEMO")
    if production and debug:
        raise BadSetting(
            "DEBUG", "shows settings and records on errors; never with a public host in ALLOWED_HOSTS."
        )
    if production and demo:
        raise BadSetting("DEMO", "has known passwords; it does not run with a public host in ALLOWED_HOSTS.")
    if demo and environ.get("EMAIL_URL"):
        raise BadSetting("DEMO", "never sends to a real mail server; unset EMAIL_URL.")
    if demo and environ.get("DATABASE_URL"):
        raise BadSetting("DEMO", "keeps its own SQLite database; unset DATABASE_URL.")
    if demo and environ.get("REDIS_URL"):
        raise BadSetting("DEMO", "brings its own queue; unset REDIS_URL.")
    server = mail(environ)
    if production and server is None:
        raise BadSetting("EMAIL_URL", "is not set; without a mail server no reminder would ever arrive.")
    var = folder(environ, base)
    if demo:
        var = var / "demo"
    return Env(
        base=base,
        demo=demo,
        debug=debug,
        production=production,
        secret_key=secret_key(environ, production=production, var=var),
        allowed_hosts=names,
        database_url=database_url(environ),
        redis_url=redis_url(environ),
        mail=server,
        mail_from=mail_from(environ, names, production=production),
        public_url=public_url(environ, names, production=production),
        proxy_count=proxy_count(environ),
        var=var,
    )
