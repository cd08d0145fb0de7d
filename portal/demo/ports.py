"""Whether a port of this machine is free, and what answers on it."""

import errno
import http.client
import socket

LOOPBACKS = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


def usable(port: int) -> list[str]:
    """Return the loopback addresses to listen on, as gunicorn writes them. OSError when the port is taken."""
    found = []
    for family, host in LOOPBACKS:
        try:
            refuse_listener(family, host, port)
            with socket.socket(family, socket.SOCK_STREAM) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind((host, port))
        except OSError as error:
            # A machine without IPv6 has no ::1; that the port is in use counts on both.
            if family == socket.AF_INET or error.errno == errno.EADDRINUSE:
                raise
            continue
        found.append(f"[{host}]:{port}" if family == socket.AF_INET6 else f"{host}:{port}")
    return found


def refuse_listener(family: int, host: str, port: int) -> None:
    """Raise OSError when something answers: some systems let two programs bind one port."""
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.settimeout(1)
        if trial.connect_ex((host, port)) == 0:
            raise OSError(errno.EADDRINUSE, "in use")


def answers(port: int) -> bool:
    """Return whether the home page answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
