"""签约 over HTTP, and the canary: a customer's card, papers, name, phone and codes come out nowhere."""

from __future__ import annotations

import json
import logging
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.api.support import Evening, Heard, order
from tests.api.test_openapi import validator
from tests.services.bank_street import (
    BAD_CARD,
    CARD,
    CVV2,
    ID_NO,
    MOBILE,
    NAME,
    RIGHT_CODE,
    SECRETS,
    BankStreet,
    move_in,
)
from tests.services.fake_channel import SILENT

FORM = {"customer_id": "c-77", "bank": "icbc", "card_no": CARD, "id_no": ID_NO, "name": NAME, "mobile": MOBILE}
CREDIT = {"is_credit": True, "valid_until": "1228", "cvv2": CVV2}


@pytest.fixture
def street(tonight: Evening) -> BankStreet:
    return move_in(tonight.night)


def every_byte(folder: Path) -> bytes:
    """The database with its write-ahead log, as it lies on the disk."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def apply(tonight: Evening, **changes: Any) -> Heard:
    return await tonight.shop.post("/v1/agreements", {**FORM, **changes})


async def confirm(tonight: Evening, agreement_id: str, code: str = RIGHT_CODE) -> Heard:
    return await tonight.shop.post(f"/v1/agreements/{agreement_id}/confirm", {"sms_code": code})


async def test_a_card_from_the_form_to_giving_it_back(tonight: Evening, street: BankStreet) -> None:
    applied = await apply(tonight)
    assert applied.status == 201
    view = applied.json
    validator("AgreementView").validate(view)
    assert (view["state"], view["bank"], view["card_tail"], view["channel_id"]) == (
        "applied",
        "icbc",
        "9876",
        "icbc-first",
    )
    path = f"/v1/agreements/{view['agreement_id']}"
    signed = await confirm(tonight, view["agreement_id"])
    assert (signed.status, signed.json["state"]) == (200, "active")
    assert (await apply(tonight)).status == 200, "a repeat is the same card"
    listed = await tonight.shop.get("/v1/agreements?customer_id=c-77")
    validator("AgreementList").validate(listed.json)
    assert [card["state"] for card in listed.json["data"]] == ["active"]
    assert (await tonight.shop.get(path)).json == signed.json
    ended = await tonight.shop.post(f"{path}/end")
    assert (ended.json["state"], ended.json["ended_at"] is not None) == ("ended", True)


async def test_a_credit_card_needs_what_is_printed_on_it(tonight: Evening, street: BankStreet) -> None:
    assert (await apply(tonight, is_credit=True)).fields == ["valid_until", "cvv2"]
    assert (await apply(tonight, cvv2=CVV2)).fields == ["cvv2"]
    assert (await apply(tonight, **CREDIT)).status == 201
    assert street.first.applied[0].is_credit


async def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_repeated(
    tonight: Evening, street: BankStreet
) -> None:
    bad = {
        "customer_id": " ",
        "bank": "ICBC",
        "card_no": CARD + " ",
        "id_no": ID_NO + "!",
        "name": NAME + "\n",
        "mobile": "+86" + MOBILE,
        "valid_until": "1328",
        "cvv2": CVV2 + "x",
        "pin": "123456",
    }
    heard = await tonight.shop.post("/v1/agreements", bad)
    assert heard.status == 400
    assert sorted(heard.fields) == sorted(bad)
    assert not [value for value in (CARD, ID_NO, NAME, MOBILE, CVV2, "123456") if value in heard.text]
    assert (await tonight.shop.get("/v1/agreements")).fields == ["customer_id"]
    assert (await tonight.shop.get("/v1/agreements?customer_id=%E5%BC%A0")).json == {"data": []}


async def test_problems_say_what_to_do(tonight: Evening, street: BankStreet) -> None:
    unknown = await apply(tonight, bank="boc")
    assert (unknown.status, unknown.json["code"], unknown.json["banks"]) == (
        422,
        "bank_not_offered",
        ["abc", "ccb", "icbc"],
    )
    agreement_id = (await apply(tonight)).json["agreement_id"]
    soon = await tonight.shop.post(f"/v1/agreements/{agreement_id}/resend")
    assert (soon.status, soon.headers["retry-after"]) == (429, "60")
    wrong = await confirm(tonight, agreement_id, "314159")
    assert (wrong.status, wrong.json["code"], wrong.json["tries_left"]) == (422, "consent_wrong", 4)
    street.first.confirm_script.append(SILENT)
    away = await confirm(tonight, agreement_id)
    assert (away.status, away.json["code"], away.json["next_action"]) == (503, "bank_unavailable", "retry_later")
    tonight.night.clock.advance(seconds=600)
    over = await confirm(tonight, agreement_id)
    assert (over.status, over.json["code"], over.json["next_action"]) == (409, "agreement_over", "apply_again")


async def test_other_shops_and_strangers(tonight: Evening, street: BankStreet) -> None:
    agreement_id = (await apply(tonight)).json["agreement_id"]
    path = f"/v1/agreements/{agreement_id}"
    assert (await tonight.other_shop.get(path)).status == 404
    for step, body in (("confirm", {"sms_code": RIGHT_CODE}), ("resend", None), ("end", None)):
        assert (await tonight.other_shop.post(f"{path}/{step}", body)).status == 404
    assert (await tonight.browser().get(path)).status == 401
    assert (await confirm(tonight, agreement_id)).status == 200


async def test_nothing_personal_comes_out_anywhere(
    tonight: Evening, street: BankStreet, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: Any
) -> None:
    """Answers, errors, logs, the live board, the database's very bytes."""
    caplog.set_level(logging.DEBUG)
    said = [await apply(tonight, **CREDIT)]
    first = said[0].json["agreement_id"]
    said += [await confirm(tonight, first, "314159")]
    tonight.night.clock.advance(seconds=61)
    said += [await tonight.shop.post(f"/v1/agreements/{first}/resend")]
    street.first.confirm_script.append(SILENT)
    said += [await confirm(tonight, first), await confirm(tonight, first)]
    tonight.night.clock.advance(seconds=61)
    street.first.apply_script.append(BAD_CARD)
    said += [await apply(tonight, card_no=CARD[:-4] + "1234"), await apply(tonight, card_no=CARD + CARD)]
    said += [await tonight.shop.post("/v1/agreements", dict.fromkeys(FORM, 1))]
    said += [await tonight.shop.post("/v1/payments", order(customer={"customer_id": "c-77"}, agreement_id=first))]
    said += [await tonight.shop.get("/v1/agreements?customer_id=c-77"), await tonight.shop.get("/v1/events")]
    said += [await tonight.operator.get("/v1/admin/live")]
    said += [await tonight.shop.post(f"/v1/agreements/{first}/end")]
    assert said[4].json["state"] == "active"

    out, err = capsys.readouterr()
    shown = caplog.text + out + err + "".join(heard.text + json.dumps(heard.headers) for heard in said)
    hidden = [*SECRETS, CARD[:-4], "314159", "1228"]
    assert not [secret for secret in hidden if secret in shown]

    stored = every_byte(tmp_path)
    assert b"agr_" in stored
    # The channel's own numbers have their columns; nothing else of these is in the database at all.
    personal = [CARD, CARD[:-4], ID_NO, NAME, MOBILE, RIGHT_CODE, "314159"]
    assert not [secret for secret in personal if secret.encode() in stored]


async def test_the_channels_numbers_stand_in_their_own_columns_only(tonight: Evening, street: BankStreet) -> None:
    await confirm(tonight, (await apply(tonight)).json["agreement_id"])
    tonight.night.clock.advance(seconds=61)
    await apply(tonight, bank="ccb")
    with sqlite3.connect(f"file:{tonight.night.store.path}?mode=ro", uri=True) as database:
        found = set()
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            rows = database.execute(f"SELECT * FROM {table}")  # noqa: S608 (names from the schema itself)
            columns = [column[0] for column in rows.description]
            for row in rows:
                found |= {(table, name) for name, value in zip(columns, row, strict=True) if "secret-" in str(value)}
    assert found == {("agreements", "agreement_no"), ("agreements", "handle")}
