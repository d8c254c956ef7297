"""Who watches a drill while it runs: the terminal, or nobody."""

from __future__ import annotations

from typing import Protocol

from payswitch.drill.journey import Visit


class Watcher(Protocol):
    """Hears what happens as it happens. Must be quick and must not fail."""

    def phase(self, text: str, total: int | None = None) -> None:
        """Another stretch of work begins; `total` steps of it are known beforehand."""
        ...

    def say(self, text: str) -> None:
        """Something happened that a person on the spot would mention."""
        ...

    def left(self, visit: Visit) -> None:
        """A shopper left the shop, paid or not."""
        ...

    def step(self, text: str, *, ok: bool) -> None:
        """One of the steps of this stretch is done."""
        ...


class Nobody:
    """For runs without a terminal."""

    def phase(self, text: str, total: int | None = None) -> None:
        return

    def say(self, text: str) -> None:
        return

    def left(self, visit: Visit) -> None:
        return

    def step(self, text: str, *, ok: bool) -> None:
        return
