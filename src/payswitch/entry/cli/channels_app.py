"""`payswitch channels ...`: the commands and their help. What each does is imported only when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

channels_app = typer.Typer(
    help="渠道: what is configured, and managing it over a running service's admin API",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Url = Annotated[
    str, typer.Option(envvar="PAYSWITCH_URL", help="Address of the running service. 服务地址", show_envvar=True)
]
KeyFile = Annotated[
    Path | None,
    typer.Option(help="File with the operator's key; or set PAYSWITCH_OPERATOR_KEY. 运营密钥文件"),
]
_Id = Annotated[str, typer.Argument(help="The channel's id. 渠道编号", metavar="CHANNEL")]
DEFAULT_URL = "http://127.0.0.1:8080"


@channels_app.command("list", short_help="what is configured")
def list_channels(
    config: Annotated[Path, typer.Option(help="Configuration file (TOML). 配置文件")] = Path("payswitch.toml"),
    url: Annotated[
        str | None, typer.Option(help="Ask this running service instead of reading the file. 服务地址")
    ] = None,
    key_file: KeyFile = None,
) -> None:
    """渠道列表: every channel with its products, tier and fee. Keys are not shown.

    \b
    Examples / 示例:
      payswitch channels list --config payswitch.toml       (offline: what the file declares)
      payswitch channels list --url http://127.0.0.1:8080   (what the service has, admin-managed ones too)
    """
    if url is None:
        from payswitch.entry.cli.channel_commands import list_declared

        list_declared(config=config)
        return
    from payswitch.entry.cli.channel_commands import list_served

    list_served(url=url, key_file=key_file)


@channels_app.command(short_help="one channel with its keys' fingerprints and certificates")
def show(channel: _Id, url: Url = DEFAULT_URL, key_file: KeyFile = None) -> None:
    """查看渠道: settings, state, and for each version of its keys names, fingerprints and certificates. No secrets."""
    from payswitch.entry.cli.channel_commands import show_channel

    show_channel(channel, url=url, key_file=key_file)


@channels_app.command(short_help="a new channel from a file")
def create(
    file: Annotated[Path, typer.Argument(help="TOML or YAML with the channel's table. 渠道配置文件", metavar="FILE")],
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
) -> None:
    """新建渠道: from a file in the shape of the [[channels]] table, `account.<key>_file` entries included.

    It begins as a draft: test it, then enable it.

    \b
    Example / 示例:
      payswitch channels create wechat.toml
    """
    from payswitch.entry.cli.channel_edits import create_from_file

    create_from_file(file, url=url, key_file=key_file)


@channels_app.command(short_help="new settings")
def update(
    channel: _Id,
    settings: Annotated[
        list[str],
        typer.Option("--set", help="name=value, as in TOML; `none` takes a limit away. 可重复", metavar="NAME=VALUE"),
    ],
    revision: Annotated[
        int | None, typer.Option(help="Only if the channel still has this revision. 仅当版本号相符")
    ] = None,
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
) -> None:
    """修改渠道设置: in force at once; what is not named stays as it is.

    \b
    Examples / 示例:
      payswitch channels update wechat-main --set fee_bp=38 --set daily_cap_fen=none
      payswitch channels update icbc --set 'maintenance=[{start="23:30", end="00:10"}]'
    """
    from payswitch.entry.cli.channel_edits import update_settings

    update_settings(channel, settings, revision=revision, url=url, key_file=key_file)


@channels_app.command(short_help="new keys")
def rotate(
    channel: _Id,
    file: Annotated[
        Path, typer.Argument(help="TOML or YAML with an `account` table. 含 account 表的文件", metavar="FILE")
    ],
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
) -> None:
    """更换密钥: a new version for attempts from now on; earlier ones are queried and refunded with their own keys.

    The file has the whole account: `[account]` alone, or the channel's whole table.
    """
    from payswitch.entry.cli.channel_edits import rotate_from_file

    rotate_from_file(channel, file, url=url, key_file=key_file)


@channels_app.command(short_help="routing may choose it")
def enable(channel: _Id, url: Url = DEFAULT_URL, key_file: KeyFile = None) -> None:
    """启用渠道: routing may choose it from now on."""
    _move(channel, "enable", url, key_file)


@channels_app.command(short_help="no new payments")
def disable(channel: _Id, url: Url = DEFAULT_URL, key_file: KeyFile = None) -> None:
    """停用渠道: no new payments; what it has taken is still verified, queried and refunded."""
    _move(channel, "disable", url, key_file)


@channels_app.command(short_help="disabled for ever")
def retire(channel: _Id, url: Url = DEFAULT_URL, key_file: KeyFile = None) -> None:
    """退役渠道: like disabled, for ever. Disable it first."""
    _move(channel, "retire", url, key_file)


def _move(channel: str, move: str, url: str, key_file: Path | None) -> None:
    from payswitch.entry.cli.channel_edits import move_channel

    move_channel(channel, move, url=url, key_file=key_file)


@channels_app.command("test", short_help="pay 0.01 yuan and get it back")
def pay_a_penny(
    channel: _Id,
    product: Annotated[
        str | None, typer.Option(help="Default: the first that can be paid by scanning. 支付产品")
    ] = None,
    wait_s: Annotated[float, typer.Option("--wait", help="How long to wait for it. 等待秒数", min=0)] = 300,
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
) -> None:
    """测试渠道: shows a code to scan, waits for 0.01 yuan and for its return. Exit status 1 if it did not work."""
    from payswitch.entry.cli.channel_test_command import run

    run(channel, product=product, wait_s=wait_s, url=url, key_file=key_file)


@channels_app.command(short_help="what is wrong with it, and how to mend it")
def check(
    channel: _Id,
    orders: Annotated[
        bool,
        typer.Option("--orders", help="Also make an order that nobody sees and close it: finds a wrong app id. 试下单"),
    ] = False,
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
) -> None:
    """渠道体检: keys, certificates and the channel's own answer. Exit status 1 if it would not work."""
    from payswitch.entry.cli.doctor_command import check_served

    check_served(channel, orders=orders, url=url, key_file=key_file)


@channels_app.command(short_help="who changed it when")
def audit(channel: _Id, url: Url = DEFAULT_URL, key_file: KeyFile = None) -> None:
    """操作审计: who changed the channel when, newest first."""
    from payswitch.entry.cli.channel_commands import show_audit

    show_audit(channel, url=url, key_file=key_file)


@channels_app.command(short_help="how well they do just now")
def quality(
    channel: Annotated[str | None, typer.Argument(help="One channel only. 渠道编号", metavar="CHANNEL")] = None,
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
) -> None:
    """渠道质量: response times, success rates, breakers, limits, certificates and last probes, from a running service.

    \b
    Examples / 示例:
      PAYSWITCH_OPERATOR_KEY=... payswitch channels quality
      payswitch channels quality wechat-main --key-file ./operator-key.txt
    """
    from payswitch.entry.cli.quality_command import run

    run(url=url, key_file=key_file, channel=channel)
