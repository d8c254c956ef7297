"""Where the tests' own PostgreSQL comes from, when none runs: a private one, which is gone afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import postgres_server
from tests.postgres_server import NoServer, elsewhere, installed_binaries, new_database, private_server, why_unusable

from payswitch.storage.postgres.upgrading import upgrade


@pytest.mark.slow
def test_a_private_server_is_started_and_leaves_nothing() -> None:
    binaries = installed_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL binaries are installed here")

    with private_server(binaries) as address:
        assert why_unusable(address) == ""
        with new_database(address) as database:
            assert elsewhere(upgrade(database)) is True

    assert "Connect" in why_unusable(address)


def test_a_named_server_that_cannot_be_used_is_an_error_and_no_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(postgres_server.VARIABLE, "postgresql://postgres@127.0.0.1:1/postgres")

    with pytest.raises(RuntimeError, match="cannot be used"), postgres_server.running_server():
        pass


def test_without_any_way_to_a_server_the_reason_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(postgres_server.VARIABLE, raising=False)
    monkeypatch.setattr(postgres_server, "on_the_default_port", lambda: None)
    monkeypatch.setattr(postgres_server, "installed_binaries", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))  # no apt-get either

    with pytest.raises(NoServer, match="nothing was tested against PostgreSQL"), postgres_server.running_server():
        pass
