"""One feed for everybody who wants to hear what happens: the live page, the metrics, the alerts."""

from __future__ import annotations

from collections.abc import Mapping

from payswitch.kit.logs import get_logger
from payswitch.services.ports import LiveFeed

log = get_logger(__name__)


class FanOut:
    """Implements `ports.LiveFeed` by telling every listener in turn, in the order in which they were named.

    It stands in the path of a payment: a listener must take microseconds, and one that fails is logged (once for each
    kind of news, so that a surge does not fill the disk) and never fails the payment or the other listeners.
    """

    def __init__(self, *listeners: LiveFeed) -> None:
        self._listeners = listeners
        self._failures_told: set[tuple[str, str]] = set()

    def add(self, listener: LiveFeed) -> None:
        """From now on this one hears everything, too."""
        self._listeners = (*self._listeners, listener)

    def tell(self, kind: str, facts: Mapping[str, object]) -> None:
        for listener in self._listeners:
            try:
                listener.tell(kind, facts)
            except Exception:  # the customer's payment counts, not who listens to it
                self._log_once(listener, kind)

    def _log_once(self, listener: LiveFeed, kind: str) -> None:
        failure = (type(listener).__name__, kind)
        if failure not in self._failures_told:
            self._failures_told.add(failure)
            log.exception("feed_listener_failed", listener=failure[0], kind=kind)
