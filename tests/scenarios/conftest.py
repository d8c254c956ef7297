from __future__ import annotations

import pytest

from payswitch.drill.ports import free_port
from payswitch.drill.station import Station, prepare


@pytest.fixture(scope="session")
def drill_keys(tmp_path_factory: pytest.TempPathFactory) -> Station:
    """The sandbox's keys, made once: that takes longer than a short drill's traffic."""
    return prepare(tmp_path_factory.mktemp("drill-keys"), f"http://127.0.0.1:{free_port()}")
