"""A stand-in for WeChat Pay v3: an independent second implementation of the merchant API's wire."""

from payswitch.sandbox.wechatpay.wire import WechatWire

__all__ = ["WechatWire"]
