"""Which of a merchant's channels sign up bank cards (签约), and how to talk to them."""

from __future__ import annotations

from payswitch.domain.agreement import Agreement
from payswitch.domain.channel import Channel
from payswitch.domain.channel_client import AgreementDesk
from payswitch.domain.errors import BANK_NOT_OFFERED, BANK_UNAVAILABLE, PaySwitchError
from payswitch.services.context import Context


def debits_cards(ctx: Context, channel: Channel) -> bool:
    """Whether the channel has a product for which a customer's card must be signed up."""
    table = ctx.directory.capabilities(channel.connector)
    return any(product in table and table[product].needs_agreement for product in channel.products)


def still_offered(ctx: Context, agreement: Agreement) -> bool:
    channel = ctx.directory.channel(agreement.channel_id)
    return channel is not None and channel.enabled and debits_cards(ctx, channel)


def desks(ctx: Context, merchant_id: str) -> list[tuple[Channel, AgreementDesk]]:
    """The merchant's channels that sign up cards, lowest tier first."""
    found: list[tuple[Channel, AgreementDesk]] = []
    for channel in sorted(ctx.directory.channels(merchant_id), key=lambda channel: channel.tier):
        if channel.enabled and debits_cards(ctx, channel):
            client = ctx.directory.client(channel.channel_id, channel.version)
            if isinstance(client, AgreementDesk):
                found.append((channel, client))
    return found


def desks_for(ctx: Context, merchant_id: str, bank: str) -> list[tuple[Channel, AgreementDesk]]:
    return [(channel, desk) for channel, desk in desks(ctx, merchant_id) if bank in desk.banks]


def desk_of(ctx: Context, agreement: Agreement) -> AgreementDesk:
    """The very account where the card is (being) signed up."""
    try:
        client: object = ctx.directory.client(agreement.channel_id, agreement.channel_version)
    except LookupError:
        client = None
    if isinstance(client, AgreementDesk):
        return client
    raise PaySwitchError(
        BANK_UNAVAILABLE,
        f"channel {agreement.channel_id} is not configured any more; put it back to reach this card",
        f"渠道 {agreement.channel_id} 已不在配置中，请恢复后再操作该签约",
    )


def no_desk(ctx: Context, merchant_id: str) -> PaySwitchError:
    banks = sorted({bank for _, desk in desks(ctx, merchant_id) for bank in desk.banks})
    listed = ", ".join(banks) or "none / 无"
    return PaySwitchError(
        BANK_NOT_OFFERED,
        f"banks whose cards can be signed up here: {listed}",
        f"可签约的银行：{listed}",
        extra={"banks": banks},
    )
