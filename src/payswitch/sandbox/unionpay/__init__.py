"""UnionPay's stand-in: the 全渠道 (ACP) 5.1.0 gateway, its signatures, oddities and daily file.

Import the parts by their own modules (`wire.UnionpayWire`, `accounts.unionpay_account`): `sandbox.keys` reads `keys`
from here, so that nothing may be imported in this file.
"""
