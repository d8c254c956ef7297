"""What a request asks: its parameters, read as the platform reads them."""

from __future__ import annotations

from urllib.parse import parse_qsl

from aiohttp import web

from payswitch.kit.money import fen_from_yuan
from payswitch.sandbox.epay.orders import PRODUCTS

Params = dict[str, str]


async def parameters_of(request: web.Request) -> Params:
    """Query and form together, as PHP's `$_REQUEST` has them."""
    form = parse_qsl((await request.read()).decode("utf-8", "replace"), keep_blank_values=True)
    return dict(parse_qsl(request.query_string, keep_blank_values=True)) | dict(form)


def subject_of(params: Params) -> tuple[str | None, int | None]:
    """(product, amount) for the faults' filters, as far as an unverified call tells."""
    try:
        amount_fen = fen_from_yuan(params.get("money", ""))
    except ValueError:
        amount_fen = None
    return PRODUCTS.get(params.get("type", "")), amount_fen


def number_of(params: Params, name: str, default: int, most: int) -> int:
    text = params.get(name, "")
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 9 else default
