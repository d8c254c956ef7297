"""Where merchant sessions are asked for at Apple. Nothing that a browser says ever becomes an address: the account says
which of Apple's gateways is called, and what the browser got from Apple is only compared with a strict allow-list.

Source [O]: "Setting up your server" and "Requesting an Apple Pay payment session" in Apple's documentation; the pods'
names also in many public programs [C].
"""

from __future__ import annotations

from typing import Final

SESSION_PATH: Final = "/paymentservices/paymentSession"
_BROWSERS_PATHS: Final = frozenset({SESSION_PATH, "/paymentservices/startSession", "/paymentservices"})
"""What `validationURL` has been seen to end in; whatever it says, `SESSION_PATH` is what is called."""

GATEWAYS: Final = {
    "china": "cn-apple-pay-gateway.apple.com",
    "global": "apple-pay-gateway.apple.com",
    "china-test": "cn-apple-pay-gateway-cert.apple.com",
    "global-test": "apple-pay-gateway-cert.apple.com",
}
"""By `apple_region`; the two test hosts are Apple's own sandbox."""


def _pods() -> frozenset[str]:
    world = {f"apple-pay-gateway-{site}-pod{n}" for site in ("nc", "pr") for n in range(1, 6)}
    china = {f"cn-apple-pay-gateway-{site}-pod{n}" for site in ("sh", "tj") for n in range(1, 4)}
    pods = world | china
    return frozenset(f"{pod}.apple.com" for pod in pods | {f"{pod}-dr" for pod in pods})


APPLES: Final = frozenset(GATEWAYS.values()) | _pods()
"""Every host that Apple tells browsers to name."""


def session_url(host: str) -> str:
    return f"https://{host}{SESSION_PATH}"


def is_apples(validation_url: str, known: frozenset[str]) -> bool:
    """Whether a browser's `validationURL` is, letter for letter, an address of one of these hosts. It is compared and
    never parsed, so that there is nothing that two readers could read differently."""
    return any(validation_url == f"https://{host}{path}" for host in known for path in _BROWSERS_PATHS)
