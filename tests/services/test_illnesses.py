"""What a channel of the sandbox can be made to suffer from, in whose words, and for whose customers alone."""

from __future__ import annotations

import pytest

from payswitch.domain.channel import Channel, Product
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.illness import IllnessKind, SandboxAccount
from payswitch.services.channels.illnesses import MakeIll, as_fault, banks_of, kinds_of, usual_saying

ALL_BANKS = ["icbc", "ccb"]
ACCOUNT = SandboxAccount(account="c-1", call_banks=ALL_BANKS, wallet_banks=ALL_BANKS)


def channel(connector: str, *products: Product) -> Channel:
    return Channel(
        channel_id="c-1",
        merchant_id="m-1",
        connector=connector,
        name="渠道",
        products=frozenset(products),
        upstream=connector,
    )


WECHAT = channel("wechatpay", Product.WECHAT_NATIVE)
CARDS = channel("quickpay", Product.QUICKPAY_CARD)
BOTH = channel("quickpay", Product.QUICKPAY_CARD, Product.WECHAT_NATIVE)


def test_no_wallet_fails_where_none_pays_and_only_wechat_probes_its_merchants() -> None:
    assert IllnessKind.WALLET_ERROR not in kinds_of(CARDS)
    assert IllnessKind.WALLET_ERROR in kinds_of(BOTH)
    assert set(IllnessKind) - set(kinds_of(WECHAT)) == set()
    assert set(IllnessKind) - set(kinds_of(BOTH)) == {IllnessKind.SIGNATURE_PROBE, IllnessKind.NOTIFY_PROBE}


def test_a_bank_is_known_when_a_signed_card_is_debited_or_when_somebody_confirms_in_a_wallet() -> None:
    assert banks_of(CARDS, ACCOUNT, IllnessKind.HANG) == ALL_BANKS
    assert banks_of(WECHAT, ACCOUNT, IllnessKind.HANG) == []
    assert banks_of(WECHAT, ACCOUNT, IllnessKind.WALLET_ERROR) == ALL_BANKS


def test_a_bank_in_trouble_is_told_in_the_channels_own_words() -> None:
    wish = MakeIll(kind=IllnessKind.ERROR_CODE, banks=("icbc",), min_fen=100, lasts_s=60)
    fault = as_fault(CARDS, ACCOUNT, wish)
    assert (fault["code"], fault["message"]) == ("3999", "银行系统维护中，请稍后再试")
    assert (fault["banks"], fault["min_fen"], fault["to_s"], "max_fen" in fault) == (["icbc"], 100, 60, False)
    assert as_fault(CARDS, ACCOUNT, MakeIll(kind=IllnessKind.ERROR_CODE))["message"] == "系统繁忙，请稍后再试"


def test_a_connector_of_somebody_elses_needs_a_code() -> None:
    other = channel("their-own", Product.WECHAT_NATIVE)
    assert usual_saying(other) is None
    with pytest.raises(PaySwitchError) as refused:
        as_fault(other, ACCOUNT, MakeIll(kind=IllnessKind.ERROR_CODE))
    assert [one["field"] for one in refused.value.errors] == ["code"]
    assert as_fault(other, ACCOUNT, MakeIll(kind=IllnessKind.ERROR_CODE, code="E1"))["code"] == "E1"


@pytest.mark.parametrize(
    ("patient", "wish", "field"),
    [
        (CARDS, MakeIll(kind=IllnessKind.WALLET_ERROR), "kind"),
        (CARDS, MakeIll(kind=IllnessKind.HANG, banks=("icbc", "abc")), "banks"),
        (WECHAT, MakeIll(kind=IllnessKind.HANG, banks=("icbc",)), "banks"),
        (WECHAT, MakeIll(kind=IllnessKind.REFUSE, code="E1"), "code"),
        (WECHAT, MakeIll(kind=IllnessKind.NOTIFY_LATE), "delay_s"),
        (WECHAT, MakeIll(kind=IllnessKind.HANG, min_fen=2, max_fen=1), "max_fen"),
    ],
)
def test_a_wish_that_could_strike_nothing_is_refused_at_its_field(patient: Channel, wish: MakeIll, field: str) -> None:
    with pytest.raises(PaySwitchError) as refused:
        as_fault(patient, ACCOUNT, wish)
    assert [one["field"] for one in refused.value.errors] == [field]
