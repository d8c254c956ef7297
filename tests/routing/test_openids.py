"""An openid belongs to an appid: which channel gets which, and who is left out."""

from __future__ import annotations

import pytest
from tests.routing.world import Night, book, channel, why_excluded

from payswitch.domain.channel import Environment, Product
from payswitch.domain.customer import Customer
from payswitch.domain.exchange import OpenidSpace
from payswitch.routing.eligibility import openid_of
from payswitch.routing.reasons import explain

OWN, PROVIDERS = OpenidSpace("wx-own"), OpenidSpace("wx-provider", own=False)


@pytest.mark.parametrize(
    ("customer", "space", "openid"),
    [
        # The single openid serves everybody as long as it is all the shop sends.
        (Customer(openid="o"), None, "o"),
        (Customer(openid="o"), OWN, "o"),
        (Customer(openid="o"), PROVIDERS, "o"),
        # With several, each goes where it belongs; the single one is of the shop's own appid.
        (Customer(openid="o", openids={"wx-provider": "p"}), OWN, "o"),
        (Customer(openid="o", openids={"wx-provider": "p"}), PROVIDERS, "p"),
        (Customer(openid="o", openids={"wx-own": "q"}), OWN, "q"),
        (Customer(openid="o", openids={"wx-own": "q"}), PROVIDERS, None),
        (Customer(openids={"wx-own": "q"}), OWN, "q"),
        (Customer(openids={"wx-own": "q"}), PROVIDERS, None),
        (Customer(openids={"wx-provider": "p"}), OWN, None),
        # A channel that does not say whose it needs gets the shop's own.
        (Customer(openids={"wx-own": "q"}), None, None),
        (Customer(), OWN, None),
    ],
)
def test_which_openid_a_channel_gets(customer: Customer, space: OpenidSpace | None, openid: str | None) -> None:
    assert openid_of(customer, space) == openid


def test_a_channel_of_which_only_a_foreign_openid_is_known_is_left_out_and_says_whose_it_needs() -> None:
    direct, partner = (channel(name, "wechatpay", "wechat", 1) for name in ("direct", "partner"))
    spaces = {("direct", Product.WECHAT_JSAPI): OWN, ("partner", Product.WECHAT_JSAPI): PROVIDERS}
    night = Night(the_book=book(direct, partner, openid_spaces=spaces))
    plan = night.plan(environment=Environment.WECHAT, customer=Customer(openids={"wx-own": "q"}))
    assert [candidate.channel_id for candidate in plan.candidates] == ["direct"]
    assert why_excluded(plan, "partner") == {"needs_openid_of:wx-provider"}
    assert "wx-provider" in explain("needs_openid_of:wx-provider")[1]
    nobody = night.plan(environment=Environment.WECHAT, customer=Customer())
    assert why_excluded(nobody, "direct") == {"needs_openid"}
