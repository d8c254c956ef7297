"""A PostgreSQL server for the tests: the one that is named, the one that runs, or one that is started for them.

In this order: PAYSWITCH_TEST_POSTGRES_URL; a server on the default port; a private one from installed binaries; as root
on Debian, one installed with apt-get. Else the tests that need one are skipped and say why.
"""

from __future__ import annotations

import asyncio
import glob
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from payswitch.drill.ports import free_port

T = TypeVar("T")

VARIABLE = "PAYSWITCH_TEST_POSTGRES_URL"
DEFAULT_PORT = 5432
UNPRIVILEGED = ("postgres", "nobody")
"""PostgreSQL refuses to run as root: who it runs as then."""


class NoServer(Exception):
    """Why there is none, for the reader of `pytest -ra`."""


@contextmanager
def running_server() -> Iterator[str]:
    """The address of a database on a server where databases may be made. Raises NoServer."""
    named = os.environ.get(VARIABLE)
    if named:
        trouble = why_unusable(named)
        if trouble:
            # Somebody wants these tests: to skip them would hide that they did not run.
            raise RuntimeError(f"{VARIABLE} cannot be used: {trouble}")
        yield named
        return
    found = on_the_default_port()
    if found:
        yield found
        return
    binaries = installed_binaries() or install()
    with private_server(binaries) as address:
        yield address


def on_the_default_port() -> str | None:
    for user in dict.fromkeys(("postgres", pwd.getpwuid(os.getuid()).pw_name)):
        address = f"postgresql://{user}@127.0.0.1:{DEFAULT_PORT}/postgres"
        if not why_unusable(address):
            return address
    return None


def why_unusable(address: str) -> str:
    """Empty when databases can be made there."""

    async def look() -> str:
        connection = await asyncpg.connect(address, timeout=5)
        try:
            may = await connection.fetchval("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            return "" if may else "its user may not create databases"
        finally:
            await connection.close()

    try:
        return elsewhere(look())
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        return f"{type(error).__name__}: {error}"


def installed_binaries() -> Path | None:
    """The folder with initdb and pg_ctl."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/usr/local/*/bin"), reverse=True)
    on_path = shutil.which("pg_ctl")
    if on_path:
        folders.append(str(Path(on_path).resolve().parent))
    for folder in folders:
        if all((Path(folder) / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
            return Path(folder)
    return None


def install() -> Path:
    if os.getuid() != 0 or shutil.which("apt-get") is None:
        raise NoServer(
            f"no PostgreSQL: set {VARIABLE}, start a server on port {DEFAULT_PORT}, or install one (Debian: apt-get "
            "install postgresql); nothing was tested against PostgreSQL"
        )
    # Debian's package would start a server of its own, which nobody asked for.
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "postgresql"]):
        done = subprocess.run(["apt-get", *command], capture_output=True, text=True, env=environment)
        if done.returncode != 0:
            last = (done.stderr or done.stdout).strip().splitlines()[-1:]
            raise NoServer(f"no PostgreSQL, and apt-get could not install it: {' '.join(last)}")
    found = installed_binaries()
    if found is None:
        raise NoServer("apt-get installed PostgreSQL, but initdb and pg_ctl are not where they should be")
    return found


@contextmanager
def private_server(binaries: Path) -> Iterator[str]:
    """A server of our own, gone afterwards. It may forget everything when the machine dies; nobody's test is that."""
    with tempfile.TemporaryDirectory(prefix="payswitch-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        user = _let_run(folder)
        data = str(folder / "data")
        port = free_port()
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=100"
        as_user(user, [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"])
        start = ["-D", data, "-o", options, "-l", folder / "log", "-w", "-t", "60", "start"]
        as_user(user, [binaries / "pg_ctl", *start])
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            as_user(user, [binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])


def _let_run(folder: Path) -> str | None:
    """Who the server runs as; None: as we do."""
    if os.getuid() != 0:
        return None
    for user in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(user)
        except KeyError:
            continue
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        return user
    raise NoServer("PostgreSQL does not run as root, and there is no other user here")


def as_user(user: str | None, command: list[str | Path]) -> None:
    words = [str(word) for word in command]
    entry = pwd.getpwnam(user) if user else None
    done = subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # a pipe would stay open in the server
        stderr=subprocess.DEVNULL,
        cwd="/",
        user=entry.pw_uid if entry else None,
        group=entry.pw_gid if entry else None,
        extra_groups=[] if entry else None,
    )
    if done.returncode != 0:
        raise NoServer(f"`{' '.join(words)}` failed with {done.returncode}")


@contextmanager
def new_database(server: str, encoding: str = "UTF8") -> Iterator[str]:
    """An empty database with a name that nobody else has, dropped afterwards with whoever is still connected."""
    name = f"payswitch_test_{os.getpid()}_{secrets.token_hex(4)}"
    settings = f"ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    elsewhere(run_on(server, f"CREATE DATABASE {name} {settings}"))
    try:
        yield other_database(server, name)
    finally:
        elsewhere(run_on(server, f"DROP DATABASE {name} WITH (FORCE)"))


def other_database(address: str, name: str) -> str:
    """The same server, user and options, another database."""
    base, question, options = address.partition("?")
    return base.rpartition("/")[0] + f"/{name}" + question + options


async def run_on(address: str, statement: str) -> None:
    connection = await asyncpg.connect(address, timeout=30)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def elsewhere(work: Coroutine[Any, Any, T]) -> T:
    """Run it to its end in an event loop of its own, whatever loop this thread is in."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(asyncio.run(work))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
