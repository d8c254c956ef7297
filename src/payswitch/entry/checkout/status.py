"""`GET /checkout/{token}/status`: how the payment stands, for the page's script and for anyone who has the link."""

from __future__ import annotations

import msgspec

from payswitch.domain.channel import Credential, Method, Product
from payswitch.domain.payment import AttemptState, PaymentFile, PaymentState
from payswitch.entry.checkout.page import headline, known_by_ms, page_key, phase_of, surplus_words
from payswitch.kit.clock import iso_utc
from payswitch.services.launching import shown_attempt


class AttemptStatus(msgspec.Struct, frozen=True, kw_only=True):
    attempt_id: str
    method: Method
    product: Product
    state: AttemptState
    credential: Credential


class Status(msgspec.Struct, frozen=True, kw_only=True):
    state: PaymentState
    phase: str
    """`choose`, `waiting`, `confirming`, `succeeded`, `closed`: what the page shows."""
    key: str
    """Equal to the page's key while the page need not be shown anew."""
    attempt: AttemptStatus | None
    expires_in_s: int
    message_zh: str
    message_en: str
    known_by: str | None = None
    """Confirming: by when it will be known, RFC 3339 in UTC."""
    surplus_zh: str = ""
    surplus_en: str = ""


def status_of(file: PaymentFile, now_ms: int) -> Status:
    """The payment in a few fields, with texts for people."""
    phase = phase_of(file, now_ms)
    shown = shown_attempt(file, now_ms) if phase == "waiting" else None
    surplus, known_ms = surplus_words(file), known_by_ms(file)
    message = headline(phase, file.payment.close_reason)
    return Status(
        state=file.payment.state,
        phase=phase,
        key=page_key(phase, shown.attempt_id if shown else "", surplus),
        attempt=None
        if shown is None or shown.credential is None
        else AttemptStatus(
            attempt_id=shown.attempt_id,
            method=shown.method,
            product=shown.product,
            state=shown.state,
            credential=shown.credential,
        ),
        expires_in_s=max(0, (file.payment.expires_at_ms - now_ms) // 1_000),
        message_zh=message.zh,
        message_en=message.en,
        known_by=iso_utc(known_ms) if phase == "confirming" and known_ms else None,
        surplus_zh=surplus.zh if surplus else "",
        surplus_en=surplus.en if surplus else "",
    )
