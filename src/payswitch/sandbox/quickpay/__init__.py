"""Allinpay 收银宝's stand-in: unified orders (WeChat, Alipay, UnionPay, e-CNY) and the banks' quick pay with SMS.

Import the parts by their own modules (`wire.QuickpayWire`, `accounts.quickpay_account`): `sandbox.keys` reads `keys`
from here, so that nothing may be imported in this file.
"""
