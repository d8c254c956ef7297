"""The `[console]` table: whether people may sign in, and for how long."""

from __future__ import annotations

from typing import Annotated

import msgspec

from payswitch.kit.durations import HOUR_MS
from payswitch.services.people.people_desk import SessionTimes


class ConsoleSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The session's cookie is `Secure` when [service] public_url begins with https: there is no switch for that."""

    enabled: bool = True
    """False: nobody signs in; operators' keys work all the same."""
    idle_hours: Annotated[int, msgspec.Meta(ge=1, le=168)] = 12
    """A session that is not used for so long has ended."""
    session_days: Annotated[int, msgspec.Meta(ge=1, le=30)] = 7
    """After so long everybody signs in again."""

    def session_times(self) -> SessionTimes:
        return SessionTimes(idle_ms=self.idle_hours * HOUR_MS, whole_ms=self.session_days * 24 * HOUR_MS)
