"""A process that can be killed at any await: everything in it stops there for ever, and nothing of it is cleaned up.

Cancelling tasks would not do: a cancelled task runs its `except` and `finally`, which `kill -9` does not. Here every
coroutine of a process is stepped through `Mortal`, and a process that is over steps none of them again.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")

_LIFE: contextvars.ContextVar[Life | None] = contextvars.ContextVar("life", default=None)
"""Whose task is being run: a task belongs to the process that began it."""


def current_life() -> Life | None:
    """Of the process that is running this very code; None in the world."""
    return _LIFE.get()


class Killed(Exception):
    """The process died before it answered."""


class Life:
    """One process, from its start to its kill. `on_death` is called (in the world) the moment it is over."""

    def __init__(self, world: contextvars.Context, on_death: Callable[[], None]) -> None:
        self.over = False
        self.steps = 0
        self.dies_at_step: int | None = None
        """The await at which it is killed."""
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._world = world
        self._on_death = on_death
        self._bodies: list[Coroutine[Any, Any, Any]] = []

    def begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Something inside the process; all that it begins is inside, too."""
        context = self._world.copy()
        context.run(_LIFE.set, self)
        return asyncio.get_running_loop().create_task(work, context=context)

    async def ask(self, work: Coroutine[Any, Any, T]) -> T:
        """A request from outside. Raises Killed when no answer comes, or what the work raises."""
        if self.over:
            work.close()
            raise Killed
        task = self.begin(work)
        await asyncio.wait([task, self.ended], return_when=asyncio.FIRST_COMPLETED)
        if self.over or task.cancelled():
            raise Killed
        return task.result()

    def is_over(self) -> bool:
        """Asked before every step; the step at which it dies is never taken."""
        if not self.over:
            self.steps += 1
            if self.dies_at_step is not None and self.steps >= self.dies_at_step:
                self.end()
        return self.over

    def end(self) -> None:
        """`kill -9`."""
        if self.over:
            return
        self.over = True
        if not self.ended.done():
            self.ended.set_result(None)
        asyncio.get_running_loop().call_soon(self._on_death, context=self._world)

    def holds(self, body: Coroutine[Any, Any, Any]) -> None:
        self._bodies.append(body)

    def bury(self) -> None:
        """After the night: let go of the coroutines that stopped in the middle. (What their `finally` does now happens
        in a world that nobody looks at any more.)"""
        for body in self._bodies:
            with contextlib.suppress(Exception):
                body.close()
        self._bodies.clear()


class Mortal(Coroutine[Any, Any, T]):
    """A coroutine that is stepped only as long as its process lives."""

    def __init__(self, body: Coroutine[Any, Any, T], life: Life) -> None:
        self._body = body
        self._life = life
        life.holds(body)

    def send(self, value: Any) -> Any:
        if self._life.is_over():
            raise StopIteration
        return self._body.send(value)

    def throw(self, *error: Any) -> Any:
        if self._life.is_over():
            raise asyncio.CancelledError
        return self._body.throw(*error)

    def close(self) -> None:
        """Its process closes the body, after the night."""

    def __await__(self) -> Generator[Any, Any, T]:
        return self._body.__await__()


def mortal_tasks(loop: asyncio.AbstractEventLoop, work: Any, **more: Any) -> asyncio.Task[Any]:
    """For `loop.set_task_factory`: tasks begun inside a process are part of it."""
    context: contextvars.Context | None = more.get("context")
    life = _LIFE.get() if context is None else context.get(_LIFE)
    return asyncio.Task(work if life is None else Mortal(work, life), loop=loop, context=context)
