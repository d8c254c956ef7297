"""The two pages that show the connectors' capability tables: product by product, and environment by method."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from docs.page import HEADER
from payswitch.connectors.registry import CONNECTORS
from payswitch.domain.channel import Capability, Closing, Environment, Method
from payswitch.domain.matrix import ROWS, Matrix, Way, matrix_of, needs

SOURCE = "the connectors' capability tables"

PRODUCTS_INTRODUCTION = """\
# Products (支付产品)

- **moves money**: *push*, the customer confirms and creating an order moves nothing; *pull*, the call itself may debit.
- **needs**: what must be known of the customer before, or come from them with the payment.
- **closable**: *yes*, a close is final at once; *after_scan*, only once the customer has scanned; *no*, never: it is
  watched to its deadline.
- **credential**: what is shown; how long it works, where that is shorter than the order may live, and *again* if the
  same order is then given another one under the same number.
- **order lives**: the shortest and the longest life. A payment with less time left does not go there
  (`expiry_too_short`); one with more gets an order with the longest.
- **late**: how much longer money may still arrive; the attempt is watched for so long.
- **refunds**: until so long after the payment, in at most so many parts. What the channel can never take is refused
  before anything is stored (`refund_terms`).
- **reversed after**: a debit that is unknown for so long is undone.
- **probe**: whether asking about a number that never existed is a harmless health check.
"""
PRODUCT_COLUMNS = (
    "connector", "product", "method", "moves money", "made by", "environments", "needs", "closable", "credential",
    "fen", "order lives", "late", "refunds", "reversed after", "probe",
)  # fmt: skip


def products_page() -> str:
    """What every product of every connector can do."""
    lines = [
        HEADER.format(source=SOURCE) + PRODUCTS_INTRODUCTION,
        row(PRODUCT_COLUMNS),
        "|---" * len(PRODUCT_COLUMNS) + "|",
    ]
    for connector in CONNECTORS.values():
        lines += [row(_product(connector.name, capability)) for capability in connector.capabilities.values()]
    return "\n".join([*lines, ""])


def _product(connector: str, c: Capability) -> tuple[str, ...]:
    return (
        f"`{connector}`",
        f"`{c.product}`",
        c.method.value,
        "push" if c.push else "pull",
        "channel" if c.server_created else "local signature",
        ", ".join(sorted(c.environments)),
        ", ".join(needs(c)) or "–",
        c.closing.value,
        _credential(c),
        f"{c.min_fen}+" if c.max_fen is None else f"{c.min_fen} – {c.max_fen}",
        f"{_time(c.least_expiry_s)} – {_time(c.most_expiry_s)}",
        _time(c.late_s) if c.late_s else "–",
        f"{c.refund.days} days, {_parts(c)}",
        "–" if c.push else _time(c.reverse_after_s),
        "yes" if c.probe else "no",
    )


def _credential(c: Capability) -> str:
    if c.credential_valid_s >= c.most_expiry_s and not c.refreshes:
        return c.credential.value
    return f"{c.credential.value}, {_time(c.credential_valid_s)}{', again' if c.refreshes else ''}"


def _parts(c: Capability) -> str:
    if c.refund.parts is None:
        return "any number"
    return "whole only" if c.refund.parts == 1 else f"{c.refund.parts} parts"


def _time(seconds: int) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length and seconds % length == 0:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


NAMES: Mapping[Environment, str] = {
    Environment.WECHAT: "`wechat` 微信内 WeChat in-app",
    Environment.WECHAT_MINI: "`wechat_mini` 微信小程序 WeChat mini program",
    Environment.ALIPAY: "`alipay` 支付宝内 Alipay in-app",
    Environment.UNIONPAY: "`unionpay` 云闪付内 UnionPay app",
    Environment.MOBILE: "`mobile` 手机浏览器 mobile browser",
    Environment.RESTRICTED: "`restricted` 受限网页 restricted web view",
    Environment.DESKTOP: "`desktop` 电脑 desktop",
    Environment.APP: "`app` 商家 App the shop's own app",
    Environment.COUNTER: "`counter` 线下收银 counter",
}
CLOSES: Mapping[Closing, str] = {Closing.YES: "✓", Closing.AFTER_SCAN: "◐", Closing.NO: "✗"}
NEEDS: Mapping[str, str] = {
    "openid": "o",
    "buyer_id": "b",
    "agreement": "a",
    "payment_code": "c",
    "sms_code": "s",
    "apple_pay_token": "t",
}


ENVIRONMENTS_INTRODUCTION = """\
# Environments and methods (支付环境 × 支付方式)

What can work where, over all connectors. A cell names each product, its marks, and the connectors that have it so. What
one merchant's channels can do is answered by `GET /v1/capabilities`; each product's terms stand in
[products.md](products.md).

Marks: **↓** pull, the call itself takes the money (all others: push). Closable: **✓** at once, **◐** once the customer
has scanned, **✗** never. Needs: **o** openid, **b** the wallet's buyer id, **a** a card signed up before, **c** payment
code, **s** SMS code, **t** Apple Pay token.
"""


def matrix_of_all() -> Matrix:
    """What can work where, over all connectors."""
    return matrix_of({connector.name: connector.capabilities for connector in CONNECTORS.values()})


def environments_page() -> str:
    """Where the customer's screen is, against what they can pay with there."""
    matrix = matrix_of_all()
    methods = [method for method in Method if any(method in row for row in matrix.values())]
    lines = [
        HEADER.format(source=SOURCE) + ENVIRONMENTS_INTRODUCTION,
        row(("environment", *methods)),
        "|---" * (len(methods) + 1) + "|",
    ]
    for environment in ROWS:
        cells = matrix[environment]
        lines.append(row((NAMES[environment], *(_cell(cells.get(method, ())) for method in methods))))
    return "\n".join([*lines, ""])


def _cell(ways: Iterable[Way]) -> str:
    """One line per product and marks; connectors that agree stand together."""
    found: dict[str, list[str]] = {}
    for way in ways:
        found.setdefault(f"`{way.capability.product}` {_marks(way.capability)}", []).append(way.connector)
    return "<br>".join(f"{text} {', '.join(connectors)}" for text, connectors in found.items()) or "–"


def _marks(c: Capability) -> str:
    return ("" if c.push else "↓") + CLOSES[c.closing] + "".join(NEEDS[need] for need in needs(c))


def row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
