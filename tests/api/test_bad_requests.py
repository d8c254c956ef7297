"""What a shop's program can get wrong: a clear answer, all of it at once, and nothing changed."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.errors import PaySwitchError
from payswitch.entry.http import asgi, problems
from payswitch.entry.http.guard import Guard
from payswitch.kit.clock import ManualClock
from payswitch.kit.ids import SeededIds
from tests.api.support import Evening, Web, evening, order

UNREADABLE = {
    "nothing": b"",
    "cut off": b'{"out_trade_no": "order-1", "amount_fen": 12',
    "not JSON": b"out_trade_no=order-1&amount_fen=12900",
    "two documents": b"{} {}",
    "not a number": b'{"amount_fen": NaN}',
    "not UTF-8": b'{"subject": "\xff\xfe"}',
    "half a surrogate": b'{"subject": "\\ud800"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "nested without end": b"[" * 60_000,
}

WRONG: dict[str, tuple[dict[str, Any], list[str]]] = {
    "an amount as text": ({"amount_fen": "12999"}, ["amount_fen"]),
    "an amount in yuan": ({"amount_fen": 129.5}, ["amount_fen"]),
    "an amount as a float": ({"amount_fen": 12900.0}, ["amount_fen"]),
    "an amount of nothing": ({"amount_fen": 0}, ["amount_fen"]),
    "a negative amount": ({"amount_fen": -1}, ["amount_fen"]),
    "an absurd amount": ({"amount_fen": 10**30}, ["amount_fen"]),
    "an amount that is true": ({"amount_fen": True}, ["amount_fen"]),
    "no amount": ({"amount_fen": None}, ["amount_fen"]),
    "an unknown field": ({"amuont_fen": 1}, ["amuont_fen"]),
    "an unknown field of the customer": ({"customer": {"shoe_size": 44}}, ["customer.shoe_size"]),
    "a customer who is a text": ({"customer": "c-77"}, ["customer"]),
    "an unknown method": ({"methods": ["wechat", "paypal"]}, ["methods[1]"]),
    "a method twice": ({"methods": ["wechat", "wechat"]}, ["methods"]),
    "an unknown environment": ({"environment": "spaceship"}, ["environment"]),
    "a number with blanks": ({"out_trade_no": "order 1"}, ["out_trade_no"]),
    "an empty number": ({"out_trade_no": ""}, ["out_trade_no"]),
    "a number that is too long": ({"out_trade_no": "x" * 65}, ["out_trade_no"]),
    "a number with a newline": ({"out_trade_no": "order-1\n"}, ["out_trade_no"]),
    "a subject of too many bytes": ({"subject": "龙" * 43}, ["subject"]),
    "a subject with a newline": ({"subject": "tea\nlog line"}, ["subject"]),
    "a subject with a null": ({"subject": "tea\0"}, ["subject"]),
    "a blank subject": ({"subject": "  \u3000 "}, ["subject"]),
    "a callback by FTP": ({"notify_url": "ftp://shop.example/"}, ["notify_url"]),
    "a callback with a password": ({"notify_url": "https://me:secret@shop.example/"}, ["notify_url"]),
    "a script as return address": ({"return_url": "javascript:alert(1)"}, ["return_url"]),
    "a return address with a fragment": ({"return_url": "https://shop.example/#x"}, ["return_url"]),
    "a port that does not exist": ({"return_url": "https://shop.example:70000/"}, ["return_url"]),
    "too short a life": ({"expires_in_s": 9}, ["expires_in_s"]),
    "too long a life": ({"expires_in_s": 7_201}, ["expires_in_s"]),
    "instalments that do not exist": ({"instalments": 5}, ["instalments"]),
    "an openid in Chinese": ({"customer": {"openids": {"wx-1": "顾客"}}}, ["customer.openids"]),
    "an openid that is empty": ({"customer": {"openids": {"wx-1": ""}}}, ["customer.openids"]),
    "eleven openids": ({"customer": {"openids": {f"wx{n}": "o" for n in range(11)}}}, ["customer.openids"]),
    "an age band that is none": ({"customer": {"age_band": "18_25"}}, ["customer.age_band"]),
    "an age before birth": ({"customer": {"age": -1}}, ["customer.age"]),
    "an address that is none": ({"customer": {"client_ip": "1.2.3"}}, ["customer.client_ip"]),
    "an address with a zone": ({"customer": {"client_ip": "fe80::1%eth0"}}, ["customer.client_ip"]),
    "metadata of numbers": ({"metadata": {"k": 5}}, ["metadata[...]"]),
    "too much metadata": ({"metadata": {f"k{n}": "" for n in range(21)}}, ["metadata"]),
    "a metadata key with blanks": ({"metadata": {"a b": ""}}, ["metadata"]),
    "a metadata value that is too long": ({"metadata": {"k": "x" * 501}}, ["metadata"]),
    "everything at once": (
        {"amount_fen": "1", "subject": "", "expires_in_s": 1, "customer": {"age": 200}, "colour": "red"},
        ["amount_fen", "colour", "customer.age", "expires_in_s", "subject"],
    ),
    "another shop's name": ({"shop": "shop-2"}, ["shop"]),
}


async def nothing_changed(tonight: Evening) -> bool:
    listed = await tonight.shop.get("/v1/payments")
    calls = [call for client in tonight.night.directory.clients.values() for call in client.calls]
    return listed.json["data"] == [] and calls == []


@pytest.mark.parametrize("case", UNREADABLE)
async def test_a_body_that_is_not_json(tonight: Evening, case: str) -> None:
    kind = {"content-type": "application/json"}

    heard = await tonight.shop.send("POST", "/v1/payments", UNREADABLE[case], headers=kind)

    assert heard.status == 400
    assert heard.headers["content-type"].startswith("application/problem+json")
    assert heard.json["code"] == "malformed_json"
    assert heard.json["detail_zh"]
    assert await nothing_changed(tonight)


@pytest.mark.parametrize("case", WRONG)
async def test_a_request_that_makes_no_sense(tonight: Evening, case: str) -> None:
    changes, fields = WRONG[case]

    heard = await tonight.shop.post("/v1/payments", order(**changes))

    assert heard.status == 400
    problem = heard.json
    assert problem["code"] == "invalid_request"
    assert sorted(set(heard.fields)) == fields
    assert all(" / " in error["message"] for error in problem["errors"]), "in both languages"
    assert problem["request_id"] == heard.headers["x-request-id"]
    assert await nothing_changed(tonight)


@pytest.mark.parametrize("body", [b"[]", b'"order"', b"null", b"12900"])
async def test_a_body_that_is_no_object(tonight: Evening, body: bytes) -> None:
    heard = await tonight.shop.send("POST", "/v1/payments", body, headers={"content-type": "application/json"})

    assert heard.status == 400
    assert heard.json["code"] == "invalid_request"


async def test_unknown_fields_are_named_in_the_order_they_stand(tonight: Evening) -> None:
    unknown = [f"field_{n}" for n in range(9, 0, -1)]

    heard = await tonight.shop.post("/v1/payments", order(**dict.fromkeys(unknown, 1)))

    assert heard.fields == unknown


async def test_the_message_says_what_would_be_right(tonight: Evening) -> None:
    heard = await tonight.shop.post("/v1/payments", order(amount_fen="12999", environment="spaceship"))

    messages = {error["field"]: error["message"] for error in heard.json["errors"]}
    assert messages["amount_fen"] == "must be a whole number, not a text / 须为整数，而不是字符串"
    assert "desktop" in messages["environment"]


@pytest.mark.parametrize(
    "header",
    ["", "Bearer ", "Bearer wrong", "Basic a2V5OnNlY3JldA==", "key-of-the-tea-shop", "bearer"],
    ids=["none", "empty", "wrong", "another scheme", "no scheme", "no key"],
)
async def test_without_a_good_key_nothing_is_told(tonight: Evening, header: str) -> None:
    stranger = Web(tonight.app, {"authorization": header} if header else {})

    for heard in (await stranger.post("/v1/payments", order()), await stranger.get("/v1/payments")):
        assert heard.status == 401
        assert heard.json["code"] == "unauthenticated"
        assert heard.headers["www-authenticate"].startswith("Bearer")
    assert await nothing_changed(tonight)


async def test_a_key_is_asked_for_before_the_body_is_looked_at(tonight: Evening) -> None:
    stranger = Web(tonight.app)

    heard = await stranger.send("POST", "/v1/payments", b"{", headers={"content-type": "application/json"})

    assert heard.status == 401


async def test_a_key_is_never_repeated_in_an_answer(tonight: Evening) -> None:
    stranger = Web(tonight.app, {"authorization": "Bearer sk-very-secret"})

    assert "very-secret" not in (await stranger.get("/v1/payments")).text


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "schlüssel"])
async def test_an_idempotency_key_must_be_usable(tonight: Evening, key: str) -> None:
    heard = await tonight.shop.post("/v1/payments", order(), idempotency_key=key)

    assert heard.status == 400
    assert heard.fields == ["Idempotency-Key"]
    assert await nothing_changed(tonight)


async def test_an_idempotency_key_belongs_to_one_request(tonight: Evening) -> None:
    await tonight.shop.post("/v1/payments", order("order-1"), idempotency_key="k-1")

    heard = await tonight.shop.post("/v1/payments", order("order-2"), idempotency_key="k-1")

    assert heard.status == 409
    assert heard.json["code"] == "idempotency_conflict"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=1&limit=2", "limit"),
        ("state=lost", "state"),
        ("before=%20", "before"),
        ("out_trade_no=", "out_trade_no"),
        ("page=2", "query"),
    ],
)
async def test_a_list_is_asked_for_wrongly(tonight: Evening, query: str, field: str) -> None:
    heard = await tonight.shop.get(f"/v1/payments?{query}")

    assert heard.status == 400
    assert heard.fields == [field]


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
async def test_only_json_is_taken(tonight: Evening, kind: str) -> None:
    heard = await tonight.shop.send("POST", "/v1/payments", b"{}", headers={"content-type": kind} if kind else {})

    assert heard.status == 415
    assert heard.json["code"] == "unsupported_media_type"


async def test_a_huge_body_is_refused_before_it_is_read(tonight: Evening) -> None:
    heard = await tonight.shop.post("/v1/payments", order(subject="x" * 70_000))

    assert heard.status == 413
    assert heard.json["code"] == "body_too_large"
    assert heard.headers["connection"] == "close"


@pytest.mark.parametrize("path", ["/v1/payments", "/notify/wechat-main", "/checkout/token/start"])
async def test_a_huge_body_of_unknown_length_is_cut_off(tonight: Evening, path: str) -> None:
    kind = {"content-type": "application/json"}

    heard = await tonight.shop.send("POST", path, b"x" * 70_000, headers=kind, length=False)

    assert heard.status == 413


async def read_by_an_app(receive: Any) -> tuple[int, str]:
    """What an application behind the guard answers when it reads the body: status and problem code."""
    heard: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        try:
            await asgi.read_body(receive)
        except PaySwitchError as error:
            await problems.problem(error, scope)(scope, receive, send)

    async def listen(message: Any) -> None:
        heard.append(message)

    guard = Guard(app, clock=ManualClock(), ids=SeededIds(), body_time_s=0.01)
    await guard({"type": "http", "method": "POST", "path": "/", "headers": []}, receive, listen)
    return heard[0]["status"], json.loads(heard[1]["body"])["code"]


async def test_a_body_that_drips_is_given_up() -> None:
    async def never() -> Any:
        await asyncio.Event().wait()

    assert await read_by_an_app(never) == (408, "body_too_slow")


async def test_half_a_body_is_never_read_as_a_whole_one() -> None:
    messages = [{"type": "http.request", "body": b'{"amount_fen": 12', "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return messages.pop(0)

    assert await read_by_an_app(receive) == (400, "body_cut_off")


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/nothing", "/v1/payments/a/b/c", "/v1/payments/x/pay"])
async def test_an_address_that_does_not_exist(tonight: Evening, path: str) -> None:
    heard = await tonight.shop.get(path)

    assert heard.status == 404
    assert heard.json["code"] == "not_found"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_a_method_that_is_not_taken(tonight: Evening, method: str) -> None:
    heard = await tonight.shop.send(method, "/v1/payments", b"{}", headers={"content-type": "application/json"})

    assert heard.status == 405
    assert heard.json["code"] == "method_not_allowed"
    assert set(heard.headers["allow"].replace(" ", "").split(",")) >= {"GET", "POST"}


async def test_our_own_trouble_is_told_without_details(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with evening(tmp_path) as tonight:

        async def away(*_: Any, **__: Any) -> None:
            raise StorageUnavailable("disk /var/lib/secret is full")

        monkeypatch.setattr(type(tonight.night.store), "payment_file", away)
        with capture_logs() as logged:
            heard = await tonight.shop.get("/v1/payments/pay_1")

    assert heard.status == 500
    assert heard.json["code"] == "internal"
    assert heard.json["next_action"] == "retry_later"
    assert "secret" not in heard.text
    assert [line["detail"] for line in logged] == ["disk /var/lib/secret is full"], "the operator reads why"
