"""Troubles that every query meets again: a person is told of them, but not at every query."""

from __future__ import annotations

from payswitch.domain.payment import PaymentFile
from payswitch.services.context import Context
from payswitch.services.payments.draft import Draft, commit
from payswitch.services.payments.lifecycle import add_incident


async def tell_trouble(ctx: Context, file: PaymentFile, attempt_id: str, kind: str, detail: str) -> None:
    """An incident about one attempt, at most once an hour and kind. It changes nothing else."""
    name, monotonic_ms = f"{kind} {attempt_id}", ctx.clock.monotonic_ms()
    if not ctx.troubles_told.is_due(name, monotonic_ms):
        return
    draft = Draft(file)
    add_incident(ctx, draft, kind, file.attempt(attempt_id), ctx.clock.now_ms(), detail)
    await commit(ctx, draft)
    ctx.troubles_told.note(name, monotonic_ms)
