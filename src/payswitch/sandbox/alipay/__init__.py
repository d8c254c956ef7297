"""Alipay's stand-in: the v1 gateway (`/gateway.do`) with real RSA2 signatures, in both key modes."""

from payswitch.sandbox.alipay.oddities import CloseBeforeScan, Oddities
from payswitch.sandbox.alipay.wire import AlipayWire

__all__ = ["AlipayWire", "CloseBeforeScan", "Oddities"]
