"""From a payment to what one customer's browser is shown: the view, and the page around it."""

from __future__ import annotations

from collections.abc import Mapping

from litestar.response.base import ASGIResponse

from payswitch.domain.channel import Environment, Method
from payswitch.domain.payment import PaymentFile
from payswitch.entry.checkout.phases import Phase, phase_of
from payswitch.entry.checkout.reading import (
    AnyRequest,
    environment_of,
    kept_query,
    last_method,
    size_of,
    words_of,
)
from payswitch.entry.checkout.shop_names import ShopNames
from payswitch.entry.checkout.view import (
    Cards,
    Notice,
    Offer,
    Offered,
    Place,
    SavedCard,
    View,
    build_view,
    form_targets,
)
from payswitch.entry.http import asgi, pages
from payswitch.entry.http.assets import Assets
from payswitch.entry.http.embedding import embedded_json
from payswitch.services.checkout import checkouts, offers
from payswitch.services.context import Context
from payswitch.services.payments.launching import shown_attempt
from payswitch.services.payments.return_links import return_link

PACKAGE = "payswitch.entry.checkout"
_NOTHING = Offered()


class Desk:
    """What the checkout's handlers share."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.names = ShopNames(ctx)
        self.assets = Assets(PACKAGE, "/checkout-assets")
        self._templates = pages.Templates(PACKAGE)

    async def view(self, file: PaymentFile, request: AnyRequest, notice: Notice | None = None) -> View:
        """The payment as it stands, for the screen that asks."""
        environment, now_ms = environment_of(request), self.ctx.clock.now_ms()
        shown = shown_attempt(file, now_ms)
        place = Place(
            environment=environment,
            link=self.ctx.checkout_url(file.payment.checkout_token),
            shop_name=await self.names.name(file.payment.shop_id),
            return_url=return_link(self.ctx, file),
            now_ms=now_ms,
            usable_here=shown is None or checkouts.usable_in(self.ctx, shown, environment),
        )
        return build_view(file, place, await self._offered(file, environment, last_method(request), now_ms), notice)

    async def _offered(self, file: PaymentFile, environment: Environment, last: str, now_ms: int) -> Offered:
        if phase_of(file, now_ms) not in (Phase.CHOOSE, Phase.WAITING):
            return _NOTHING
        shared = environment in (Environment.DESKTOP, Environment.RESTRICTED)
        found = offers.offers_for(self.ctx, file, environment, shared=shared)
        listed = [Offer(method=m, last=m == last and m not in found.ill, ill=m in found.ill) for m in found.methods]
        listed.sort(key=lambda offer: not offer.last)  # stable: the router's order, what was used last before it
        cards = await self._cards(file) if Method.QUICKPAY in found.methods else None
        return Offered(offers=listed, elsewhere=found.elsewhere, wallets=found.wallets, cards=cards)

    async def _cards(self, file: PaymentFile) -> Cards:
        saved = await offers.saved_cards(self.ctx, file.payment)
        return Cards(
            saved=[SavedCard(agreement_id=c.agreement_id, bank=c.bank, tail=c.card_tail) for c in saved],
            banks=offers.banks(self.ctx, file.payment.merchant_id),
        )

    async def page(
        self, file: PaymentFile, request: AnyRequest, *, notice: Notice | None = None, status: int = 200
    ) -> ASGIResponse:
        """The complete page, readable and usable before (and without) any script."""
        view = await self.view(file, request, notice)
        values = {"view": view, "data": embedded_json(view), "base": f"/checkout/{file.payment.checkout_token}"}
        return self.html(request, "checkout.html", values, status=status, targets=form_targets(view.shown))

    def message(self, request: AnyRequest, key: str, status: int) -> ASGIResponse:
        """A page with one sentence: an unknown link, trouble of our own."""
        return self.html(request, "message.html", {"text": words_of(request)(key)}, status=status)

    def html(
        self,
        request: AnyRequest,
        template: str,
        values: Mapping[str, object],
        *,
        status: int = 200,
        targets: tuple[str, ...] = (),
    ) -> ASGIResponse:
        """One of the checkout's pages. `targets`: the origins that a form on it is posted to, beside ourselves."""
        words = words_of(request)
        html = self._templates.render(
            template,
            say=words,
            lang=words.language.tag,
            size=size_of(request),
            query=kept_query(request),
            path=request.scope["path"],
            other_lang=kept_query(request, lang="en" if words.language.value == "zh" else "zh"),
            other_size=kept_query(request, size="usual" if size_of(request) == "large" else "large"),
            css=self.assets.url("checkout.css"),
            js=self.assets.url("checkout.js"),
            **values,
        )
        return pages.page(html, status=status, form_targets=targets, scope=request.scope)


def json_headers(more: Mapping[str, str] | None = None) -> dict[str, str]:
    return {**pages.security_headers(), **(more or {})}


def as_json(view: View, more: Mapping[str, str] | None = None) -> asgi.Complete:
    return asgi.answer(embedded_json(view).encode(), content_type="application/json", headers=json_headers(more))
