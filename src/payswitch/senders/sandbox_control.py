"""The sandbox's interface for faults (`/_sandbox/faults`), for the console's fault panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import aiohttp
import msgspec

from payswitch.domain.errors import SANDBOX_AWAY, PaySwitchError
from payswitch.domain.illness import FaultSeen

TIMEOUT_S: Final = 3.0
_SAID_BY_IT: Final = frozenset({"active", "struck"})
"""What a listed fault says beyond what was set."""


class SandboxControl:
    """Implements `services.channels.fault_panel.SandboxControl`.

    A connection per call: it is asked when a person presses.
    """

    def __init__(self, base_url: str) -> None:
        self._url = base_url.rstrip("/") + "/_sandbox/faults"

    async def faults(self) -> Sequence[FaultSeen]:
        return msgspec.convert(await self._listed(), list[FaultSeen])

    async def raw_faults(self) -> list[dict[str, object]]:
        return [
            {name: value for name, value in fault.items() if name not in _SAID_BY_IT and value is not None}
            for fault in await self._listed()
        ]

    async def set_faults(self, faults: Sequence[Mapping[str, object]]) -> None:
        await self._ask("PUT", {"faults": [dict(fault) for fault in faults]})

    async def _listed(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self._ask("GET"))["faults"]
        return found

    async def _ask(self, method: str, value: object = None) -> Any:
        body = None if value is None else msgspec.json.encode(value)
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
                session.request(method, self._url, data=body, allow_redirects=False) as answer,
            ):
                said = await answer.read()
                if answer.status != 200:
                    text = said[:200].decode("utf-8", "replace")
                    raise PaySwitchError(SANDBOX_AWAY, f"HTTP {answer.status}: {text}", f"HTTP {answer.status}: {text}")
                return msgspec.json.decode(said)
        except (aiohttp.ClientError, OSError, TimeoutError, msgspec.DecodeError) as error:
            raise PaySwitchError(
                SANDBOX_AWAY, "is `payswitch sandbox` running there?", "请确认该地址上 payswitch sandbox 正在运行"
            ) from error
