"""A canary: whatever happens, the private key is never in what the connector says of itself or of a call."""

from __future__ import annotations

from tests.connectors.huifu.world import (
    FakeHuifu,
    account,
    open_client,
    order,
    order_ref,
    paid_notification,
    posted,
    private_pem,
    refund_order,
)

from payswitch.connectors.contract import AccountProblem
from payswitch.connectors.huifu.account import read_account


def assert_no_secret(text: str) -> None:
    body = "".join(line for line in private_pem("merchant").splitlines() if not line.startswith("-"))
    for at in range(40, len(body) - 24, 24):
        assert body[at : at + 24] not in text


async def test_no_outcome_and_no_representation_holds_the_key() -> None:
    huifu = FakeHuifu(signer="stranger")
    client = open_client(account(), huifu)
    seen: list[object] = [client, vars(client), read_account("huifu-main", account(), products=frozenset())]
    huifu.refuses("22000000", "产品号不存在")
    seen += [await client.create(order(), 500), await client.query(order_ref(), 500)]
    huifu.refuses("22000000", "产品号不存在", signed=False)
    seen += [await client.refund(refund_order(), 500), await client.close(order_ref(), 500)]
    seen += [client.read_notify(posted(paid_notification(), signer="stranger")), *huifu.calls]
    assert_no_secret(repr(seen))


def test_a_broken_key_is_not_quoted_in_the_problem() -> None:
    cut = private_pem("merchant")[:600] + "\n-----END PRIVATE KEY-----\n"
    try:
        open_client(account(merchant_private_key=cut), FakeHuifu())
    except AccountProblem as problem:
        assert_no_secret(str(problem) + repr(problem) + repr(problem.problems))
    else:
        raise AssertionError("a broken key was accepted")


async def test_the_channels_message_is_kept_short_and_the_customers_ids_out() -> None:
    huifu = FakeHuifu()
    client = open_client(account(), huifu)
    huifu.refuses("22000000", "产品号不存在" + "x" * 5_000)
    outcome = (await client.create(order(openid="o-secret-customer"), 500)).outcome
    assert len(outcome.message) == 200
    assert "o-secret-customer" not in repr((outcome, client))
