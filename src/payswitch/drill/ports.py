"""Ports for child processes: chosen by the parent, so that everybody knows the addresses before anybody listens."""

from __future__ import annotations

import errno
import random
import socket

from payswitch.drill.client import DrillError

QUIET_PORTS = range(15_000, 32_000)
"""Below what systems give to outgoing connections (from 32768 on Linux, from 49152 elsewhere): between the look and the
child's own listening, no connection of a busy machine can take the port away."""
_TRIES = 100


def free_port(wanted: int = 0) -> int:
    """`wanted` if nobody listens there, else any free port.

    :raises DrillError: when none of a hundred is free.
    """
    drawn = random.SystemRandom().sample(QUIET_PORTS, _TRIES)
    for port in [wanted, *drawn] if wanted else drawn:
        if _is_free(port):
            return port
    raise DrillError("no free port on 127.0.0.1")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            return False
        return True
