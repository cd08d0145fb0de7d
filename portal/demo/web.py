"""Settings of gunicorn in the demo; the address is given on the command line."""

import signal

from portal.demo.child import die_with_parent

worker_class = "gthread"
workers = 1
threads = 8
graceful_timeout = 3
accesslog = None
# Its control socket would lie in the home folder, and two demos would share it.
control_socket_disable = True
wsgi_app = "portal.wsgi:application"


def post_fork(server, worker):
    """End the worker together with its master, even when that is killed."""
    die_with_parent(signal.SIGKILL)
