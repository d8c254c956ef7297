"""商户通知与常用筛选: what shops were told, for operators; and filters of console pages under a name."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from payswitch.domain.errors import NOT_FOUND
from payswitch.domain.events import DeliveryState, Event
from payswitch.domain.roles import Permission
from payswitch.domain.saved_view import SavedView, ViewPage
from payswitch.entry.api import event_views
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.call import Answer
from payswitch.entry.api.operation import Operation
from payswitch.entry.api.query import BEFORE_EVENT, IDENTIFIER, LIMIT, PER_PAGE, Parameter
from payswitch.kit.clock import iso_utc
from payswitch.services.desk import payment_actions, payment_desk, saved_views
from payswitch.services.desk.saved_views import SaveView


class EventChoice(StrEnum):
    TROUBLED = "troubled"
    """Offered to the shop and not taken: retry or dead."""
    RETRY = "retry"
    DEAD = "dead"


_STATES: dict[EventChoice | None, Sequence[DeliveryState] | None] = {
    None: None,
    EventChoice.TROUBLED: (DeliveryState.RETRY, DeliveryState.DEAD),
    EventChoice.RETRY: (DeliveryState.RETRY,),
    EventChoice.DEAD: (DeliveryState.DEAD,),
}


class AdminEventView(msgspec.Struct, frozen=True, kw_only=True):
    """An event, and whose it is."""

    shop_id: str
    event: event_views.EventView


class AdminEventList(msgspec.Struct, frozen=True, kw_only=True):
    data: Sequence[AdminEventView]
    next: str | None


class SavedViewView(msgspec.Struct, frozen=True, kw_only=True):
    """Filters under a name."""

    view_id: str
    merchant_id: str
    page: ViewPage
    name: str
    query: str
    """The page's query string, without `?`."""
    shared: bool
    saved_at: str
    saved_by: str


class SavedViewList(msgspec.Struct, frozen=True, kw_only=True):
    data: Sequence[SavedViewView]


def event_view(event: Event) -> AdminEventView:
    return AdminEventView(shop_id=event.shop_id, event=event_views.event_view(event))


def saved_view(view: SavedView) -> SavedViewView:
    return SavedViewView(
        view_id=view.view_id,
        merchant_id=view.merchant_id,
        page=view.page,
        name=view.name,
        query=view.query,
        shared=not view.owner,
        saved_at=iso_utc(view.saved_at_ms),
        saved_by=view.saved_by,
    )


async def list_events(call: AdminCall) -> Answer:
    limit = call.query.get("limit", PER_PAGE)
    found = await payment_desk.list_events(
        call.ctx,
        call.operator,
        shop_id=call.query.get("shop_id"),
        states=_STATES[call.query.get("state")],
        before=call.query.get("before"),
        limit=limit,
    )
    data = [event_view(event) for event in found]
    return Answer(AdminEventList(data=data, next=data[-1].event.event_id if len(data) == limit else None))


async def get_event(call: AdminCall) -> Answer:
    event, _ = await payment_desk.event_of(call.ctx, call.operator, call.path["event_id"])
    return Answer(event_view(event))


async def resend_event(call: AdminCall) -> Answer:
    return Answer(event_view(await payment_actions.resend_event(call.ctx, call.operator, call.path["event_id"])))


async def list_views(call: AdminCall) -> Answer:
    found = await saved_views.list_views(call.ctx, call.operator, call.query["page"])
    return Answer(SavedViewList(data=[saved_view(view) for view in found]))


async def save_view(call: AdminCall) -> Answer:
    return Answer(saved_view(await saved_views.save_view(call.ctx, call.operator, call.command)))


async def delete_view(call: AdminCall) -> Answer:
    return Answer(saved_view(await saved_views.delete_view(call.ctx, call.operator, call.path["view_id"])))


EVENTS = "/v1/admin/events"
EVENT = EVENTS + "/{event_id}"
VIEWS = "/v1/admin/views"

EVENT_OPERATIONS: tuple[Operation[AdminCall], ...] = (
    Operation(
        name="listAllEvents",
        method="GET",
        path=EVENTS,
        run=list_events,
        needs=Permission.VIEW,
        title="What your shops were told, or should have been, newest first",
        title_zh="商户通知，新的在前",
        parameters=(
            Parameter("shop_id", "Only of this shop", pattern=IDENTIFIER),
            Parameter("state", "Only those that the shop has not taken: troubled is both", choices=EventChoice),
            BEFORE_EVENT,
            LIMIT,
        ),
        answer=AdminEventList,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="getEvent",
        method="GET",
        path=EVENT,
        run=get_event,
        needs=Permission.VIEW,
        title="One event with its body as sent",
        title_zh="单个商户通知及其内容",
        answer=AdminEventView,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="resendAnyEvent",
        method="POST",
        path=EVENT + "/resend",
        run=resend_event,
        needs=Permission.DEVELOP,
        title="Deliver one event once more: same id, same bytes",
        title_zh="重发商户通知：编号与内容不变",
        answer=AdminEventView,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="listViews",
        method="GET",
        path=VIEWS,
        run=list_views,
        needs=Permission.VIEW,
        title="Saved filters of a page: your own and the merchant's",
        title_zh="已保存的筛选：个人的与商户共享的",
        parameters=(Parameter("page", "Of which page", choices=ViewPage, required=True),),
        answer=SavedViewList,
    ),
    Operation(
        name="saveView",
        method="POST",
        path=VIEWS,
        run=save_view,
        needs=Permission.VIEW,
        title="Keep filters under a name; the same name again replaces them",
        title_zh="保存筛选；同名则覆盖",
        body=SaveView,
        answer=SavedViewView,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="deleteView",
        method="DELETE",
        path=VIEWS + "/{view_id}",
        run=delete_view,
        needs=Permission.VIEW,
        title="Forget saved filters",
        title_zh="删除已保存的筛选",
        answer=SavedViewView,
        problems=(NOT_FOUND,),
    ),
)
