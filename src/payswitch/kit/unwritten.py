"""What a generated skeleton says where its author has something to write."""

from __future__ import annotations

from typing import NoReturn


class Unwritten(NotImplementedError):
    """Nothing that runs may raise this: a skeleton's tests stay red until all of it is gone."""


def unwritten(where: str, what: str) -> NoReturn:
    """Stands in place of the code: the file to open, and what to write there, with an example's place."""
    raise Unwritten(f"NEXT: {where}: {what}")
