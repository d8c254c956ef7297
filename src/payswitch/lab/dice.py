"""The dice of a world: a number for a question, not the next one of a stream.

Whoever asks the same question (this payment, this channel, this try, this purpose) gets the same number, however many
other questions were asked before. That is what makes a comparison paired: a router that chooses differently does not
shift the luck of the payments after it.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

_MASK: Final = (1 << 64) - 1
_STRIDES: Final = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
"""Odd 64-bit constants: they keep the parts of a question from overlapping."""
NOBODY: Final = -1
"""The channel of a question that is about the customer alone."""


class Purpose(IntEnum):
    """What a number is for."""

    CREATION = 1
    LATENCY = 2
    LATENCY_ANGLE = 3
    COMPLETION = 4
    DELAY = 5
    DELAY_ANGLE = 6
    ABANDON = 7
    COMEBACK = 8
    ROUTER = 9
    """A router's own chance, where it has any: the same in every run of the same world."""
    HOW_IT_FAILS = 10


class Dice:
    """All the luck of one world."""

    __slots__ = ("_seed",)

    def __init__(self, seed: int) -> None:
        self._seed = _mixed(seed * _STRIDES[0] + 1)

    def roll(self, payment: int, channel: int, nth: int, purpose: Purpose) -> float:
        """A number in [0, 1) for this question."""
        question = payment * _STRIDES[0] + (channel + 2) * _STRIDES[1] + nth * _STRIDES[2] + purpose * _STRIDES[3]
        return _mixed(self._seed ^ (question & _MASK)) / 18_446_744_073_709_551_616.0


def _mixed(value: int) -> int:
    """The finalizer of SplitMix64 [C]: every bit of the input changes about half of the output's."""
    value &= _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)
