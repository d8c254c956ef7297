"""Signed cards: written once, changed only from the state that the caller saw, found by id and by customer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace
from tests.storage.builders import NOW_MS

from payswitch.domain.agreement import Agreement, AgreementState
from payswitch.domain.changes import UniqueViolation
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.store import DatabaseStore

S = AgreementState


def card(n: int | str = 1, **changes: Any) -> Agreement:
    fields: dict[str, Any] = {
        "agreement_id": f"agr_{n}",
        "merchant_id": "m-1",
        "shop_id": "shop-1",
        "customer_id": "c-77",
        "channel_id": "quickpay-icbc",
        "channel_version": 1,
        "bank": "icbc",
        "card_tail": "9876",
        "state": S.APPLIED,
        "handle": '{"sign":""}',
        "created_at_ms": NOW_MS,
    }
    return Agreement(**(fields | changes))


def signed(applied: Agreement) -> Agreement:
    return replace(applied, state=S.ACTIVE, agreement_no="201902221443", handle="", activated_at_ms=NOW_MS + 9_000)


async def test_a_card_is_found_as_it_was_written(store: DatabaseStore) -> None:
    await store.save_agreement(card())
    assert await store.agreement("agr_1") == card()
    assert await store.agreement("agr_2") is None


async def test_a_card_is_signed_up_and_given_back(store: DatabaseStore) -> None:
    await store.save_agreement(card())
    active = signed(card())
    assert await store.update_agreement(active, S.APPLIED)
    assert await store.agreement("agr_1") == active
    ended = replace(active, state=S.ENDED, agreement_no="", ended_at_ms=NOW_MS + 99_000)
    assert await store.update_agreement(ended, S.ACTIVE)
    assert await store.agreement("agr_1") == ended


async def test_of_two_that_change_it_one_wins(store: DatabaseStore) -> None:
    await store.save_agreement(card())
    ended = replace(card(), state=S.ENDED, ended_at_ms=NOW_MS + 1)
    won = await asyncio.gather(
        store.update_agreement(signed(card()), S.APPLIED), store.update_agreement(ended, S.APPLIED)
    )
    assert sorted(won) == [False, True]
    assert not await store.update_agreement(card("none"), S.APPLIED)


async def test_whose_card_it_is_never_changes(store: DatabaseStore) -> None:
    await store.save_agreement(card())
    other = replace(signed(card()), customer_id="c-78", bank="ccb", channel_id="elsewhere", card_tail="0000")
    assert await store.update_agreement(other, S.APPLIED)
    assert await store.agreement("agr_1") == signed(card())


async def test_the_cards_of_one_customer_newest_first(store: DatabaseStore) -> None:
    for n in range(3):
        await store.save_agreement(card(n, created_at_ms=NOW_MS + n))
    await store.save_agreement(card("x", customer_id="c-78"))
    await store.save_agreement(card("y", shop_id="shop-2"))
    assert [found.agreement_id for found in await store.agreements_of("shop-1", "c-77")] == ["agr_2", "agr_1", "agr_0"]
    assert list(await store.agreements_of("shop-1", "nobody")) == []


async def test_an_id_is_used_once(store: DatabaseStore) -> None:
    await store.save_agreement(card())
    with pytest.raises(UniqueViolation, match="pk_agreements"):
        await store.save_agreement(card())


async def test_an_active_card_has_the_channels_number(store: DatabaseStore) -> None:
    await store.save_agreement(card())
    with pytest.raises(InvariantViolation, match="ck_agreement_no"):
        await store.update_agreement(replace(card(), state=S.ACTIVE), S.APPLIED)
    assert await store.agreement("agr_1") == card(), "nothing was written"
