"""Scores in money: the expected margin, in fen, of sending this payment to this candidate."""

from __future__ import annotations

from collections.abc import Callable

from payswitch.routing.policy import Scoring


def margin_rate(scoring: Scoring, fee_bp: int) -> float:
    """What the shop earns per fen of a sale through a channel with this fee."""
    return (scoring.margin_bp - fee_bp) / 10_000


def expected_margins(scoring: Scoring, amount_fen: int) -> Callable[[float, float, float, bool], float]:
    """The score of any candidate of one payment, from its `margin_rate`, its chance of success, its latency in ms and
    whether its failure domain has just failed in this payment.

    success x (lost order + amount x (margin - fee)) - latency - switching. The fee is paid only for a payment that
    succeeds. Comparable between candidates of one payment only.
    """
    lost_fen, amount, same_upstream_fen = float(scoring.lost_order_fen), float(amount_fen), scoring.same_upstream_fen
    latency_fen_per_ms = scoring.latency_fen_per_s / 1_000

    def expected_margin_fen(rate: float, success: float, latency_ms: float, same_upstream: bool) -> float:
        score = success * (lost_fen + amount * rate) - latency_fen_per_ms * latency_ms
        return score - same_upstream_fen if same_upstream else score

    return expected_margin_fen


def sick_estimate(healthy_estimate: float, openings: int) -> float:
    """Chance of success behind an open breaker: the healthy one times the rule of succession after so many failures
    to come back. Only ever used to order last resorts."""
    return healthy_estimate / (openings + 2)
