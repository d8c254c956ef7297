"""The OpenAPI 3.1 document, made from the same tables that serve the requests: operations, commands, views, limits."""

from __future__ import annotations

from typing import Any

import msgspec

from payswitch import __version__
from payswitch.domain import errors as kinds
from payswitch.domain.errors import ErrorKind
from payswitch.entry.api import examples
from payswitch.entry.api.admin import examples as admin_examples
from payswitch.entry.api.admin.alerts import alert_examples
from payswitch.entry.api.admin.books import bill_examples
from payswitch.entry.api.admin.channels import connector_examples, fault_examples
from payswitch.entry.api.admin.desk import payment_examples
from payswitch.entry.api.admin.live import live_examples
from payswitch.entry.api.admin.people import people_examples
from payswitch.entry.api.admin.policies import policy_examples
from payswitch.entry.api.admin.reports import analysis_examples
from payswitch.entry.api.call import IDEMPOTENCY_KEY
from payswitch.entry.api.console import cookies
from payswitch.entry.api.console import examples as console_examples
from payswitch.entry.api.inputs import CustomerInput
from payswitch.entry.api.limits import RULES
from payswitch.entry.api.operation import Operation
from payswitch.entry.api.query import IDENTIFIER
from payswitch.entry.api.sections import ALL_OPERATIONS, SECTIONS
from payswitch.entry.api.views import Health
from payswitch.entry.http import problems
from payswitch.entry.http.streams import EVENT_STREAM
from payswitch.routing.policy_schema import policy_schemas

_REF = "#/components/schemas/{name}"
_JSON = "application/json"

_INTRODUCTION = """\
One call creates a payment and answers with the credential to show to the customer; one webhook tells how it ended.
一次调用创建支付单并取得支付凭证，一个商户通知告知结果。

Amounts are whole numbers of fen (分). A payment is identified by your own `out_trade_no`: the same request again
repeats or resumes it and never makes a second one. Every error is `application/problem+json` with a stable `code`,
texts in English and Chinese and a `next_action`. Only what the API or a verified webhook says is a result; what
comes back through the customer's browser is not.
"""

_EVERYWHERE = (
    kinds.INVALID_REQUEST,
    kinds.UNAUTHENTICATED,
    kinds.INTERNAL,
)
_WITH_BODY = (
    kinds.MALFORMED_JSON,
    kinds.BODY_TOO_LARGE,
    kinds.UNSUPPORTED_MEDIA_TYPE,
    kinds.BODY_TOO_SLOW,
)

Json = dict[str, Any]

_EXAMPLES = (
    examples,
    admin_examples,
    alert_examples,
    analysis_examples,
    bill_examples,
    connector_examples,
    console_examples,
    fault_examples,
    live_examples,
    payment_examples,
    people_examples,
    policy_examples,
)
_REQUESTS: Json = {name: shown for module in _EXAMPLES for name, shown in module.REQUESTS.items()}
_ANSWERS: Json = {name: shown for module in _EXAMPLES for name, shown in module.ANSWERS.items()}


def example_of(body: type[msgspec.Struct]) -> Json:
    """The usual request of this kind, as the document shows it."""
    value: Json = _REQUESTS[body.__name__]["usual"]["value"]
    return value


def document(public_url: str) -> Json:
    """The whole document as plain data."""
    paths: dict[str, Json] = {}
    for section in SECTIONS:
        for operation in section.operations:
            paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, section.security)
    paths["/healthz"] = {"get": _health()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "PaySwitch",
            "version": __version__,
            "summary": "A payment switch (多支付自动切换)",
            "description": _INTRODUCTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": public_url}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "apiKey": {"type": "http", "scheme": "bearer", "description": "The shop's API key / 店铺 API 密钥"},
                "operatorKey": {"type": "http", "scheme": "bearer", "description": "An operator's key / 运营密钥"},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": cookies.PLAIN,
                    "description": "The console's own page, with the header `X-PaySwitch-Console: 1` / 控制台会话",
                },
            },
            "schemas": _schemas(),
        },
    }


def _operation(operation: Operation[Any], security: tuple[str, ...]) -> Json:
    described: Json = {
        "operationId": operation.name,
        "security": [{scheme: []} for scheme in security],
        "summary": operation.title,
        "description": operation.title_zh,
        "parameters": _parameters(operation),
        "responses": _responses(operation),
    }
    if operation.needs is not None:
        described["x-needs"] = operation.needs.value
        described["description"] += f" (needs / 所需权限: `{operation.needs.value}`)"
    if operation.body is not None:
        name = operation.body.__name__
        media: Json = {"schema": {"$ref": _REF.format(name=name)}, "examples": _REQUESTS[name]}
        described["requestBody"] = {"required": True, "content": {_JSON: media}}
    return described


def _parameters(operation: Operation[Any]) -> list[Json]:
    found: list[Json] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{IDENTIFIER}$"},
        }
        for name in _path_names(operation.path)
    ]
    found += [
        {
            "name": parameter.name,
            "in": "query",
            "required": parameter.required,
            "description": parameter.meaning,
            "schema": parameter.schema(),
        }
        for parameter in operation.parameters
    ]
    if operation.name in ("createPayment", "createRefund"):
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same key with the same request has the same effect once; with another request: 409",
                "schema": {"type": "string", "pattern": f"^{IDEMPOTENCY_KEY}$"},
            }
        )
    return found


def _path_names(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def _responses(operation: Operation[Any]) -> Json:
    good: Json = {
        "description": operation.title,
        "content": _content(operation),
        "headers": {"X-Request-Id": {"schema": {"type": "string"}, "description": "Quote it when asking for help"}},
    }
    if operation.stream is not None:
        good["content"][EVENT_STREAM] = {"schema": {"type": "string"}}
    found: Json = {str(operation.status): good}
    if operation.may_repeat:
        found["200"] = {**good, "description": "A repeat: what the first request made, as it stands now"}
    listed = [*_EVERYWHERE, *(_WITH_BODY if operation.body is not None else ()), *operation.problems]
    listed += [] if operation.needs is None else [kinds.FORBIDDEN]
    by_status: dict[int, list[ErrorKind]] = {}
    for kind in listed:
        by_status.setdefault(kind.status, []).append(kind)
    for status, of_status in sorted(by_status.items()):
        found[str(status)] = _problem_response("; ".join(f"`{kind.code}`: {kind.title_en}" for kind in of_status))
    return found


def _content(operation: Operation[Any]) -> Json:
    if operation.answer is None:
        return {operation.media: {"schema": {"type": "string", "format": "binary"}}}
    name = operation.answer.__name__
    return {_JSON: {"schema": {"$ref": _REF.format(name=name)}, "examples": _ANSWERS[name]}}


def _problem_response(description: str) -> Json:
    return {
        "description": description,
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": _REF.format(name="Problem")}}},
    }


def _health() -> Json:
    return {
        "operationId": "health",
        "summary": "The process answers",
        "security": [],
        "responses": {
            "200": {"description": "It does", "content": {_JSON: {"schema": {"$ref": _REF.format(name="Health")}}}}
        },
    }


def _schemas() -> Json:
    bodies = {operation.body for operation in ALL_OPERATIONS if operation.body is not None}
    answers = {operation.answer for operation in ALL_OPERATIONS if operation.answer is not None}
    kinds_of_data: set[type[msgspec.Struct]] = {*bodies, *answers, Health}
    types = sorted(kinds_of_data, key=lambda kind: kind.__name__)
    _, found = msgspec.json.schema_components(types, ref_template=_REF)
    schemas: Json = msgspec.to_builtins(found)
    for command, rules in RULES.items():
        for path, rule in rules.items():
            owner, _, field = path.rpartition(".")
            name = CustomerInput.__name__ if owner == "customer" else command.__name__
            _limit(schemas[name]["properties"][field], rule.schema())
    schemas["Problem"] = _problem_schema()
    return schemas | _policy_documents(schemas)


def _policy_documents(schemas: Json) -> Json:
    """The parts of a policy document; the service names the version, so the document need not."""
    parts = policy_schemas(_REF)
    whole = {**parts.pop("Policy"), "title": "MerchantPolicy"}
    whole["required"] = [name for name in whole["required"] if name != "version"]
    whole["properties"]["tiers"].pop("default")  # long, and said in docs/reference/routing.md
    either = [{"$ref": _REF.format(name=name)} for name in ("MerchantPolicy", "ShopPolicy")]
    for name in ("DraftPolicy", "CheckPolicy"):
        schemas[name]["properties"]["document"] = {"anyOf": either}
    return {**parts, "MerchantPolicy": whole}


def _limit(schema: Json, limit: Json) -> None:
    """Write a limit into a property's schema, past its "or null"."""
    for choice in schema.get("anyOf", ()):
        if choice != {"type": "null"}:
            if "anyOf" in limit:
                schema["anyOf"] = [*limit["anyOf"], {"type": "null"}]
            else:
                choice.update(limit)
            return
    schema.update(limit)


def _problem_schema() -> Json:
    text: Json = {"type": "string"}
    return {
        "title": "Problem",
        "type": "object",
        "description": "RFC 9457. Further members may say more, e.g. `payment_id`, `checkout_url`, `excluded`.",
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": text,
            "title_zh": text,
            "status": {"type": "integer"},
            "code": {**text, "description": "Stable, for programs"},
            "detail": text,
            "detail_zh": text,
            "next_action": {"enum": sorted({kind.next_action for kind in kinds.catalogue()})},
            "request_id": text,
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"field": text, "message": text},
                    "required": ["field", "message"],
                },
            },
        },
        "required": ["type", "title", "title_zh", "status", "code", "detail", "next_action", "request_id"],
    }
