"""A canary: keys never leave, and a customer's card, identity number, phone, name and SMS code appear on the wire to
Allinpay and nowhere else, whatever the gateway answers."""

from __future__ import annotations

import json
import logging

import pytest
from tests.connectors.quickpay.customers import ID_NO, MOBILE, NAME, card_no, confirmation, holder, payment, payment_ref
from tests.connectors.quickpay.world import (
    MD5_KEY,
    FakeAllinpay,
    http,
    md5_account,
    open_client,
    order,
    order_ref,
    paid_notification,
    posted,
    private_pem,
    refund_order,
    rsa_account,
    shop_with_allinpay,
)

from payswitch.connectors.contract import AccountProblem
from payswitch.connectors.quickpay.account import read_account
from payswitch.connectors.quickpay.client import QuickpayClient
from payswitch.connectors.quickpay.wire import clean_message
from payswitch.connectors.transport import SendFailure
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.secrets import Secret

SMS = Secret("271828")
PERSON = holder(valid_until=Secret("1228"), cvv2=Secret("907"))
PERSONAL = [card_no(), ID_NO, MOBILE, NAME, SMS.reveal(), "907"]
TELLTALE = f"卡号{card_no()}户名{NAME}证件{ID_NO}手机{MOBILE}验证码{SMS.reveal()} cvv 907 余额不足"


async def everything_about_a_card(client: QuickpayClient) -> list[object]:
    return [
        PERSON,
        confirmation(code=SMS),
        await client.apply_agreement(PERSON, 500),
        await client.confirm_agreement(PERSON, "{}", SMS, 500),
        await client.create(payment(), 500),
        await client.debit(confirmation(code=SMS), 500),
        await client.resend(payment(), "{}", 500),
        await client.query(payment_ref(), 500),
        await client.reverse(payment_ref(), 500),
    ]


@pytest.mark.parametrize("trouble", ["3999", "3031", "FAIL", "timeout", "unreadable", "cards"])
async def test_nothing_personal_comes_back_whatever_the_gateway_says(
    trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    client, allinpay = shop_with_allinpay(trade_path="tranx")  # a client of its own: it remembers what was reversed
    caplog.set_level(logging.DEBUG)
    match trouble:
        case "FAIL":
            allinpay.fails(TELLTALE)
        case "timeout":
            allinpay.breaks(SendFailure(sent=True, code="timeout", latency_ms=1.0))
        case "unreadable":
            allinpay.breaks(http(TELLTALE.encode()))
        case "cards":
            cards = [{"agreeid": "a1", "acctno": card_no(), "acctname": NAME, "mobile": MOBILE, "bankcode": "01020000"}]
            allinpay.says("0000", agreelist=json.dumps(cards), agreeid="a1")
        case _:
            allinpay.says(trouble, TELLTALE)
    said = repr(await everything_about_a_card(client)) + caplog.text
    assert allinpay.requests, "it was asked, with the card on the wire"
    # The two calls about a card were sent the customer's data; the payment calls know only the agreement.
    about_payment = [r for r in allinpay.requests if "agreeid" in r]
    assert not any(value in repr(about_payment) for value in (card_no(), ID_NO, MOBILE, NAME))
    assert not [text for text in PERSONAL if text in said]


async def test_what_a_bank_says_is_kept_in_known_words() -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.says("3999", f"{NAME}您好，卡{card_no()}余额不足，手机{MOBILE}")
    fact = await client.debit(confirmation(code=SMS), 500)
    assert (fact.outcome.kind, fact.outcome.message) == (OutcomeKind.REFUSED_PAYER, "余额不足")
    allinpay.says("3777", f"{NAME}不喜欢这个")
    fact = await client.query(payment_ref(), 500)
    assert (fact.outcome.kind, fact.outcome.code, fact.outcome.message) == (OutcomeKind.UNKNOWN, "3777", "")


@pytest.mark.parametrize("number", [card_no(), ID_NO, ID_NO[:-1] + "X", MOBILE, "62220211111111198"])
def test_long_numbers_never_stay_in_a_message(number: str) -> None:
    assert number not in clean_message(f"卡号{number}不正确")
    assert number[:7] not in clean_message(number * 3)


def test_an_error_code_stays_readable() -> None:
    assert clean_message("错误 3999，请于 20:37 后重试") == "错误 3999，请于 20:37 后重试"
    assert len(clean_message("长" * 999)) == 200


def pieces_of_the_key() -> list[str]:
    body = "".join(line for line in private_pem("merchant").splitlines() if not line.startswith("-"))
    return [body[at : at + 24] for at in range(40, len(body) - 24, 24)]


async def test_no_outcome_and_no_representation_holds_a_key() -> None:
    for account in (rsa_account(), md5_account()):
        allinpay = FakeAllinpay(account.get("sign_type", "RSA"))
        client = open_client(account, allinpay)
        seen: list[object] = [
            client,
            vars(client),
            vars(vars(client)["_signing_up"]),
            vars(vars(client)["_quick"]),
            read_account("q", account),
        ]
        allinpay.fails("签名验证失败")
        seen += [await client.create(order(), 500), await client.query(order_ref(), 500)]
        seen += [await client.refund(refund_order(), 500), client.read_notify(posted(paid_notification()))]
        seen += allinpay.requests
        text = repr(seen)
        assert MD5_KEY not in text
        assert not [piece for piece in pieces_of_the_key() if piece in text]


def test_a_broken_key_is_not_quoted_in_the_problem() -> None:
    cut = private_pem("merchant")[:600] + "\n-----END PRIVATE KEY-----\n"
    with pytest.raises(AccountProblem) as caught:
        read_account("q", rsa_account(merchant_private_key=cut))
    text = str(caught.value) + repr(caught.value.problems)
    assert not [piece for piece in pieces_of_the_key() if piece in text]
