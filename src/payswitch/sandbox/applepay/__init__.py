"""Apple Pay on the web, both other sides of it: Apple (sessions, a device that makes tokens) and an acquirer who speaks
UnionPay's wire.

Import the parts by their own modules (`wire.ApplepayWire`, `accounts.applepay_account`): `sandbox.keys` reads `keys`
from here, so that nothing may be imported in this file.
"""
