"""What setting up a channel asks for, as the connectors themselves say it."""

from __future__ import annotations

import pytest

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.forms_of import form_of
from payswitch.connectors.registry import load_registry
from payswitch.domain.channel import Product
from payswitch.domain.connector_form import ConnectorForm
from payswitch.kit.clock import ManualClock
from payswitch.kit.ids import SystemIds

CONNECTORS = load_registry().connectors


def form(name: str, *products: Product) -> ConnectorForm:
    clock = ManualClock()
    transport = AiohttpTransport(clock=clock)
    wanted = frozenset(products) if products else None
    return form_of(CONNECTORS[name], wanted, transport=transport, clock=clock, ids=SystemIds())


@pytest.mark.parametrize("name", sorted(CONNECTORS))
def test_every_connector_says_what_it_needs_and_what_is_secret(name: str) -> None:
    asked = form(name)

    fields = {field.key: field for field in asked.account}
    assert any(field.required for field in fields.values())
    assert [field.key for field in fields.values() if "private_key" in field.key and not field.secret] == []
    assert {offered.product for offered in asked.products} == set(CONNECTORS[name].capabilities)
    assert asked.level in ("simulated", "third-party-client", "live")


def test_what_a_product_needs_is_asked_only_with_it() -> None:
    scan = {field.key: field.required for field in form("wechatpay", Product.WECHAT_NATIVE).account}
    code = {field.key: field.required for field in form("wechatpay", Product.WECHAT_CODE).account}

    assert (scan["mchid"], scan["merchant_private_key"]) == (True, True)
    assert (scan.get("api_v2_key", False), code["api_v2_key"]) == (False, True)


def test_hints_are_the_connectors_own() -> None:
    fields = {field.key: field for field in form("alipay").account}

    assert fields["app_id"].hint == "开放平台应用的 APPID"
    assert not fields["app_id"].secret
    assert fields["app_private_key"].secret
