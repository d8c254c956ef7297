"""The payment that most stories are about: a customer buys a lipstick for 129.00 yuan at 20:37."""

from __future__ import annotations

import msgspec

from payswitch.domain.channel import Environment, Product
from payswitch.domain.exchange import CreateOrder, OrderRef, RefundOrder

NUMBER = "A01K9VQ3T7WX5ZC8N2M4R6H0BD"
REFUND_NUMBER = "R01K9VQ3T7WX5ZC8N2M4R6H0BE"
NOW_MS = 1_794_400_620_000

ORDER = CreateOrder(
    channel_order_no=NUMBER,
    product=Product.WECHAT_NATIVE,
    amount_fen=12_900,
    subject="口红 #520 玫瑰豆沙",
    created_at_ms=NOW_MS,
    expires_at_ms=NOW_MS + 900_000,
    notify_url="https://pay.shop.example/notify/wechat-main",
    return_url="https://shop.example/done?o=1&x=中",
    environment=Environment.MOBILE,
    openid="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
    client_ip="203.0.113.7",
)
REF = OrderRef(channel_order_no=NUMBER, product=Product.WECHAT_NATIVE, amount_fen=12_900, created_at_ms=NOW_MS)
REFUND = RefundOrder(
    order=REF,
    out_refund_no=REFUND_NUMBER,
    amount_fen=2_900,
    reason="色号发错",
    notify_url="https://pay.shop.example/notify/wechat-main",
)


def order(product: Product, **changes: object) -> CreateOrder:
    return msgspec.structs.replace(ORDER, product=product, **changes)
