"""Answers that are kept for a moment, so that many who ask the same cost what one costs."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Briefly(Generic[K, V]):
    """Each answer by its question, for `kept_ms`. Old ones go with the next look: it holds what was asked just now."""

    def __init__(self, kept_ms: int) -> None:
        self._kept_ms = kept_ms
        self._answers: dict[K, tuple[int, V]] = {}

    def get(self, question: K, now_ms: int) -> V | None:
        """None: ask anew. A clock that was set back makes everything old."""
        self._answers = {key: one for key, one in self._answers.items() if 0 <= now_ms - one[0] < self._kept_ms}
        found = self._answers.get(question)
        return None if found is None else found[1]

    def keep(self, question: K, answer: V, now_ms: int) -> V:
        self._answers[question] = (now_ms, answer)
        return answer
