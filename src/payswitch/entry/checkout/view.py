"""What the checkout shows, decided from the payment alone. One structure for the page without script, for its script,
and for anyone who asks for `/status`: `web/checkout/src/view.ts` is its other side."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from payswitch.domain.channel import Credential, CredentialKind, Environment, Method, Product
from payswitch.domain.payment import (
    Attempt,
    AttemptState,
    CloseReason,
    PaymentFile,
    PaymentState,
    RefundState,
)
from payswitch.entry.checkout.phases import Phase, known_by, lapsed, phase_of
from payswitch.entry.checkout.qr import QrCode, qr_code
from payswitch.services.payments.launching import shown_attempt

OPENABLE = frozenset({"http", "https", "weixin", "alipays", "alipay", "unionpay", "upwallet"})
"""Schemes a link to a wallet may have: never `javascript:`, whatever an answer says."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    method: Method
    last: bool = False
    """Whether this browser paid with it last time."""
    ill: bool = False
    """Its channels fail just now: it is offered last, and said."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The credential that can be paid now."""

    attempt_id: str
    method: Method
    product: Product
    state: AttemptState
    kind: CredentialKind
    here: bool
    """Whether it works in this environment; False: the customer went on with another device."""
    content: str
    params: dict[str, str]
    qr: QrCode | None

    @property
    def link(self) -> str | None:
        """Where the button leads (redirect) or the form is posted (form)."""
        leads = self.kind in (CredentialKind.REDIRECT, CredentialKind.FORM)
        return self.content if leads and urlsplit(self.content).scheme.lower() in OPENABLE else None


class SavedCard(msgspec.Struct, frozen=True, kw_only=True):
    agreement_id: str
    bank: str
    tail: str


class Cards(msgspec.Struct, frozen=True, kw_only=True):
    """快捷支付: the customer's signed cards, and whose cards can be signed up."""

    saved: Sequence[SavedCard] = ()
    banks: Sequence[str] = ()


class Surplus(msgspec.Struct, frozen=True, kw_only=True):
    """Money that came twice, or too late, and goes back."""

    amount: str
    late: bool
    done: bool


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Why the last wish could not be granted: a word of `words.json`, and what it was about."""

    code: str
    method: Method | None = None


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """What can be chosen here, worked out by `offers.py`."""

    offers: Sequence[Offer] = ()
    elsewhere: Sequence[Method] = ()
    """Methods that work on this phone, only not in this app."""
    wallets: Sequence[Method] = ()
    """Whose own browsers can pay this link: what the aggregated code (聚合码) is good for."""
    cards: Cards | None = None


class View(msgspec.Struct, frozen=True, kw_only=True):
    phase: Phase
    key: str
    """Equal as long as the page looks the same."""
    version: int
    """The payment's, growing: an answer that was overtaken on its way must not take the page back."""
    state: PaymentState
    close_reason: CloseReason | None
    amount: str
    """`1,299.00`: written by the server from fen, never by a browser."""
    amount_fen: int
    shop_name: str
    subject: str
    out_trade_no: str
    expires_in_s: int
    environment: Environment
    offers: Sequence[Offer]
    elsewhere: Sequence[Method]
    wallets: Sequence[Method]
    link: str
    link_qr: QrCode | None
    shown: Shown | None
    cards: Cards | None
    paid_with: Method | None
    surplus: Surplus | None
    known_by: str | None
    """Confirming: the Beijing time by which it will be known."""
    awaits_late: bool
    """Closed for the customer, but the shop still takes the money if it arrives: the page goes on watching."""
    return_url: str | None
    notice: Notice | None = None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where and for whom a view is made."""

    environment: Environment
    link: str
    """The checkout's own address, for the aggregated code and for copying."""
    shop_name: str
    return_url: str | None = None
    now_ms: int
    usable_here: bool = True
    """Whether the shown credential works in this environment."""


def amount_text(amount_fen: int) -> str:
    """`129900` -> `1,299.00`."""
    return f"{amount_fen // 100:,}.{amount_fen % 100:02d}"


def build_view(file: PaymentFile, place: Place, offered: Offered, notice: Notice | None = None) -> View:
    """The payment as it stands, for one customer's screen."""
    payment = file.payment
    phase = phase_of(file, place.now_ms)
    attempt = shown_attempt(file, place.now_ms) if phase is Phase.WAITING else None
    surplus = surplus_of(file)
    open_ = phase in (Phase.CHOOSE, Phase.WAITING)
    coded = open_ and place.environment in (Environment.DESKTOP, Environment.RESTRICTED)
    return View(
        phase=phase,
        key=view_key(file, phase, attempt, surplus),
        version=file.payment.version,
        state=payment.state,
        close_reason=payment.close_reason,
        amount=amount_text(payment.amount_fen),
        amount_fen=payment.amount_fen,
        shop_name=place.shop_name,
        subject=payment.subject,
        out_trade_no=payment.out_trade_no,
        expires_in_s=max(0, (payment.expires_at_ms - place.now_ms) // 1_000),
        environment=place.environment,
        offers=offered.offers,
        elsewhere=offered.elsewhere,
        wallets=offered.wallets,
        link=place.link,
        link_qr=qr_code(place.link) if coded else None,
        shown=None if attempt is None else shown_of(attempt, here=place.usable_here),
        cards=offered.cards,
        paid_with=paid_with(file),
        surplus=surplus,
        known_by=known_by(file) if phase is Phase.CONFIRMING else None,
        awaits_late=lapsed(file),
        return_url=place.return_url,
        notice=notice,
    )


def view_key(file: PaymentFile, phase: Phase, attempt: Attempt | None, surplus: Surplus | None) -> str:
    """Changes exactly when the page must be shown anew; a credential that was renewed is a change, too."""
    shown = (
        ""
        if attempt is None or attempt.credential is None
        else f"{attempt.attempt_id} {attempt.credential.expires_at_ms}"
    )
    back = "" if surplus is None else f"{surplus.amount} {surplus.done}"
    return f"{phase}|{shown}|{back}|{file.payment.agreement_id or ''}"


def shown_of(attempt: Attempt, *, here: bool = True) -> Shown:
    """The credential as the page shows it. `Credential.handle` stays with us."""
    credential: Credential | None = attempt.credential
    if credential is None:
        raise ValueError(f"attempt {attempt.attempt_id} is shown without a credential")
    return Shown(
        attempt_id=attempt.attempt_id,
        method=attempt.method,
        product=attempt.product,
        state=attempt.state,
        kind=credential.kind,
        here=here,
        content=credential.content,
        params=credential.params,
        qr=qr_code(credential.content) if credential.kind is CredentialKind.QR else None,
    )


def paid_with(file: PaymentFile) -> Method | None:
    winner = file.payment.winner_attempt_id
    return None if winner is None else file.attempt(winner).method


def surplus_of(file: PaymentFile) -> Surplus | None:
    """重复支付 (or money that came after the payment had closed); None when there is none."""
    extra = {attempt.attempt_id: attempt.amount_fen for attempt in file.attempts if attempt.surplus}
    if not extra:
        return None
    back = {refund.attempt_id for refund in file.refunds if refund.state is RefundState.SUCCEEDED}
    return Surplus(
        amount=amount_text(sum(extra.values())),
        late=file.payment.winner_attempt_id is None,
        done=extra.keys() <= back,
    )


def form_targets(shown: Shown | None) -> tuple[str, ...]:
    """The origins a payment form may be posted to: the wallet's, and its sibling hosts it redirects to."""
    if shown is None or shown.link is None or shown.kind is not CredentialKind.FORM:
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
