"""The OpenAPI document tells the truth: a program that only reads it never meets a surprise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jsonschema_rs
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from payswitch.entry.api.openapi import document
from payswitch.entry.api.operation import Operation
from payswitch.entry.api.routes import routes
from payswitch.entry.api.sections import ALL_OPERATIONS
from tests.api.support import KEY, OPERATOR_KEY, Evening, evening, order
from tests.services.harness import SHOP

EXAMPLES = 12
"""Of each operation; a hundred operations are asked a dozen times each in every run."""


def headers_for(path: str) -> dict[str, str]:
    """Operators have keys of their own."""
    return {"Authorization": f"Bearer {OPERATOR_KEY if path.startswith('/v1/admin/') else KEY}"}


def beyond_json_schema(body: Any) -> bool:
    """Rules that the document can only tell people: bytes of the subject, whose key it is, no `129.0`, and that
    what is printed on credit cards belongs to credit cards."""
    if not isinstance(body, dict):
        return False
    shop, subject = body.get("shop"), body.get("subject")
    foreign = isinstance(shop, str) and shop != SHOP.shop_id
    many_bytes = isinstance(subject, str) and len(subject.encode("utf-8", "replace")) > 127
    values = [*body.values(), *(body["customer"].values() if isinstance(body.get("customer"), dict) else ())]
    printed = [body.get(name) is not None for name in ("valid_until", "cvv2")]
    not_this_kind = any(printed) if not body.get("is_credit") else not all(printed)
    return (
        foreign
        or many_bytes
        or ("card_no" in body and not_this_kind)
        or any(isinstance(value, float) for value in values)
    )


class Opened:
    """The whole service as one ASGI application that opens itself when a server starts it."""

    def __init__(self) -> None:
        self._evening: Evening | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            assert self._evening is not None
            await self._evening.app(scope, receive, send)
            return
        await receive()
        with TemporaryDirectory() as folder:
            async with evening(Path(folder)) as self._evening:
                await send({"type": "lifespan.startup.complete"})
                await receive()
        await send({"type": "lifespan.shutdown.complete"})


@pytest.fixture(scope="module", autouse=True)
def closed_afterwards() -> Iterator[None]:
    yield
    schemathesis.python.asgi.shutdown_lifespans()


schema = schemathesis.openapi.from_dict(document("http://testserver"))
schema.app = Opened()
# A good request may also meet a customer without money (402) or a shop without a fitting channel (422).
schema.config.checks.positive_data_acceptance.expected_statuses += ["402", "422"]
# A text that is longer than its limit can make the whole body too large: refused all the same.
schema.config.checks.negative_data_rejection.expected_statuses += ["413"]


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)
def test_what_the_document_says_holds(case: Any) -> None:
    if beyond_json_schema(case.body):
        return
    # What a connector asks of an account, and which channels there are, no schema can say.
    unsaid = [positive_data_acceptance] if isinstance(case.body, dict) and "account" in case.body else []
    case.call_and_validate(headers=headers_for(case.path), excluded_checks=unsaid)


def validator(name: str) -> Any:
    whole = document("http://testserver")
    return jsonschema_rs.validator_for({**whole, "$ref": f"#/components/schemas/{name}"}, validate_formats=True)


@pytest.mark.parametrize("operation", ALL_OPERATIONS, ids=lambda operation: operation.name)
def test_every_example_fits_its_own_schema(operation: Operation[Any]) -> None:
    described = document("http://testserver")["paths"][operation.path][operation.method.lower()]
    content = described["responses"][str(operation.status)]["content"]
    media = [content["application/json"]] if operation.answer else []
    media += [described["requestBody"]["content"]["application/json"]] if operation.body else []

    for one in media:
        name = one["schema"]["$ref"].rpartition("/")[2]
        for example in one["examples"].values():
            validator(name).validate(example["value"])


def test_what_is_served_is_what_is_described(tonight: Evening) -> None:
    described = {
        (path.replace("_id}", "_id:str}"), method.upper())
        for path, methods in document("http://testserver")["paths"].items()
        for method in methods
    }

    served = {
        (path, method)
        for handler in routes(tonight.night.ctx)
        for path in handler.paths
        for method in handler.http_methods
    }

    assert served == described | {("/v1/openapi.json", "GET")}


async def test_a_whole_afternoons_answers_fit_the_document(tonight: Evening) -> None:
    payment = validator("PaymentView")
    made = (await tonight.shop.post("/v1/payments", order(metadata={"a": "b"}))).json
    path = f"/v1/payments/{made['payment_id']}"
    payment.validate(made)
    payment.validate((await tonight.shop.post(f"{path}/switch", {"methods": ["alipay"]})).json)
    file = await tonight.night.file(made["payment_id"])
    await tonight.night.pays(file.attempts[-1])
    validator("RefundView").validate(
        (await tonight.shop.post(f"{path}/refunds", {"refund_no": "R-1", "amount_fen": 1})).json
    )
    payment.validate((await tonight.shop.get(path)).json)
    for address, name in (
        ("/v1/payments", "PaymentList"),
        ("/v1/payments?out_trade_no=order-1", "PaymentList"),
        (f"{path}/refunds", "RefundList"),
        ("/v1/events", "EventList"),
    ):
        listed = (await tonight.shop.get(address)).json
        assert listed["data"], address
        validator(name).validate(listed)


async def test_the_document_is_served_as_it_is(tonight: Evening) -> None:
    heard = await tonight.browser().get("/v1/openapi.json")

    assert heard.status == 200
    assert heard.json == json.loads(msgspec.json.encode(document("https://pay.example")))


async def test_the_process_says_that_it_lives(tonight: Evening) -> None:
    heard = await tonight.browser().get("/healthz")

    assert (heard.status, heard.json) == (200, {"ok": True})
