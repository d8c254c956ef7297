"""The sandbox's interface for faults (`/_sandbox/faults`, `/_sandbox/accounts`), for the console's fault panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

import aiohttp
import msgspec

from payswitch.domain.errors import SANDBOX_AWAY, PaySwitchError
from payswitch.domain.illness import FaultSeen, SandboxWorld

TIMEOUT_S: Final = 3.0
T = TypeVar("T")


class _Faults(msgspec.Struct, frozen=True):
    faults: list[FaultSeen]


class SandboxControl:
    """Implements `services.channels.fault_panel.SandboxControl`.

    A connection per call: it is asked when a person presses.
    """

    def __init__(self, base_url: str) -> None:
        self._url = base_url.rstrip("/") + "/_sandbox"

    async def world(self) -> SandboxWorld:
        return await self._ask("GET", "/accounts", SandboxWorld)

    async def faults(self) -> Sequence[FaultSeen]:
        return (await self._ask("GET", "/faults", _Faults)).faults

    async def set_faults_of(self, account: str, faults: Sequence[Mapping[str, object]]) -> None:
        await self._ask("PUT", f"/faults/{account}", _Faults, {"faults": [dict(fault) for fault in faults]})

    async def _ask(self, method: str, path: str, wanted: type[T], value: object = None) -> T:
        body = None if value is None else msgspec.json.encode(value)
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
                session.request(method, self._url + path, data=body, allow_redirects=False) as answer,
            ):
                said = await answer.read()
                if answer.status != 200:
                    text = said[:200].decode("utf-8", "replace")
                    raise PaySwitchError(SANDBOX_AWAY, f"HTTP {answer.status}: {text}", f"HTTP {answer.status}: {text}")
                return msgspec.json.decode(said, type=wanted)
        except (aiohttp.ClientError, OSError, TimeoutError, msgspec.MsgspecError) as error:
            raise PaySwitchError(
                SANDBOX_AWAY, "is `payswitch sandbox` running there?", "请确认该地址上 payswitch sandbox 正在运行"
            ) from error
