"""固定收款码 over HTTP: the page where the customer enters the amount, and the poster with the shop's code."""

from __future__ import annotations

from typing import Final

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from payswitch.entry.checkout.desk import Desk, json_headers
from payswitch.entry.checkout.guarding import Guarded
from payswitch.entry.checkout.qr import qr_code
from payswitch.entry.checkout.reading import AnyRequest, fields_of, kept_query
from payswitch.entry.checkout.view import amount_text
from payswitch.entry.http import asgi
from payswitch.kit.money import fen_from_yuan
from payswitch.services.payments import collecting
from payswitch.services.payments.collecting import MOST_FEN, MOST_NOTE_BYTES

_PATH: Final = "/collect/{shop_id:str}"


class Collect:
    """The handlers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._ctx = desk.ctx

    def routes(self) -> list[HTTPRouteHandler]:
        guarded = Guarded(self._desk)

        @get(_PATH, name="collect")
        async def ask(request: AnyRequest) -> ASGIResponse:
            return await guarded(self.ask, request)

        @post(_PATH, name="collect:post")
        async def make(request: AnyRequest) -> ASGIResponse:
            return await guarded(self.make, request)

        @get(_PATH + "/code", name="collect:code")
        async def poster(request: AnyRequest) -> ASGIResponse:
            return await guarded(self.poster, request)

        return [ask, make, poster]

    async def ask(self, request: AnyRequest) -> ASGIResponse:
        """How much?"""
        return await self._page(request)

    async def make(self, request: AnyRequest) -> ASGIResponse:
        """On to the checkout, or the same page once more with what was wrong."""
        fields = await fields_of(request)
        amount_fen = _amount(fields.get("amount", ""))
        note = " ".join(fields.get("note", "").split())
        if amount_fen is None or len(note.encode()) > MOST_NOTE_BYTES:
            return await self._page(request, fields, status=400)
        token = await collecting.collect(self._ctx, _shop_id(request), amount_fen, note, asgi.client_ip(request.scope))
        headers = {**json_headers(), "Location": f"/checkout/{token}{kept_query(request)}"}
        return asgi.answer(status=303, content_type="text/plain", headers=headers)

    async def poster(self, request: AnyRequest) -> ASGIResponse:
        """To be printed and put on the counter."""
        shop = await collecting.collecting_shop(self._ctx, _shop_id(request))
        address = f"{self._ctx.public_url}/collect/{shop.shop_id}"
        return self._desk.html(request, "poster.html", {"shop": shop.name, "qr": qr_code(address), "address": address})

    async def _page(
        self, request: AnyRequest, fields: dict[str, str] | None = None, *, status: int = 200
    ) -> ASGIResponse:
        shop = await collecting.collecting_shop(self._ctx, _shop_id(request))
        values = {
            "shop": shop.name,
            "amount": (fields or {}).get("amount", "")[:20],
            "note": (fields or {}).get("note", "")[:MOST_NOTE_BYTES],
            "wrong": status != 200,
            "most": amount_text(MOST_FEN),
        }
        return self._desk.html(request, "collect.html", values, status=status)


def _shop_id(request: AnyRequest) -> str:
    return str(request.scope["path_params"]["shop_id"])


def _amount(text: str) -> int | None:
    """What a person writes: `12`, `12.5`, `¥1,200.00`, full-width digits. None when it is no amount in the range."""
    plain = text.translate(_FULL_WIDTH).strip().lstrip("¥").replace(",", "").strip()
    try:
        amount_fen = fen_from_yuan(plain)
    except ValueError:
        return None
    return amount_fen if 1 <= amount_fen <= MOST_FEN else None


_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９．，￥。", "0123456789.,¥.")
