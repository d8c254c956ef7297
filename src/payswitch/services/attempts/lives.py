"""How long an order at a channel lives: what the channel is told, and until when its money is watched for."""

from __future__ import annotations

from payswitch.domain.payment import Attempt
from payswitch.routing.request import Candidate
from payswitch.services.attempts.asking import capability_of
from payswitch.services.context import Context


def deadline_of(ctx: Context, candidate: Candidate, expires_at_ms: int, now_ms: int) -> int:
    """The last moment a new attempt can be paid: the payment's own end, or sooner where the channel lets no order live
    that long. (Where it lets none live so shortly, routing has excluded it: `expiry_too_short`.)"""
    capability = capability_of(ctx, candidate.channel_id, candidate.product)
    if capability is None:
        return expires_at_ms
    return min(expires_at_ms, now_ms + capability.most_expiry_s * 1_000)


def watched_until_ms(ctx: Context, attempt: Attempt) -> int:
    """The last moment at which money can arrive for this attempt: its deadline, and as much longer as its product's
    money may be on its way (`late_s`). A channel that is gone from the configuration is watched to the deadline."""
    capability = capability_of(ctx, attempt.channel_id, attempt.product)
    late_s = capability.late_s if capability is not None else 0
    return attempt.deadline_ms + int(late_s * 1_000 / ctx.timings.squeeze)


def verdict_ms(ctx: Context, attempt: Attempt) -> int:
    """From this moment on an attempt that nobody paid may be given up, after one last query. Never before: a closed
    payment whose customer pays after all has its money sent back."""
    return watched_until_ms(ctx, attempt) + ctx.timings.final_grace_ms
