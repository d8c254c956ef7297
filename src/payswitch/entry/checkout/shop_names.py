"""Names of shops for the page, so that a customer sees whom the money goes to."""

from __future__ import annotations

from payswitch.services.context import Context

_KEPT_MS = 60_000


class ShopNames:
    """Reads the shops at most once a minute: names change rarely, pages are opened often."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._names: dict[str, str] = {}
        self._read_at_ms: int | None = None

    async def name(self, shop_id: str) -> str:
        """The shop's name; its id if it has none."""
        now_ms = self._ctx.clock.now_ms()
        if self._read_at_ms is None or now_ms - self._read_at_ms > _KEPT_MS:
            self._names = {shop.shop_id: shop.name for shop in await self._ctx.store.shops()}
            self._read_at_ms = now_ms
        return self._names.get(shop_id) or shop_id
