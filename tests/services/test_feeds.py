"""Who listens to what happens must never be in the way of what happens."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from payswitch.services.feeds import FanOut


class Listener:
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Mapping[str, object]]] = []

    def tell(self, kind: str, facts: Mapping[str, object]) -> None:
        self.heard.append((kind, facts))


class Broken:
    """A listener with a mistake in it."""

    def tell(self, kind: str, facts: Mapping[str, object]) -> None:
        raise KeyError("channel_id")


def test_everybody_hears_everything_in_order() -> None:
    first, second, later = Listener(), Listener(), Listener()
    feed = FanOut(first, second)

    feed.tell("payment_created", {"payment_id": "pay_1"})
    feed.add(later)
    feed.tell("succeeded", {"payment_id": "pay_1"})

    assert (
        first.heard
        == second.heard
        == [
            ("payment_created", {"payment_id": "pay_1"}),
            ("succeeded", {"payment_id": "pay_1"}),
        ]
    )
    assert later.heard == [("succeeded", {"payment_id": "pay_1"})]


def test_a_listener_that_fails_is_logged_once_and_in_nobodys_way() -> None:
    after = Listener()
    feed = FanOut(Broken(), after)

    with structlog.testing.capture_logs() as lines:
        feed.tell("switched", {})
        feed.tell("switched", {})
        feed.tell("closed", {})

    assert [kind for kind, _ in after.heard] == ["switched", "switched", "closed"]
    assert [(line["event"], line["listener"], line["kind"]) for line in lines] == [
        ("feed_listener_failed", "Broken", "switched"),
        ("feed_listener_failed", "Broken", "closed"),
    ]
