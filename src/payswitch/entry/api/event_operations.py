"""商户通知 over the API: what a shop was told, and told once more."""

from __future__ import annotations

from payswitch.domain.errors import NOT_FOUND
from payswitch.entry.api import event_views, query
from payswitch.entry.api.call import Answer, Call
from payswitch.entry.api.operation import Operation
from payswitch.services.events import deliveries


async def list_events(call: Call) -> Answer:
    limit = call.query.get("limit", query.PER_PAGE)
    found = await deliveries.list_events(
        call.ctx, call.shop, payment_id=call.query.get("payment_id"), before=call.query.get("before"), limit=limit
    )
    data = [event_views.event_view(event) for event in found]
    return Answer(event_views.EventList(data=data, next=data[-1].event_id if len(data) == limit else None))


async def resend_event(call: Call) -> Answer:
    return Answer(event_views.event_view(await deliveries.resend_event(call.ctx, call.shop, call.path["event_id"])))


EVENTS: tuple[Operation[Call], ...] = (
    Operation(
        name="listEvents",
        method="GET",
        path="/v1/events",
        run=list_events,
        title="What the shop was told (or should have been), newest first",
        title_zh="商户通知列表，新的在前",
        parameters=(query.OF_PAYMENT, query.BEFORE_EVENT, query.LIMIT),
        answer=event_views.EventList,
    ),
    Operation(
        name="resendEvent",
        method="POST",
        path="/v1/events/{event_id}/resend",
        run=resend_event,
        title="Deliver one event once more: same id, same bytes",
        title_zh="重发商户通知：编号与内容不变",
        answer=event_views.EventView,
        problems=(NOT_FOUND,),
    ),
)
