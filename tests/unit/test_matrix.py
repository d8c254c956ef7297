"""The matrix of environments and methods says what the capability tables say."""

from __future__ import annotations

from payswitch.connectors.registry import CONNECTORS
from payswitch.domain.channel import Environment, Method, Product
from payswitch.domain.matrix import ROWS, matrix_of, needs


def test_every_product_stands_in_every_environment_of_its_table_and_in_no_other() -> None:
    matrix = matrix_of({name: connector.capabilities for name, connector in CONNECTORS.items()})
    shown = {
        (way.connector, way.capability.product, environment)
        for environment, row in matrix.items()
        for method, ways in row.items()
        for way in ways
        if way.capability.method is method
    }
    declared = {
        (name, product, environment)
        for name, connector in CONNECTORS.items()
        for product, capability in connector.capabilities.items()
        for environment in capability.environments
    }
    assert shown == declared


def test_every_environment_has_its_row_whether_anything_works_there_or_not() -> None:
    assert set(ROWS) == set(Environment)
    assert list(matrix_of({})) == list(ROWS)


def test_inside_wechat_wechats_own_page_needs_the_openid() -> None:
    matrix = matrix_of({"wechatpay": CONNECTORS["wechatpay"].capabilities})
    page = next(w for w in matrix[Environment.WECHAT][Method.WECHAT] if w.capability.product is Product.WECHAT_JSAPI)
    assert needs(page.capability) == ("openid",)
