"""`services.ports.ChannelStore`, and shops with their keys, for every database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from payswitch.domain.channel import Channel
from payswitch.domain.managed_channel import ChannelChange, DisabledChannel, ManagedChannel, SealedCredential
from payswitch.domain.shop import Shop, ShopKey
from payswitch.kit.clock import Clock
from payswitch.storage import directory, managed_channels
from payswitch.storage import read_statements as reads
from payswitch.storage.running import ScriptRunner


class ChannelStore(ScriptRunner):
    """Shops, which every request looks up and which are therefore kept in memory; and channels."""

    _clock: Clock
    _directory = directory.ShopDirectory((), {})

    # --- shops -------------------------------------------------------------------------------------------------

    async def save_shop(self, shop: Shop, key_fingerprints: Collection[str]) -> None:
        """Write a shop from the configuration. Exactly these keys are valid afterwards: its others are revoked."""
        now_ms = self._clock.now_ms()
        self._directory = await self.write(lambda: directory.save_shop(shop, key_fingerprints, now_ms))

    async def set_shops(self, shops_and_keys: Collection[tuple[Shop, Collection[str]]]) -> None:
        """The shops of the configuration with their keys, all or nothing; the keys of every other shop are revoked."""
        now_ms = self._clock.now_ms()
        self._directory = await self.write(lambda: directory.set_shops(shops_and_keys, now_ms))

    async def shops(self) -> Sequence[Shop]:
        return self._directory.shops

    async def shop_keys(self) -> Sequence[ShopKey]:
        return await self._rows(directory.SHOP_KEY, reads.SHOP_KEYS)

    async def shop_of_key(self, key_fingerprint: str) -> Shop | None:
        return self._directory.shop_by_key.get(key_fingerprint)

    # --- channels ----------------------------------------------------------------------------------------------

    async def save_channel(self, channel: Channel) -> None:
        """Remember this version of a channel, without credentials, so that history can name it for ever."""
        await self.write(lambda: directory.save_channel(channel))

    async def channels(self) -> Sequence[Channel]:
        """Every version of every channel that was ever saved."""
        return await self.read(directory.read_channels())

    async def commit_channel(self, change: ChannelChange) -> None:
        """See `services.ports.ChannelStore.commit_channel`."""
        await self.write(lambda: managed_channels.apply_change(change))

    async def reseal(self, renewed: Sequence[tuple[str, SealedCredential]]) -> None:
        """The same credentials under another master key, all or nothing; each with the key id that it had."""
        await self.write(lambda: managed_channels.reseal(renewed))

    async def managed_channels(self) -> Sequence[ManagedChannel]:
        return await self._rows(managed_channels.MANAGED_CHANNEL, reads.MANAGED_CHANNELS)

    async def managed_channel(self, channel_id: str) -> ManagedChannel | None:
        return await self._row(managed_channels.MANAGED_CHANNEL, reads.MANAGED_CHANNEL_BY_ID, channel_id=channel_id)

    async def channel_revisions(self) -> Mapping[str, int]:
        """See `services.ports.ChannelStore.channel_revisions`."""
        return await self.read(managed_channels.revisions())

    async def disabled_channels(self) -> Sequence[DisabledChannel]:
        return await self._rows(managed_channels.DISABLED_CHANNEL, reads.DISABLED_CHANNELS)

    async def credentials(self, channel_id: str | None = None) -> Sequence[SealedCredential]:
        """All versions of one channel, or of every channel; oldest first."""
        if channel_id is None:
            return await self._rows(managed_channels.CREDENTIAL, reads.ALL_CREDENTIALS)
        return await self._rows(managed_channels.CREDENTIAL, reads.CREDENTIALS_OF, channel_id=channel_id)
