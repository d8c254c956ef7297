"""What an operation of the API is: one row of the table from which routes and document are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

import msgspec

from payswitch.domain.errors import ErrorKind
from payswitch.entry.api.call import Answer, Call
from payswitch.entry.api.query import Parameter


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one address."""

    name: str
    """operationId in the document."""
    method: Literal["GET", "POST"]
    path: str
    run: Callable[[Call], Awaitable[Answer]]
    title: str
    title_zh: str
    answer: type[msgspec.Struct]
    status: int = 200
    may_repeat: bool = False
    """A repeat answers 200 instead of 201, with what the first one made."""
    body: type[msgspec.Struct] | None = None
    parameters: tuple[Parameter, ...] = ()
    problems: tuple[ErrorKind, ...] = ()
    """Beyond those that every operation may answer."""
