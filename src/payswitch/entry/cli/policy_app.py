"""`payswitch policy ...` and `payswitch explain`: the commands and their help. Each is imported only when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from payswitch.entry.cli.channels_app import DEFAULT_URL, KeyFile, Url

policy_app = typer.Typer(
    help="策略: drafts, what they would change and earn, and which one is in force",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Version = Annotated[str, typer.Argument(help="A version: m-1@5, m-1/tea@2, or its id. 策略版本", metavar="VERSION")]
_File = Annotated[Path, typer.Argument(help="The document, YAML or JSON. 策略文档", metavar="FILE")]
_Merchant = Annotated[str | None, typer.Option(help="Default: the operator's only one. 商户编号")]
_Shop = Annotated[str | None, typer.Option(help="One shop's own differences. 店铺编号")]
_Note = Annotated[str, typer.Option(help="Why, for the log. 备注")]
_Revision = Annotated[int | None, typer.Option(help="Only if the log still has this revision. 仅当版本号相符", min=0)]


@policy_app.command("list", short_help="every version and which are in force")
def list_versions(url: Url = DEFAULT_URL, key_file: KeyFile = None) -> None:
    """策略列表: every version with its state, who wrote it, and since when it is in force."""
    from payswitch.entry.cli.policy_commands import list_versions as run

    run(url=url, key_file=key_file)


@policy_app.command(short_help="one version")
def show(
    version: _Version,
    whole: Annotated[bool, typer.Option("--whole", help="With everything inherited. 合并继承后的完整策略")] = False,
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
) -> None:
    """查看策略: the document as it was written, as YAML; with --whole the policy that follows from it."""
    from payswitch.entry.cli.policy_commands import show_version

    show_version(version, whole=whole, url=url, key_file=key_file)


@policy_app.command(short_help="what is wrong with a document")
def check(
    file: _File,
    config: Annotated[
        Path | None, typer.Option(help="Check names against this configuration, offline. 配置文件")
    ] = None,
    merchant: _Merchant = None,
    shop: _Shop = None,
    url: Annotated[str | None, typer.Option(help="Ask this running service instead. 服务地址")] = None,
    key_file: KeyFile = None,
) -> None:
    """校验策略: every mistake with its place and its fix. Exit status 2 if there is one; writes nothing.

    \b
    Examples / 示例:
      payswitch policy check policy.yaml                          (the document alone)
      payswitch policy check policy.yaml --config payswitch.toml  (and the names in it)
      payswitch policy check tea.yaml --shop tea --url http://127.0.0.1:8080
    """
    from payswitch.entry.cli import policy_checking

    if url is None:
        policy_checking.check_offline(file, config=config, merchant=merchant, shop=shop)
    else:
        policy_checking.check_served(file, merchant=merchant, shop=shop, url=url, key_file=key_file)


@policy_app.command(short_help="a new version from a file")
def draft(
    file: _File,
    merchant: _Merchant = None,
    shop: _Shop = None,
    note: _Note = "",
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
) -> None:
    """新建草稿: checked in full; no payment sees it before it is activated.

    With --shop the file holds only what that shop does otherwise than its merchant.

    \b
    Example / 示例:
      payswitch policy draft policy.yaml --note "双十一"
    """
    from payswitch.entry.cli.policy_commands import draft_from_file

    draft_from_file(file, merchant=merchant, shop=shop, note=note, url=url, key_file=key_file)


@policy_app.command(short_help="what it changes")
def diff(
    version: _Version,
    against: Annotated[
        str | None, typer.Argument(help="Default: what is in force. 对比版本", metavar="AGAINST")
    ] = None,
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
) -> None:
    """对比策略: one line for each field and rule that differs."""
    from payswitch.entry.cli.policy_commands import show_diff

    show_diff(version, against, url=url, key_file=key_file)


@policy_app.command(short_help="what it would have done last week")
def simulate(
    version: _Version,
    days: Annotated[int, typer.Option(help="So many days back. 天数", min=1, max=31)] = 7,
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
) -> None:
    """模拟策略: the recorded payments of the last days under this version: shares, rules, success and fees.

    Success and fees are estimated from recorded propensities, with an interval; where they do not support an estimate,
    it says so.
    """
    from payswitch.entry.cli.policy_simulation_screen import run

    run(version, days=days, url=url, key_file=key_file)


@policy_app.command(short_help="it decides from now on")
def activate(
    version: _Version,
    note: _Note = "",
    revision: _Revision = None,
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
) -> None:
    """激活策略: in force at once."""
    from payswitch.entry.cli.policy_commands import activate_version

    activate_version(version, note=note, revision=revision, url=url, key_file=key_file)


@policy_app.command(short_help="the one before, at once")
def rollback(
    merchant: _Merchant = None,
    shop: _Shop = None,
    to: Annotated[
        int | None, typer.Option(help="Number of an earlier version; 0: what is inherited. 目标版本", min=0)
    ] = None,
    note: _Note = "",
    revision: _Revision = None,
    url: Url = DEFAULT_URL,
    key_file: KeyFile = None,
) -> None:
    """回滚策略: the version that was in force before, or an earlier one, at once."""
    from payswitch.entry.cli.policy_commands import roll_back

    roll_back(merchant=merchant, shop=shop, to=to, note=note, revision=revision, url=url, key_file=key_file)


def register(app: typer.Typer) -> None:
    """Add `policy` and `explain` to the command line."""
    app.add_typer(policy_app, name="policy")

    @app.command(short_help="说明: why a payment went where it went")
    def explain(
        payment: Annotated[str, typer.Argument(help="The payment's id. 支付单号", metavar="PAYMENT")],
        url: Url = DEFAULT_URL,
        key_file: KeyFile = None,
    ) -> None:
        """决策说明: one sentence a line for each decision: why this channel, why not the others, and what came of it.

        With an operator's key (PAYSWITCH_OPERATOR_KEY or --key-file), or with the shop's own in PAYSWITCH_API_KEY.
        """
        from payswitch.entry.cli.explain_command import run

        run(payment, url=url, key_file=key_file)
