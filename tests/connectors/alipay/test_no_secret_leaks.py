"""A canary: whatever happens, the private key is never in what the connector says of itself or of a call."""

from __future__ import annotations

from tests.connectors.alipay.authority import certificate_account
from tests.connectors.alipay.world import (
    NOW_MS,
    FakeAlipay,
    open_client,
    order,
    order_ref,
    paid_notification,
    posted,
    private_pem,
    public_key_account,
    refund_order,
)

from payswitch.connectors.alipay.account import read_account
from payswitch.connectors.contract import AccountProblem
from payswitch.domain.channel import Product
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock


def pieces_of_the_secret() -> list[str]:
    body = "".join(line for line in private_pem("app").splitlines() if not line.startswith("-"))
    return [body[at : at + 24] for at in range(40, len(body) - 24, 24)]


def assert_no_secret(text: str) -> None:
    for piece in pieces_of_the_secret():
        assert piece not in text


async def test_no_outcome_and_no_representation_holds_the_key() -> None:
    for account in (public_key_account(), certificate_account()):
        alipay = FakeAlipay(signer="stranger")
        client = open_client(account, alipay)
        seen: list[object] = [client, vars(client), read_account("alipay-main", account, clock=ManualClock(NOW_MS))]
        alipay.refuses("isv.invalid-signature", code="40002", signed=False)
        seen.append(await client.create(order(), 500))
        alipay.succeeds(out_trade_no="X")
        seen.append(await client.query(order_ref(), 500))
        seen.append(await client.refund(refund_order(), 500))
        seen.append(await client.create(order(Product.ALIPAY_PAGE), 500))
        seen.append(client.read_notify(posted(paid_notification(), signer="stranger")))
        seen.extend(alipay.requests)
        assert_no_secret(repr(seen))


def test_a_broken_key_is_not_quoted_in_the_problem() -> None:
    cut = private_pem("app")[:600] + "\n-----END PRIVATE KEY-----\n"
    try:
        open_client(public_key_account(app_private_key=cut), FakeAlipay())
    except AccountProblem as problem:
        assert_no_secret(str(problem) + repr(problem) + repr(problem.problems))
    else:
        raise AssertionError("a broken key was accepted")


async def test_the_channels_message_is_kept_short() -> None:
    alipay = FakeAlipay()
    client = open_client(public_key_account(), alipay)
    alipay.refuses("isv.invalid-signature", code="40002", sub_msg="验签出错，" + "x" * 5_000, signed=False)
    outcome = (await client.create(order(), 500)).outcome
    assert outcome.kind is OutcomeKind.REFUSED_CONFIG
    assert len(outcome.message) == 200
