"""`payswitch serve`."""

from __future__ import annotations

from pathlib import Path

import msgspec

from payswitch.drill.processes import obey_parent
from payswitch.entry.cli.terminal import BAD_INPUT, CANNOT_RUN, database_option, fail, require_free_port
from payswitch.settings import Settings, SettingsError, load


def run(*, config: Path, host: str | None, port: int | None, database: str | None) -> None:
    """Read the configuration, then serve until told to stop."""
    obey_parent()
    try:
        settings = with_options(load(config), host=host, port=port, database=database)
        require_free_port(settings.service.host, settings.service.port, "--port")
        _serve(settings)
    except SettingsError as error:
        hint = "`payswitch sandbox --data ./sandbox` writes a working example / 可生成示例配置"
        fail(BAD_INPUT, f"the configuration cannot be used / 配置有误: {config}", [*error.problems, hint])


def _serve(settings: Settings) -> None:
    from payswitch.app import StartProblem
    from payswitch.serving import serve

    try:
        serve(settings)
    except StartProblem as problem:
        fail(CANNOT_RUN, "the service cannot start / 服务无法启动", problem.problems)


def with_options(settings: Settings, *, host: str | None, port: int | None, database: str | None) -> Settings:
    """What the command line says wins over file and environment."""
    service = settings.service
    if host is not None:
        service = msgspec.structs.replace(service, host=host)
    if port is not None:
        service = msgspec.structs.replace(service, port=port)
    if database is not None:
        service = msgspec.structs.replace(service, database=database_option(database))
    return msgspec.structs.replace(settings, service=service)
