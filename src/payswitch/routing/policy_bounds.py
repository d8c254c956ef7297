"""Figures of a policy document that are out of bounds, said so that they can be mended."""

from __future__ import annotations

from payswitch.routing.policy_shape import PolicyProblem


def positive(place: str, value: float) -> list[PolicyProblem]:
    if value > 0:
        return []
    return [PolicyProblem(place, f"must be more than 0, not {value}", f"必须大于 0，而不是 {value}")]


def between(place: str, value: float, low: float, high: float) -> list[PolicyProblem]:
    if low <= value <= high:
        return []
    return [
        PolicyProblem(place, f"must be {low} to {high}, not {value}", f"必须在 {low} 到 {high} 之间，而不是 {value}")
    ]


def order(place: str, low: float, high: float, what: str) -> list[PolicyProblem]:
    if low <= high:
        return []
    return [PolicyProblem(place, f"{what}: {low} is more than {high}; swap them", f"{what}：{low} 大于 {high}，请对调")]
