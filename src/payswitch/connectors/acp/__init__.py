"""中国银联 UnionPay 全渠道 (ACP) 5.1.0: the message layer, shared by the connectors that speak it.

No connector: it opens no accounts and offers no products. `unionpay/` and `applepay/` are built on it.
"""
