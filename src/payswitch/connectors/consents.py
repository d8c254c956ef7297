"""What the customer gave for a debit goes to the channel, and nowhere else: not even when the channel repeats it."""

from __future__ import annotations

from msgspec.structs import replace

from payswitch.domain.exchange import OrderFact
from payswitch.kit.secrets import Secret


def hushed(fact: OrderFact, consent: Secret) -> OrderFact:
    """The fact without the consent, should the channel's words quote it ("付款码 2876... 无效"): an outcome's code and
    message are stored, logged and shown."""
    said = fact.outcome
    text = consent.reveal()
    if not text or (text not in said.message and text not in said.code):
        return fact
    return replace(
        fact, outcome=replace(said, code=said.code.replace(text, "***"), message=said.message.replace(text, "***"))
    )
