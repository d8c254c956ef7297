"""What the hosted checkout offers on each screen: from the detection rules and the connectors' capability tables."""

from __future__ import annotations

from docs.capability_pages import NAMES, matrix_of_all, row
from docs.page import HEADER
from payswitch.domain.channel import CredentialKind, Environment, Method, Product
from payswitch.domain.matrix import Way
from payswitch.entry.http.environment import RULES

SHOWN = (
    Environment.WECHAT,
    Environment.WECHAT_MINI,
    Environment.ALIPAY,
    Environment.UNIONPAY,
    Environment.MOBILE,
    Environment.RESTRICTED,
    Environment.DESKTOP,
)
"""Where the page can be opened: an app and a counter have no page of ours."""
HOW = {
    CredentialKind.QR: "a code to scan",
    CredentialKind.REDIRECT: "a link that opens the wallet",
    CredentialKind.FORM: "a form posted to the cashier",
    CredentialKind.JSAPI: "the app's own password sheet (JSAPI)",
    CredentialKind.APP: "parameters for the shop's app",
    CredentialKind.SMS: "card, then SMS code",
    CredentialKind.NONE: "the browser's own sheet",
}
INTRODUCTION = """\
# The checkout, screen by screen (收银台 × 支付环境)

The User-Agent says which screen it is (the first line that fits decides; `?env=` overrides it for tests). It is a hint
for presentation, never for authorisation. What a shop's customers really see is what its own channels have signed for,
in the router's order. How the page works: [checkout.md](checkout.md).
"""


def checkout_environments_page() -> str:
    """Detection rules, then the methods of each environment with how each is paid."""
    matrix = matrix_of_all()
    methods = [method for method in Method if any(method in matrix[environment] for environment in SHOWN)]
    lines = [HEADER.format(source="entry/http/environment.py and the capability tables") + INTRODUCTION]
    lines += [
        "## How a screen is recognised",
        "",
        row(("words (lower case)", "and one of", "environment")),
        "|---|---|---|",
    ]
    lines += [row((_words(any_of), _words(and_any_of), f"`{to}`")) for any_of, and_any_of, to in RULES]
    lines += [row(("anything else", "–", f"`{Environment.DESKTOP}`")), "", "## What is offered there", ""]
    lines += [row(("method", *(NAMES[environment] for environment in SHOWN))), "|---" * (len(SHOWN) + 1) + "|"]
    for method in methods:
        cells = (_ways(matrix[environment].get(method, ())) for environment in SHOWN)
        lines.append(row((f"`{method}`", *cells)))
    return "\n".join([*lines, ""])


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word.strip()}`" for word in words) or "–"


def _ways(ways: tuple[Way, ...]) -> str:
    """The ways in which the method is paid there, each once."""
    found = dict.fromkeys(_how(way) for way in ways)
    return "<br>".join(found) or "–"


def _how(way: Way) -> str:
    if way.capability.product is Product.WECHAT_MINI:
        return "parameters for the shop's mini program"
    return HOW[way.capability.credential]
