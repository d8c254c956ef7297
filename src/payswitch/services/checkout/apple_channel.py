"""Which of a merchant's channels serves Apple Pay on the web.

A merchant session belongs to one channel's merchant identifier, and the token that comes out of it can be opened by
that channel's acquirer only. So the choice follows from the configuration alone: the same when the session is made
and, moments later and perhaps in another process, when the token is debited.
"""

from __future__ import annotations

from payswitch.domain.channel import Channel, Product
from payswitch.services.context import Context


def session_channel(ctx: Context, merchant_id: str) -> Channel | None:
    """The merchant's channel for Apple Pay on the web: of several, the one of the best tier. None: there is none."""
    able = [
        channel
        for channel in ctx.directory.channels(merchant_id)
        if channel.enabled and Product.APPLEPAY_WEB in channel.products
    ]
    return min(able, key=lambda channel: (channel.tier, channel.channel_id), default=None)
