"""Several nodes on one storage: what another one is doing just now with the payment that we were asked for."""

from __future__ import annotations

from payswitch.domain.payment import PaymentFile, PaymentState
from payswitch.services.context import Context
from payswitch.services.payments.lifecycle import UNSEEN

LOOK_GAP_S = 0.02


async def wait_for_launch(ctx: Context, file: PaymentFile) -> PaymentFile:
    """The payment once no other node is launching it any more. A shop (or a load balancer) that repeats its request to
    another node gets the credential that the first one is about to show, and the customer never sees two codes.

    A node that died in the middle is waited for no longer than a launch may take. On a storage that one process has
    for itself nobody else can be at work: what looks like it was left by a dead process.
    """
    while ctx.store.shared and _is_launching(ctx, file):
        await ctx.clock.sleep(LOOK_GAP_S)
        file = await ctx.store.payment_file(file.payment.payment_id) or file
    return file


def _is_launching(ctx: Context, file: PaymentFile) -> bool:
    if file.payment.state not in (PaymentState.CREATED, PaymentState.PENDING):
        return False
    since_ms = ctx.clock.now_ms() - ctx.timings.launch_deadline_ms
    return any(attempt.state in UNSEEN and attempt.started_at_ms > since_ms for attempt in file.attempts)
