"""What tests of every folder may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.postgres_server import NoServer, new_database, running_server

settings.register_profile("repeatable", derandomize=True)
settings.register_profile("exploring", derandomize=False)
settings.load_profile("repeatable")
"""The same code gets the same answer, today and on every machine: a change is never refused for an input that it has
nothing to do with. New inputs are looked for on purpose (`make explore`), and what they find stays as a story."""


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
