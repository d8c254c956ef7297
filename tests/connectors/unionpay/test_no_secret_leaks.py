"""A canary: whatever happens, the private key is never in what the connector says of itself or of a call."""

from __future__ import annotations

import pytest
from tests.connectors.unionpay.authority import certificate, private_pem
from tests.connectors.unionpay.test_account import PASSWORD, pfx_account
from tests.connectors.unionpay.world import (
    NOW_MS,
    FakeUnionPay,
    account,
    open_client,
    order,
    order_ref,
    paid_notification,
    posted,
    refund_order,
)

from payswitch.connectors.contract import AccountProblem
from payswitch.connectors.unionpay.account import read_account
from payswitch.domain.channel import Product
from payswitch.kit.clock import ManualClock


def assert_no_secret(text: str) -> None:
    body = "".join(line for line in private_pem("merchant").splitlines() if not line.startswith("-"))
    for at in range(40, len(body) - 24, 24):
        assert body[at : at + 24] not in text
    assert PASSWORD not in text


@pytest.mark.parametrize("table", [account(), pfx_account()], ids=["pem", "pfx"])
async def test_no_outcome_and_no_representation_holds_the_key(table: dict[str, str]) -> None:
    unionpay = FakeUnionPay(signer="stranger", certificate=certificate("stranger", "stranger"))
    client = open_client(table, unionpay)
    opened = read_account("unionpay-main", table, clock=ManualClock(NOW_MS))
    seen: list[object] = [client, vars(client), opened, vars(opened.signer), vars(opened.verifier)]
    unionpay.refuses("11", is_signed=False)
    seen.append(await client.create(order(), 500))
    unionpay.tells("00")
    seen.append(await client.query(order_ref(), 500))
    seen.append(await client.refund(refund_order(), 500))
    seen.append(await client.query_refund(refund_order(), 500))
    seen.append(await client.download_bill("2026-11-10", 500))
    seen.append(await client.create(order(Product.UNIONPAY_WEB), 500))
    seen.append(client.read_notify(posted(paid_notification(), signer="stranger")))
    seen.extend(unionpay.calls)
    assert_no_secret(repr(seen) + str(client))


def test_a_broken_key_is_not_quoted_in_the_problem() -> None:
    cut = private_pem("merchant")[:600] + "\n-----END PRIVATE KEY-----\n"
    with pytest.raises(AccountProblem) as caught:
        open_client(account(sign_private_key=cut), FakeUnionPay())
    assert_no_secret(str(caught.value) + repr(caught.value) + repr(caught.value.problems))


def test_a_wrong_password_is_not_quoted_in_the_problem() -> None:
    with pytest.raises(AccountProblem) as caught:
        open_client(pfx_account(sign_pfx_password="a secret typo"), FakeUnionPay())
    assert "a secret typo" not in str(caught.value)
    assert_no_secret(str(caught.value))


async def test_the_channels_message_is_kept_short() -> None:
    unionpay = FakeUnionPay()
    client = open_client(account(), unionpay)
    unionpay.refuses("11", "验签出错，" + "x" * 5_000)
    assert len((await client.create(order(), 500)).outcome.message) == 200
