"""常用筛选: filters under a name, for one operator or for everybody who works for the merchant."""

from __future__ import annotations

import msgspec

from payswitch.domain.errors import FORBIDDEN, INVALID_REQUEST, NOT_FOUND, PaySwitchError
from payswitch.domain.operator import Operator
from payswitch.domain.roles import Permission
from payswitch.domain.saved_view import SavedView, ViewPage
from payswitch.domain.trail import TrailEntry, TrailKind
from payswitch.services.context import Context
from payswitch.services.people.trail import deed, record

MOST_VIEWS = 100
"""Of one page, of one operator and merchant together: more is a mistake of some program."""


class SaveView(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/admin/views`: keep these filters. The same name again replaces what it stood for."""

    page: ViewPage
    name: str
    query: str
    shared: bool = False
    """For everybody who works for the merchant."""
    merchant_id: str | None = None
    """Needed only by who works for several merchants."""


async def list_views(ctx: Context, operator: Operator, page: ViewPage) -> list[SavedView]:
    """The operator's own and their merchants', by name."""
    found: list[SavedView] = []
    for merchant_id in sorted(operator.merchant_ids):
        found += await ctx.store.saved_views(merchant_id, operator.operator_id, page)
    return sorted(found, key=lambda view: view.name)


async def save_view(ctx: Context, operator: Operator, command: SaveView) -> SavedView:
    """Raises `forbidden` for a shared one by somebody who may only see."""
    if command.shared:
        _require_more_than_seeing(operator)
    merchant_id = _merchant_of(operator, command.merchant_id)
    now_ms = ctx.clock.now_ms()
    view = SavedView(
        view_id=ctx.ids.new("view_", now_ms),
        merchant_id=merchant_id,
        owner="" if command.shared else operator.operator_id,
        page=command.page,
        name=command.name.strip(),
        query=command.query,
        saved_at_ms=now_ms,
        saved_by=operator.operator_id,
    )
    known = await ctx.store.saved_views(merchant_id, operator.operator_id, command.page)
    if len(known) >= MOST_VIEWS and all((one.owner, one.name) != (view.owner, view.name) for one in known):
        raise PaySwitchError(
            INVALID_REQUEST,
            f"{MOST_VIEWS} views of this page are kept already; delete one first",
            f"此页面已保存 {MOST_VIEWS} 个筛选，请先删除",
        )
    saved = await ctx.store.save_view(view)
    if command.shared:
        await record(ctx, _deed(ctx, operator, "save", saved))
    return saved


async def delete_view(ctx: Context, operator: Operator, view_id: str) -> SavedView:
    """Gives what was deleted. Another operator's own does not exist."""
    view = await ctx.store.saved_view(view_id)
    mine = view is not None and operator.manages(view.merchant_id) and view.owner in ("", operator.operator_id)
    if view is None or not mine:
        raise PaySwitchError(NOT_FOUND, f"there is no view {view_id}", f"没有筛选 {view_id}")
    if not view.owner:
        _require_more_than_seeing(operator)
        await record(ctx, _deed(ctx, operator, "delete", view))
    await ctx.store.delete_view(view_id)
    return view


def _deed(ctx: Context, operator: Operator, action: str, view: SavedView) -> TrailEntry:
    said = {"page": view.page.value, "name": view.name, "query": view.query}
    return deed(ctx, operator, action, TrailKind.SAVED_VIEW, view.view_id, view.merchant_id, after=said)


def _merchant_of(operator: Operator, merchant_id: str | None) -> str:
    if merchant_id is None and len(operator.merchant_ids) == 1:
        return next(iter(operator.merchant_ids))
    if merchant_id is not None:
        if operator.manages(merchant_id):
            return merchant_id
        raise PaySwitchError(NOT_FOUND, f"there is no merchant {merchant_id} of yours", f"您未管理商户 {merchant_id}")
    raise PaySwitchError(
        INVALID_REQUEST,
        "say which of your merchants it is for",
        "请指明所属商户",
        errors=[{"field": "merchant_id", "message": "one of your merchants / 您管理的商户之一"}],
    )


def _require_more_than_seeing(operator: Operator) -> None:
    if operator.permissions <= {Permission.VIEW}:
        raise PaySwitchError(
            FORBIDDEN,
            "who may only see keeps views for themselves (shared: false)",
            "只读用户只能保存仅自己可见的筛选（shared: false）",
        )
