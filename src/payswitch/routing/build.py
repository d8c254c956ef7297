"""Whether routing runs as machine code (`make compiled`) or is interpreted: same decisions, another price."""

from __future__ import annotations

from payswitch.routing import belief


def is_machine_code() -> bool:
    return not belief.__file__.endswith(".py")
