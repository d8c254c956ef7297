"""连接器: what a new channel can be made on, and what its account asks for."""

from __future__ import annotations

import msgspec

from payswitch.domain.channel import Product
from payswitch.domain.connector_form import ConnectorForm
from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.domain.roles import Permission
from payswitch.entry.api import query
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.call import Answer
from payswitch.entry.api.operation import Operation
from payswitch.services.channels.channels import desk_of


class ConnectorList(msgspec.Struct, frozen=True, kw_only=True):
    data: list[ConnectorForm]


async def list_connectors(call: AdminCall) -> Answer:
    workshop = desk_of(call.ctx).workshop
    forms = [workshop.form(name, None) for name in workshop.connectors()]
    return Answer(ConnectorList(data=[form for form in forms if form is not None]))


async def get_connector(call: AdminCall) -> Answer:
    named = call.query.get("products")
    products = None if named is None else frozenset(Product(one) for one in named.split(",") if one in set(Product))
    form = desk_of(call.ctx).workshop.form(call.path["connector_id"], products)
    if form is None:
        raise PaySwitchError(NOT_FOUND, "there is no such connector", "没有这个连接器")
    return Answer(form)


CONNECTOR_OPERATIONS: tuple[Operation[AdminCall], ...] = (
    Operation(
        name="listConnectors",
        method="GET",
        path="/v1/admin/connectors",
        needs=Permission.VIEW,
        run=list_connectors,
        title="The connectors: their products, how far each was verified, what an account with every product asks for",
        title_zh="连接器列表：支付产品、验证程度，以及开通全部产品时账户需填写的项目",
        answer=ConnectorList,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="getConnector",
        method="GET",
        path="/v1/admin/connectors/{connector_id}",
        needs=Permission.VIEW,
        run=get_connector,
        parameters=(query.PRODUCTS,),
        title="What an account with these products asks for",
        title_zh="开通指定产品时账户需填写的项目",
        answer=ConnectorForm,
        problems=(NOT_FOUND,),
    ),
)
