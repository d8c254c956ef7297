"""`payswitch master-key`: makes a master key, and seals what is stored anew after a change of keys."""

from __future__ import annotations

from pathlib import Path

import typer

from payswitch.entry.cli.channel_commands import load_or_fail
from payswitch.entry.cli.terminal import BAD_INPUT, CANNOT_RUN, fail, run_async
from payswitch.kit.sealing import SealBroken, new_master_key
from payswitch.settings import SettingsError


def print_new() -> None:
    """Only the key, so that it can go straight into a file."""
    typer.echo(new_master_key())


def run_reencrypt(*, config: Path) -> None:
    """With the service stopped: everything that is sealed with an older key, under the newest one."""
    from payswitch.app import StartProblem
    from payswitch.serving import reencrypt

    settings = load_or_fail(config)
    if settings.key_ring is None:
        fail(BAD_INPUT, "no master key is configured / 未配置主密钥", ["set PAYSWITCH_MASTER_KEY or master_key_file"])
    try:
        count = run_async(lambda: reencrypt(settings))
    except StartProblem as problem:
        fail(CANNOT_RUN, "the database cannot be used; stop the service first / 请先停止服务", problem.problems)
    except SettingsError as error:
        fail(BAD_INPUT, f"the configuration cannot be used / 配置有误: {config}", error.problems)
    except SealBroken as broken:
        fail(CANNOT_RUN, "nothing was changed / 未作任何修改", [str(broken)])
    key_id = settings.key_ring.newest.key_id
    typer.echo(
        f"{count} versions of keys were sealed anew with master key {key_id}; older master keys may be taken out now / "
        f"已用主密钥 {key_id} 重新加密 {count} 个版本，可移除旧主密钥"
    )
