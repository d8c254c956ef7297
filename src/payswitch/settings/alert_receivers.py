"""The `[[alert_receivers]]` tables: who hears of alerts, for services whose receivers stand in the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec

from payswitch.domain.alert import Language, Receiver, ReceiverKind, Severity
from payswitch.domain.alert_delivery import OpenReceiver
from payswitch.kit.tables import duplicates, id_problems
from payswitch.senders.alert_addresses import address_problems
from payswitch.settings.key_files import account_with_files


class ReceiverSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One `[[alert_receivers]]` table. Its `repr` shows no address: a robot's address is its key."""

    receiver_id: str
    name: str
    kind: ReceiverKind
    address: dict[str, str]
    """`url`, `secret`, `keyword`; for e-mail `host`, `port`, `security`, `user`, `password`, `from`, `to`. Each may be
    given as `<name>_file`."""
    merchant_ids: frozenset[str] = frozenset()
    least: Severity = Severity.WARNING
    after_minutes: Annotated[int, msgspec.Meta(ge=0, le=1_440)] = 0
    language: Language = Language.ZH

    def __repr__(self) -> str:
        return f"ReceiverSettings({self.receiver_id!r})"

    def receiver(self) -> Receiver:
        fields = {name: getattr(self, name) for name in Receiver.__struct_fields__ if name != "enabled"}
        return Receiver(**fields)

    def problems(self) -> list[str]:
        """What does not make sense."""
        place = f"alert_receivers[{self.receiver_id}]"
        found = id_problems(place, receiver_id=self.receiver_id)
        return found + [f"{place}.address.{text}" for text in address_problems(self.kind, self.address)]


def read_receivers(tables: Sequence[ReceiverSettings], folder: Path, problems: list[str]) -> list[OpenReceiver]:
    """With the files that they name read in. Everything that is wrong is added to `problems`."""
    found = []
    for table in tables:
        place = f"alert_receivers[{table.receiver_id}].address"
        table = msgspec.structs.replace(table, address=account_with_files(table.address, folder, place, problems))
        problems += table.problems()
        found.append(OpenReceiver(table.receiver(), table.address))
    problems += duplicates("alert_receivers", [table.receiver_id for table in tables])
    return found
