"""`payswitch alerts ...`: the commands and their help. Each is imported only when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from payswitch.entry.cli.channels_app import DEFAULT_URL, KeyFile, Url

alerts_app = typer.Typer(
    help="告警: what is wrong, who is told, silences, and whether the robots work",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Merchant = Annotated[str | None, typer.Option(help="Default: the operator's only one. 商户编号")]


@alerts_app.command("list", short_help="what is wrong just now")
def list_alerts(
    history: Annotated[bool, typer.Option("--all", help="Also what is over. 含已恢复")] = False,
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
) -> None:
    """告警列表: one line for each outage, with what was found, since when, and who looks after it."""
    from payswitch.entry.cli.alerts_commands import list_alerts as run

    run(history=history, url=url, key_file=key_file)


@alerts_app.command(short_help="I look after it")
def ack(
    group: Annotated[str, typer.Argument(help="The alert's id, grp_... 告警编号", metavar="ALERT")],
    note: Annotated[str, typer.Option(help="What you do about it. 备注")] = "",
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
) -> None:
    """确认告警: nobody else is woken; you still hear when it is over."""
    from payswitch.entry.cli.alerts_commands import acknowledge

    acknowledge(group, note=note, url=url, key_file=key_file)


@alerts_app.command(short_help="nobody is woken for a while")
def silence(
    subject: Annotated[str, typer.Argument(help="Pattern of what it is about. 对象", metavar="SUBJECT")] = "*",
    minutes: Annotated[int, typer.Option(help="For so long. 时长（分钟）", min=1)] = 60,
    why: Annotated[str, typer.Option(help="Written down. 原因")] = "",
    rule: Annotated[str | None, typer.Option(help="Only of this rule. 仅此规则")] = None,
    merchant: _Merchant = None,
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
) -> None:
    """静默: alerts that fit are written down and shown, and nobody is told.

    \b
    Example / 示例:
      payswitch alerts silence "wechat-*" --minutes 120 --why "渠道升级"
    """
    from payswitch.entry.cli.alerts_commands import make_silence

    make_silence(subject, minutes=minutes, why=why, rule=rule, merchant=merchant, url=url, key_file=key_file)


@alerts_app.command(short_help="what is looked at, and from where it speaks")
def rules(merchant: _Merchant = None, url: Url = DEFAULT_URL, key_file: KeyFile = None) -> None:
    """告警规则: every rule, whether it is on, and its thresholds."""
    from payswitch.entry.cli.alerts_commands import show_rules

    show_rules(merchant=merchant, url=url, key_file=key_file)


@alerts_app.command(short_help="who is told")
def receivers(url: Url = DEFAULT_URL, key_file: KeyFile = None) -> None:
    """接收人: in which turn, and whether their last messages arrived."""
    from payswitch.entry.cli.alerts_commands import show_receivers

    show_receivers(url=url, key_file=key_file)


@alerts_app.command("test", short_help="does a receiver get its messages?")
def send_test(
    receiver: Annotated[str, typer.Argument(help="The receiver's id. 接收人编号", metavar="RECEIVER")],
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
) -> None:
    """测试接收人: sends a test message now. Exit status 1 when it did not arrive, with what the robot answered."""
    from payswitch.entry.cli.alerts_commands import test

    test(receiver, url=url, key_file=key_file)
