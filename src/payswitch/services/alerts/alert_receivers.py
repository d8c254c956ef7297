"""Who hears: receivers of the configuration file, and those that operators have added, their keys sealed."""

from __future__ import annotations

from typing import Final

import msgspec

from payswitch.domain.alert import Receiver, SealedReceiver
from payswitch.domain.alert_delivery import Address, OpenReceiver
from payswitch.kit.sealing import KeyRing, SealBroken
from payswitch.services.alerts.alert_desk import AlertDesk

SECRET_KEYS: Final = frozenset({"secret", "password", "url", "webhook_secret"})
"""Parts of an address that are never shown again. A robot's whole address is its key."""


async def receivers_of(desk: AlertDesk) -> list[OpenReceiver]:
    """All of them, open. One whose seal does not open is left out and named in `desk.memory.unreadable`."""
    found = list(desk.file_receivers)
    named = {one.receiver.receiver_id for one in found}
    unreadable = set()
    for stored in await desk.store.alert_receivers():
        if stored.receiver_id in named:
            continue  # the file wins: what stands there is what the machine's owner wants
        try:
            found.append(OpenReceiver(stored.receiver, open_address(desk.key_ring, stored), stored))
        except SealBroken:
            unreadable.add(stored.receiver_id)
    desk.memory.unreadable = frozenset(unreadable)
    return found


def seal_address(key_ring: KeyRing, receiver_id: str, address: Address) -> bytes:
    return key_ring.seal(msgspec.json.encode(address), _context(receiver_id))


def open_address(key_ring: KeyRing | None, stored: SealedReceiver) -> Address:
    """Raises SealBroken, also when there is no master key at all."""
    if key_ring is None:
        raise SealBroken("no master key is configured / 未配置主密钥")
    plain = key_ring.open(stored.sealed, _context(stored.receiver_id))
    return msgspec.json.decode(plain, type=dict[str, str])


def shown_address(address: Address) -> dict[str, str]:
    """What may be shown: everything that opens nothing."""
    return {name: value for name, value in address.items() if name not in SECRET_KEYS}


def with_merchants(receiver: Receiver, merchant_id: str) -> Receiver:
    """A stored receiver hears its own merchant and nobody else's."""
    return msgspec.structs.replace(receiver, merchant_ids=frozenset({merchant_id}))


async def reseal_receivers(desk: AlertDesk) -> int:
    """Seal the addresses that an older master key seals with the newest one. How many that were. Raises SealBroken."""
    ring = desk.key_ring
    if ring is None:
        return 0
    old = [one for one in await desk.store.alert_receivers() if one.key_id != ring.newest.key_id]
    opened = [(one, open_address(ring, one)) for one in old]  # all of them, before anything is changed
    for one, address in opened:
        sealed = seal_address(ring, one.receiver_id, address)
        await desk.store.save_receiver(msgspec.structs.replace(one, sealed=sealed, key_id=ring.newest.key_id))
    return len(opened)


def _context(receiver_id: str) -> str:
    return f"alert_receiver:{receiver_id}"
