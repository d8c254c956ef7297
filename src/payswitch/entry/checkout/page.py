"""What the checkout page shows, decided from the payment alone: pure, so that every state can be tested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import segno
from markupsafe import Markup

from payswitch.domain.channel import CredentialKind, Environment, Method
from payswitch.domain.payment import (
    Attempt,
    AttemptState,
    CloseReason,
    PaymentFile,
    PaymentState,
    RefundState,
)
from payswitch.entry.checkout import words
from payswitch.entry.checkout.words import MethodWords, Words
from payswitch.kit.clock import beijing
from payswitch.services.launching import shown_attempt
from payswitch.services.lifecycle import MAY_BE_PAID

_OPENABLE = frozenset({"http", "https", "weixin", "alipays", "alipay"})
"""Schemes a link to a wallet may have: never `javascript:`, whatever an answer says."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One method's button."""

    method: Method
    words: MethodWords


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The credential on the page."""

    attempt: Attempt
    words: MethodWords
    kind: str
    qr: Markup | None = None
    link: str | None = None
    """Where the button leads (redirect) or the form is posted (form)."""
    params: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything the template needs."""

    phase: str
    """`choose`, `waiting`, `confirming`, `succeeded` or `closed`."""
    headline: Words
    amount: str
    subject: str
    shop_name: str
    out_trade_no: str
    expires_in_s: int
    environment: Environment
    offers: Sequence[Offer]
    shown: Shown | None
    surplus: Words | None
    return_url: str | None
    known_by: str | None
    """Confirming: the Beijing time by which it will be known."""
    awaits_late: bool = False
    """The time for paying is over, but the shop still takes the money if it arrives."""

    @property
    def live(self) -> bool:
        """Whether the page goes on asking: also a little after the end, when a second payment is said at once; and as
        long as late money would still be accepted."""
        return self.phase != "closed" or self.surplus is not None or self.awaits_late

    @property
    def key(self) -> str:
        """Changes exactly when the page must be shown anew."""
        return page_key(self.phase, self.shown.attempt.attempt_id if self.shown else "", self.surplus)


def page_key(phase: str, attempt_id: str, surplus: Words | None) -> str:
    return f"{phase}|{attempt_id}|{surplus.zh if surplus else ''}"


def headline(phase: str, reason: CloseReason | None) -> Words:
    """The phase in words; a closed payment says why."""
    if phase == "closed":
        return words.CANCELLED if reason is CloseReason.CANCELLED else words.EXPIRED
    return words.PHASES[phase]


def amount_text(amount_fen: int) -> str:
    """`129900` -> `1,299.00`."""
    return f"{amount_fen // 100:,}.{amount_fen % 100:02d}"


def phase_of(file: PaymentFile, now_ms: int) -> str:
    """The customer's view of the payment's state."""
    payment = file.payment
    if payment.state is PaymentState.SUCCEEDED:
        return "succeeded"
    if payment.state is PaymentState.CLOSED:
        return "closed"
    expired = payment.expires_at_ms <= now_ms
    if payment.state is PaymentState.CREATED:
        return "closed" if expired else "choose"
    if lapsed(file):
        return "closed"
    in_doubt = any(attempt.state is AttemptState.UNKNOWN for attempt in file.attempts)
    if payment.state is PaymentState.CLOSING or expired or in_doubt:
        return "confirming"
    return "waiting" if shown_attempt(file, now_ms) is not None else "choose"


def lapsed(file: PaymentFile) -> bool:
    """Expired, and nothing of it can be paid any more: for the customer it is over, though its shop would still take
    money that is on its way."""
    payment = file.payment
    expired = payment.state is PaymentState.CLOSING and payment.close_reason is CloseReason.EXPIRED
    return expired and not any(attempt.state in MAY_BE_PAID for attempt in file.attempts)


def build_page(
    file: PaymentFile,
    *,
    shop_name: str,
    environment: Environment,
    offered: Sequence[Method],
    now_ms: int,
) -> Page:
    """The page of a payment as it stands."""
    payment = file.payment
    phase = phase_of(file, now_ms)
    shown = shown_attempt(file, now_ms) if phase == "waiting" else None
    return Page(
        phase=phase,
        headline=headline(phase, payment.close_reason),
        amount=amount_text(payment.amount_fen),
        subject=payment.subject,
        shop_name=shop_name,
        out_trade_no=payment.out_trade_no,
        expires_in_s=max(0, (payment.expires_at_ms - now_ms) // 1_000),
        environment=environment,
        offers=[Offer(method=method, words=words.METHODS[method]) for method in offered],
        shown=_show(shown) if shown is not None else None,
        surplus=surplus_words(file),
        return_url=payment.return_url,
        known_by=_known_by(file) if phase == "confirming" else None,
        awaits_late=lapsed(file),
    )


def known_by_ms(file: PaymentFile) -> int | None:
    """By when it will be known whether anything was paid: of an unknown debit as the shop was told, of a credential
    that may still be paid its deadline; whatever comes last. None: nobody can say yet."""
    times = []
    for attempt in file.attempts:
        if attempt.state is AttemptState.UNKNOWN:
            times.append(max(attempt.known_by_ms or 0, attempt.due_at_ms or 0))
        elif attempt.state in (AttemptState.CLOSING, AttemptState.EXPOSED):
            times.append(attempt.deadline_ms)
    return max(times, default=None)


def _known_by(file: PaymentFile) -> str | None:
    """As a Beijing time, rounded up to the minute."""
    known_ms = known_by_ms(file)
    return beijing(known_ms + 59_999).strftime("%H:%M") if known_ms else None


def surplus_words(file: PaymentFile) -> Words | None:
    """The note about money that came twice (or too late) and goes back; None when there is none."""
    extra = {attempt.attempt_id: attempt.amount_fen for attempt in file.attempts if attempt.surplus}
    if not extra:
        return None
    back = {refund.attempt_id for refund in file.refunds if refund.state is RefundState.SUCCEEDED}
    late = file.payment.winner_attempt_id is None
    return words.surplus(amount_text(sum(extra.values())), late=late, done=extra.keys() <= back)


def _show(attempt: Attempt) -> Shown:
    credential = attempt.credential
    if credential is None:
        raise ValueError(f"attempt {attempt.attempt_id} is shown without a credential")
    link = None
    if credential.kind in (CredentialKind.REDIRECT, CredentialKind.FORM):
        link = credential.content if urlsplit(credential.content).scheme in _OPENABLE else None
    return Shown(
        attempt=attempt,
        words=words.METHODS[attempt.method],
        kind=credential.kind.value,
        qr=qr_svg(credential.content) if credential.kind is CredentialKind.QR else None,
        link=link,
        params=credential.params,
    )


def qr_svg(text: str) -> Markup | None:
    """The code as inline SVG without any style of its own; None for a text too long for a code."""
    try:
        code = segno.make(text, error="m", micro=False)
    except segno.DataOverflowError:
        return None
    svg = code.svg_inline(border=2, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    return Markup(svg)  # noqa: S704 (segno writes numbers and fixed words only; the text is in the pixels)


def form_targets(shown: Shown | None) -> tuple[str, ...]:
    """The origins a payment form may be posted to: the wallet's, and its sibling hosts it redirects to."""
    if shown is None or shown.link is None or shown.kind != CredentialKind.FORM.value:
        return ()
    parts = urlsplit(shown.link)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not all(c.isalnum() or c in ".-" for c in host):
        return ()
    origin = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
    labels = host.split(".")
    if parts.scheme == "https" and len(labels) >= 3 and not labels[-1].isdigit():
        return origin, f"https://*.{labels[-2]}.{labels[-1]}"
    return (origin,)
