"""What the customer does: pay, change the way, confirm a debit, sign a card up. Every answer is the view (for the
page's script) or the way back to the page (for a form): never an error page.

A wish that cannot be granted is a notice on the same page, with all other ways still offered.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from litestar.response.base import ASGIResponse

from payswitch.domain.agreement import Agreement
from payswitch.domain.channel import Method
from payswitch.domain.errors import WRONG_STATE, PaySwitchError
from payswitch.domain.payment import PaymentFile
from payswitch.entry.checkout import card_forms, words
from payswitch.entry.checkout.card_forms import new_card, sms_code
from payswitch.entry.checkout.desk import Desk, as_json, json_headers
from payswitch.entry.checkout.reading import (
    AnyRequest,
    environment_of,
    fields_of,
    kept_query,
    last_cookie,
    method_in,
    token_of,
    wants_json,
)
from payswitch.entry.checkout.view import Notice
from payswitch.entry.http import asgi, problems
from payswitch.services.checkout import checkout_cards, checkouts
from payswitch.services.commands import SwitchPayment
from payswitch.services.payments import switching

_encode = msgspec.json.Encoder().encode
Fields = dict[str, str]
Work = Callable[[str, Fields], Awaitable[None]]
CardStep = Callable[[str, Fields], Awaitable[Agreement]]

UNTOLD: Final = frozenset({WRONG_STATE.code})
"""The payment has moved on meanwhile: the page shows where to, which says more than a notice."""


class CardAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How signing a card up stands."""

    agreement_id: str = ""
    state: str = ""
    notice: Notice | None = None


class Actions:
    """The POST handlers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._ctx = desk.ctx

    async def start(self, request: AnyRequest) -> ASGIResponse:
        """The customer pressed "pay"."""

        async def work(token: str, fields: Fields) -> None:
            if fields.get("agreement_id"):
                await checkout_cards.choose_card(self._ctx, token, fields["agreement_id"])
            await checkouts.start(
                self._ctx,
                token,
                environment=environment_of(request),
                user_agent=asgi.user_agent(request.scope),
                client_ip=asgi.client_ip(request.scope),
                methods=method_in(fields),
            )

        return await self._done(request, work, go=True)

    async def switch(self, request: AnyRequest) -> ASGIResponse:
        """换一种方式: the old attempt is queried and closed before a new one is shown."""

        async def work(token: str, fields: Fields) -> None:
            if fields.get("agreement_id"):
                await checkout_cards.choose_card(self._ctx, token, fields["agreement_id"])
            file = await checkouts.open_checkout(self._ctx, token)
            command = SwitchPayment(methods=method_in(fields), environment=environment_of(request))
            await switching.switch_payment(self._ctx, file.payment.payment_id, command, shop=None)

        return await self._done(request, work, go=True)

    async def confirm(self, request: AnyRequest) -> ASGIResponse:
        """What the customer gave for a debit: an SMS code, or an Apple Pay token."""

        async def work(token: str, fields: Fields) -> None:
            await checkout_cards.confirm(self._ctx, token, card_forms.consent(fields, environment_of(request)))

        return await self._done(request, work)

    async def resend_sms(self, request: AnyRequest) -> ASGIResponse:
        async def work(token: str, fields: Fields) -> None:
            await checkout_cards.resend_sms(self._ctx, token)

        return await self._done(request, work)

    async def apple_session(self, request: AnyRequest) -> ASGIResponse:
        """Apple's merchant session, byte for byte, for the page's `ApplePaySession`."""
        fields = await fields_of(request)
        try:
            session = await checkout_cards.apple_session(self._ctx, token_of(request), card_forms.apple_session(fields))
        except Exception as failure:
            return as_answer(CardAnswer(notice=_notice(failure, request, ())))
        return asgi.answer(session, content_type="application/json", headers=json_headers())

    async def apply_card(self, request: AnyRequest) -> ASGIResponse:
        """签约申请: the bank sends the customer a code."""
        return await self._card(request, lambda token, f: checkout_cards.apply(self._ctx, token, new_card(f)))

    async def confirm_card(self, request: AnyRequest) -> ASGIResponse:
        return await self._card(
            request, lambda token, f: checkout_cards.confirm_card(self._ctx, token, _card_id(f), sms_code(f))
        )

    async def resend_card(self, request: AnyRequest) -> ASGIResponse:
        return await self._card(request, lambda token, f: checkout_cards.resend_card(self._ctx, token, _card_id(f)))

    async def _card(self, request: AnyRequest, step: CardStep) -> ASGIResponse:
        fields = await fields_of(request)
        try:
            agreement = await step(token_of(request), fields)
        except Exception as failure:  # said on the page, in the middle of a form that must not be lost
            return as_answer(CardAnswer(notice=_notice(failure, request, (Method.QUICKPAY,))))
        return as_answer(CardAnswer(agreement_id=agreement.agreement_id, state=agreement.state.value))

    async def _done(self, request: AnyRequest, work: Work, *, go: bool = False) -> ASGIResponse:
        token, fields = token_of(request), await fields_of(request)
        notice: Notice | None = None
        methods = method_in(fields)
        try:
            await work(token, fields)
        except PaySwitchError as error:
            if error.kind.status == 404:
                raise
            notice = _notice(error, request, methods)
        except Exception as failure:
            notice = _notice(failure, request, methods)
        file = await checkouts.open_checkout(self._ctx, token)
        cookies = {"Set-Cookie": last_cookie(methods[0])} if go and methods and notice is None else {}
        return await self._answer(request, file, notice, cookies, go=go)

    async def _answer(
        self, request: AnyRequest, file: PaymentFile, notice: Notice | None, cookies: dict[str, str], *, go: bool
    ) -> ASGIResponse:
        if wants_json(request):
            return as_json(await self._desk.view(file, request, notice), cookies)
        if notice is not None:
            return await self._desk.page(file, request, notice=notice, status=409)
        query = kept_query(request, **({"go": "1"} if go else {}))
        headers = {**json_headers(cookies), "Location": f"/checkout/{file.payment.checkout_token}{query}"}
        return asgi.answer(status=303, content_type="text/plain", headers=headers)


def _card_id(fields: Fields) -> str:
    return fields.get("agreement_id", "")


def as_answer(answer: CardAnswer) -> asgi.Complete:
    return asgi.answer(_encode(answer), content_type="application/json", headers=json_headers())


def _notice(failure: Exception, request: AnyRequest, methods: tuple[Method, ...]) -> Notice | None:
    """The failure in a word that the page has a sentence for. Whatever fails, the money is safe, and that is said."""
    if not isinstance(failure, PaySwitchError):
        problems.log_failure(failure, request.scope)
        return Notice(code="trouble")
    code = failure.kind.code
    if code in UNTOLD:
        return None
    known = words.has(f"notice.{code}")
    return Notice(code=code if known else "trouble", method=methods[0] if methods else None)
