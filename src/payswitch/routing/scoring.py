"""Scores in money: the expected margin, in fen, of sending this payment to this candidate."""

from __future__ import annotations

from payswitch.routing.policy import Scoring


def margin_rate(scoring: Scoring, fee_bp: int) -> float:
    """What the shop earns per fen of a sale through a channel with this fee."""
    return (scoring.margin_bp - fee_bp) / 10_000


class Margins:
    """The score of any candidate of one payment.

    success x (lost order + amount x (margin - fee)) - latency - switching. The fee is paid only for a payment that
    succeeds. Comparable between candidates of one payment only.
    """

    __slots__ = ("_amount_fen", "_latency_fen_per_ms", "_lost_fen", "_same_upstream_fen")

    def __init__(self, scoring: Scoring, amount_fen: int) -> None:
        self._lost_fen = float(scoring.lost_order_fen)
        self._amount_fen = float(amount_fen)
        self._latency_fen_per_ms = scoring.latency_fen_per_s / 1_000
        self._same_upstream_fen = float(scoring.same_upstream_fen)

    def expected_fen(self, rate: float, success: float, latency_ms: float, same_upstream: bool) -> float:
        """From its `margin_rate`, its chance of success, its latency and whether its failure domain has just failed in
        this payment."""
        score = success * (self._lost_fen + self._amount_fen * rate) - self._latency_fen_per_ms * latency_ms
        return score - self._same_upstream_fen if same_upstream else score


def sick_estimate(healthy_estimate: float, openings: int) -> float:
    """Chance of success behind an open breaker: the healthy one times the rule of succession after so many failures
    to come back. Only ever used to order last resorts."""
    return healthy_estimate / (openings + 2)
