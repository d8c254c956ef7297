"""What the API shows of the reasons for a payment's way: to shops and to operators alike."""

from __future__ import annotations

import msgspec

from payswitch.domain.payment import PaymentState
from payswitch.kit.clock import iso_utc
from payswitch.services.decisions.explaining import Explanation


class SentenceView(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence in both languages."""

    zh: str
    en: str


class ReplayView(msgspec.Struct, frozen=True, kw_only=True):
    """The decision made again from facts, policy and salt. null: it cannot be told."""

    rules: bool | None
    """The same rules fire."""
    candidates: bool | None
    """The same channels are eligible, health apart."""
    first: bool | None
    """The same channel comes first when all are healthy."""
    said: SentenceView


class DecisionStoryView(msgspec.Struct, frozen=True, kw_only=True):
    """One decision, told."""

    decision_id: str
    at: str
    policy_version: str
    lines: list[SentenceView]
    replay: ReplayView


class ExplanationView(msgspec.Struct, frozen=True, kw_only=True):
    """All decisions of a payment, oldest first."""

    payment_id: str
    state: PaymentState
    amount_fen: int
    decisions: list[DecisionStoryView]


def explanation_view(found: Explanation) -> ExplanationView:
    payment = found.file.payment
    return ExplanationView(
        payment_id=payment.payment_id,
        state=payment.state,
        amount_fen=payment.amount_fen,
        decisions=[
            DecisionStoryView(
                decision_id=story.decision_id,
                at=iso_utc(story.at_ms),
                policy_version=story.policy_version,
                lines=[SentenceView(zh=zh, en=en) for zh, en in story.lines],
                replay=ReplayView(
                    rules=story.replay.rules,
                    candidates=story.replay.candidates,
                    first=story.replay.first,
                    said=SentenceView(zh=story.replay.said_zh, en=story.replay.said),
                ),
            )
            for story in found.stories
        ],
    )
