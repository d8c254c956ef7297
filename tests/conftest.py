"""What tests of every folder may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres_server import NoServer, new_database, running_server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A server on which tests make databases of their own."""
    try:
        with running_server() as address:
            yield address
    except NoServer as reason:
        pytest.skip(str(reason))


@pytest.fixture
def fresh_postgres(postgres_server: str) -> Iterator[str]:
    """A database without any table, for this test alone."""
    with new_database(postgres_server) as address:
        yield address
