"""The policy of a merchant that has written none."""

from __future__ import annotations

from typing import Final

from payswitch.domain.channel import Method
from payswitch.routing.policy import Action, Condition, Policy, Rule, Target

LARGE_FEN: Final = 500_000
"""5,000 yuan: above it wallets' per-payment and daily limits begin to bite, a bank's do not."""

YOUNG_AGE: Final = 30
HUABEI_FROM_FEN: Final = 10_000
"""100 yuan: below it instalments are refused or senseless."""


def default_policy() -> Policy:
    """The mission's figures: tiers, 2 of 3, 5 %, 70/20/10, and the four customer profiles."""
    return Policy(
        version="default-1",
        rules=(
            Rule(name="large-amount", when=Condition(min_fen=LARGE_FEN), then=Action(tier="bank")),
            Rule(
                name="young-huabei",
                when=Condition(max_age=YOUNG_AGE, min_fen=HUABEI_FROM_FEN),
                then=Action(prefer=Target(methods=(Method.HUABEI,))),
            ),
            Rule(
                name="apple-device",
                when=Condition(devices=("ios", "iphone", "ipad", "macos")),
                then=Action(prefer=Target(tags=("apple_pay",))),
            ),
            Rule(
                name="new-customer",
                when=Condition(customer_new=True),
                then=Action(prefer=Target(methods=(Method.ALIPAY,))),
            ),
        ),
    )
