"""What an operation of the API is, whoever may call it: from these tables the routes and the document are made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeVar

import msgspec

from payswitch.domain.errors import ErrorKind
from payswitch.domain.roles import Permission
from payswitch.entry.api.call import Answer, Download, Incoming
from payswitch.entry.api.query import Parameter
from payswitch.services.context import Context

JSON: Final = "application/json"

CallT = TypeVar("CallT", bound=Incoming)

Admit = Callable[[Context, Mapping[str, Any], Permission | None], Awaitable[Callable[..., CallT]]]
"""From the head of a request, and what its operation needs, to the maker of its call. Raises `unauthenticated` for a
stranger and `forbidden` for somebody who may not."""


@dataclass(frozen=True, kw_only=True)
class Operation(Generic[CallT]):
    """One method of one address."""

    name: str
    """operationId in the document."""
    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    run: Callable[[CallT], Awaitable[Answer | Download]]
    title: str
    title_zh: str
    answer: type[msgspec.Struct] | None
    """None: a file, of the kind `media`."""
    needs: Permission | None = None
    """What an operator must be allowed to; every operation of the admin API says it. None: shops have no roles."""
    media: str = JSON
    status: int = 200
    may_repeat: bool = False
    """A repeat answers 200 instead of 201, with what the first one made."""
    body: type[msgspec.Struct] | None = None
    parameters: tuple[Parameter, ...] = ()
    stream: Callable[[CallT], AsyncIterator[bytes]] | None = None
    """The same as server-sent events, for whoever accepts `text/event-stream`: again whenever it has changed."""
    problems: tuple[ErrorKind, ...] = ()
    """Beyond those that every operation may answer."""


@dataclass(frozen=True, kw_only=True)
class Section(Generic[CallT]):
    """The operations of one kind of callers."""

    operations: tuple[Operation[CallT], ...]
    admit: Admit[CallT]
    security: tuple[str, ...]
    """The schemes of the document that open it, each by itself; none: anybody may call."""
