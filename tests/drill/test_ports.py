"""Ports for child processes: nobody takes them away between the choice and the listening."""

from __future__ import annotations

import socket

from payswitch.drill.ports import QUIET_PORTS, free_port


def test_the_wanted_port_is_given_when_nobody_listens_there() -> None:
    wanted = free_port()
    assert free_port(wanted) == wanted


def test_a_taken_port_is_replaced_by_one_that_can_be_listened_on() -> None:
    with socket.socket() as other, socket.socket() as ours:
        other.bind(("127.0.0.1", free_port()))
        other.listen()
        taken = other.getsockname()[1]
        given = free_port(taken)
        assert given != taken
        ours.bind(("127.0.0.1", given))


def test_no_outgoing_connection_is_ever_given_such_a_port() -> None:
    """A drill failed with "address already in use": a connection of another test had been given its service's port."""
    assert QUIET_PORTS.stop <= 32_768, "where Linux begins with outgoing connections; other systems begin later"
    assert {free_port() in QUIET_PORTS for _ in range(20)} == {True}
