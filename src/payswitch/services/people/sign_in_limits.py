"""登录限速: how often somebody may be wrong. Guessing is slowed for a name, for an address, and for both together.

A try counts when it begins and is given back when it succeeds, so that a hundred at once are counted, too. What is
counted does not depend on whether the name exists. Lives in the process: a restart forgets it, and with two nodes there
are twice as many guesses, which is still nothing.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from typing import Final, NamedTuple

from payswitch.domain.errors import TOO_MANY_SIGN_INS, PaySwitchError
from payswitch.kit.clock import Clock
from payswitch.kit.durations import HOUR_MS, MINUTE_MS

MOST_REMEMBERED: Final = 20_000
"""Names and addresses, the ones used last: an attacker with many must not fill the memory."""


class Limit(NamedTuple):
    """So many wrong tries within so long."""

    most: int
    window_ms: int


NAME_AND_ADDRESS: Final = Limit(5, 15 * MINUTE_MS)
"""A person who has forgotten the password finds out within five tries."""
NAME: Final = Limit(30, HOUR_MS)
"""From many addresses: 720 guesses a day. Whoever is locked out by somebody else's guesses signs in by a link."""
ADDRESS: Final = Limit(60, HOUR_MS)
"""An office behind one address has more than one person."""


class SignInLimits:
    """The wrong tries of the last hour."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, list[float]] = OrderedDict()

    def begin(self, name: str, address: str) -> None:
        """One more try. Raises `too_many_sign_ins` when there were too many, and then it is not counted."""
        now_ms = self._clock.monotonic_ms()
        places = _places(name, address)
        wait_ms = max(self._wait_ms(key, limit, now_ms) for key, limit in places)
        if wait_ms > 0:
            raise _too_many(wait_ms)
        for key, _ in places:
            self._tries.setdefault(key, []).append(now_ms)
            self._tries.move_to_end(key)
        while len(self._tries) > MOST_REMEMBERED:
            self._tries.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """It was the right one: nothing of this name from this address counts any more, elsewhere one try less."""
        for key, limit in _places(name, address):
            if limit is NAME_AND_ADDRESS:
                self._tries.pop(key, None)
            elif self._tries.get(key):
                self._tries[key].pop()

    def _wait_ms(self, key: str, limit: Limit, now_ms: float) -> float:
        tries = self._tries.get(key)
        if tries is None:
            return 0.0
        tries[:] = [at_ms for at_ms in tries if now_ms - at_ms < limit.window_ms]
        return tries[-limit.most] + limit.window_ms - now_ms if len(tries) >= limit.most else 0.0


def _places(name: str, address: str) -> tuple[tuple[str, Limit], ...]:
    where = _network(address)
    return (
        (f"both {name} {where}", NAME_AND_ADDRESS),
        (f"name {name}", NAME),
        (f"address {where}", ADDRESS),
    )


def _network(address: str) -> str:
    """Of IPv6 the first half: the rest is for its holder to choose."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False))


def _too_many(wait_ms: float) -> PaySwitchError:
    wait_s = int(wait_ms // 1_000) + 1
    minutes = -(-wait_s // 60)
    return PaySwitchError(
        TOO_MANY_SIGN_INS,
        f"too many wrong tries; try again in {minutes} minutes, or sign in by a link (`payswitch user link NAME`)",
        f"错误次数过多，请 {minutes} 分钟后再试，或使用一次性登录链接（payswitch user link 用户名）",
        extra={"retry_after_s": wait_s},
    )
