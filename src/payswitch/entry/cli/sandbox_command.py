"""`payswitch sandbox`."""

from __future__ import annotations

import contextlib
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import typer

from payswitch.drill.processes import obey_parent
from payswitch.drill.station import API_KEY_FILE, LEDGER_FILE, WORLD_FILE, Station, prepare, write_config
from payswitch.entry.cli.terminal import BAD_INPUT, CANNOT_RUN, database_option, fail, require_free_port, run_async

HOST = "127.0.0.1"
"""Loopback only: a sandbox pays out to whoever asks."""


def run(
    *,
    folder: Path,
    port: int,
    service_port: int,
    notify_url: str | None,
    seed: int,
    notify_time_scale: float,
    write: bool,
    database: str | None,
) -> None:
    """Open the folder (making keys on the first start), say what to do next, serve until told to stop."""
    obey_parent()
    require_free_port(HOST, port, "--port")
    station = _open(folder, f"http://{HOST}:{port}", None if database is None else database_option(database))
    require_free_port(HOST, urlsplit(station.world.base_url_tls).port or 443, f"another --port than {port}")
    if write:
        _offer_config(station, f"http://{HOST}:{service_port}", notify_url)
    from payswitch.sandbox.core import Settings
    from payswitch.sandbox.server import run as run_sandbox

    settings = Settings(notify_time_scale=notify_time_scale)

    async def work() -> None:
        await run_sandbox(station.world, host=HOST, port=port, seed=seed, data=folder / LEDGER_FILE, settings=settings)

    with contextlib.suppress(KeyboardInterrupt):
        run_async(work)


def _open(folder: Path, url: str, database: str | None) -> Station:
    try:
        return prepare(folder, url, database)
    except msgspec.MsgspecError as error:
        hint = f"Delete {folder / WORLD_FILE} to have new keys made, or give another folder with --data"
        fail(BAD_INPUT, f"{folder / WORLD_FILE} is not readable / 沙箱密钥文件无法读取", [str(error), hint])
    except OSError as error:
        title = f"cannot use the folder {folder} / 无法使用该目录: {error.strerror}"
        fail(CANNOT_RUN, title, ["Give another one with --data"])


def _offer_config(station: Station, service_url: str, notify_url: str | None) -> None:
    config = station.config
    if not config.exists():
        write_config(station, service_url=service_url, notify_url=notify_url)
    elif station.world.base_url not in config.read_text("utf-8"):
        typer.echo(
            f"note / 注意: {config} names another sandbox address than {station.world.base_url}; "
            "delete it to have it written anew / 如需更新请先删除该文件"
        )
    typer.echo(f"sandbox / 沙箱       {station.world.base_url}/wallet")
    typer.echo(f"mutual TLS / 双向   {station.world.base_url_tls}")
    typer.echo(f"channels / 渠道      {', '.join(station.channel_ids)}")
    typer.echo(f"API key / API 密钥   {station.folder / API_KEY_FILE}")
    typer.echo(f"next / 下一步        payswitch serve --config {config}")
