"""At start: admin-managed channels go into the directory, every version of their keys opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from payswitch.domain.account import AccountProblem
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.managed_channel import ManagedChannel, SealedCredential
from payswitch.kit.logs import get_logger
from payswitch.kit.sealing import KeyRing, SealBroken
from payswitch.services.channels.channel_desk import ChannelDesk
from payswitch.services.channels.credentials import sealed_anew, unseal

log = get_logger(__name__)


def load_managed(
    desk: ChannelDesk, managed: Sequence[ManagedChannel], credentials: Sequence[SealedCredential]
) -> list[str]:
    """What keeps the service from starting, all of it; empty when nothing does.

    Keys that do not decrypt are such a thing. Keys that decrypt and are no good any more (a stricter version of the
    connector) are not: that channel stays out, the others work, and the log says which.
    """
    problems = [
        f"channel {one.channel_id}: is declared in the configuration file and managed in the database; "
        "take it out of the file / 该渠道同时存在于配置文件与数据库，请从配置文件中删除"
        for one in managed
        if one.channel_id in desk.file_accounts
    ]
    if managed and desk.key_ring is None:
        return [
            *problems,
            f"{len(managed)} channels in the database need the master key: set PAYSWITCH_MASTER_KEY or [service] "
            f"master_key_file / 数据库中有 {len(managed)} 个渠道需要主密钥，请设置 PAYSWITCH_MASTER_KEY",
        ]
    for one in managed:
        mine = [credential for credential in credentials if credential.channel_id == one.channel_id]
        opened = open_versions(desk, one, mine)
        install_managed(desk, one, opened)
        problems += opened.problems
    return problems


@dataclass(frozen=True, slots=True)
class Opened:
    """One channel's keys, as far as they open."""

    clients: Mapping[int, ChannelClient]
    """By version."""
    problems: Sequence[str]
    """Of versions that do not decrypt: with one of them the channel is not put in."""


def open_versions(desk: ChannelDesk, managed: ManagedChannel, credentials: Sequence[SealedCredential]) -> Opened:
    """Every version of the keys. Changes nothing: it may run on a thread."""
    problems: list[str] = []
    clients: dict[int, ChannelClient] = {}
    for credential in credentials:
        try:
            account = unseal(_ring(desk), credential)
            clients[credential.version] = desk.workshop.open(managed.channel, account)
        except SealBroken as broken:
            problems.append(f"channel {managed.channel_id}, version {credential.version} of its keys: {broken}")
        except AccountProblem as problem:
            log.error(
                "managed_channel_unusable",
                channel_id=managed.channel_id,
                version=credential.version,
                problems=problem.problems,
            )
    return Opened(clients, problems)


def install_managed(desk: ChannelDesk, managed: ManagedChannel, opened: Opened) -> None:
    """From now on routing sees the channel as it is here; one whose newest keys do not open stays as it was, or out."""
    desk.revisions[managed.channel_id] = managed.revision
    if managed.channel.version in opened.clients and not opened.problems:
        desk.workshop.install(managed.channel, opened.clients)


def _ring(desk: ChannelDesk) -> KeyRing:
    if desk.key_ring is None:
        raise SealBroken("no master key / 没有主密钥")
    return desk.key_ring


async def reseal_all(desk: ChannelDesk) -> int:
    """Seal everything that an older master key seals with the newest one. How many versions that were.

    Raises SealBroken, with nothing changed, when one does not open.
    """
    ring = _ring(desk)
    old = [one for one in await desk.store.credentials() if one.key_id != ring.newest.key_id]
    await desk.store.reseal([(one.key_id, sealed_anew(ring, one)) for one in old])
    return len(old)
