"""Scores in money: the expected margin, in fen, of sending this payment to this candidate."""

from __future__ import annotations

from payswitch.routing.policy import Scoring


def expected_margin_fen(
    scoring: Scoring, amount_fen: int, fee_bp: int, success: float, latency_ms: float, same_upstream: bool
) -> float:
    """success x (lost order + amount x (margin - fee)) - latency - switching.

    The fee is paid only for a payment that succeeds. `same_upstream`: its failure domain has just failed in this
    payment. Comparable between candidates of one payment only.
    """
    gain_fen = scoring.lost_order_fen + amount_fen * (scoring.margin_bp - fee_bp) / 10_000
    cost_fen = scoring.latency_fen_per_s * latency_ms / 1_000
    if same_upstream:
        cost_fen += scoring.same_upstream_fen
    return success * gain_fen - cost_fen


def sick_estimate(healthy_estimate: float, openings: int) -> float:
    """Chance of success behind an open breaker: the healthy one times the rule of succession after so many failures
    to come back. Only ever used to order last resorts."""
    return healthy_estimate / (openings + 2)
