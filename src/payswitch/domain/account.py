"""A channel's account table, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Mapping

Account = Mapping[str, str]
"""The `[channels.account]` table of the configuration: ids, base URL, PEM texts (already read from their files)."""


class AccountProblem(ValueError):
    """The account cannot be used. `problems` name each key, what is wrong and how to mend it, never a secret."""

    def __init__(self, channel_id: str, problems: list[str]) -> None:
        super().__init__(f"channel {channel_id}: " + "; ".join(problems))
        self.problems = problems
