"""`payswitch policy simulate`: what a version would have done, as tables, and how far that can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from payswitch.entry.cli.admin_client import AdminClient
from payswitch.entry.cli.policy_commands import POLICIES, find


def run(word: str, *, days: int, url: str, key_file: Path | None) -> None:
    client = AdminClient(url, key_file)
    version = find(client, word)
    found = client.call("POST", f"{POLICIES}/{version['policy_id']}/simulate", {"days": days})
    console = Console(highlight=False)
    console.print(f"[bold]{escape(version['name'])}[/]  {found['since'][:16]}Z .. {found['until'][:16]}Z")
    for line in _told(found):
        console.print(f"  {line}")
    if not found["replayed"]:
        return
    shares = Table("渠道 channel", "现在 before", "草案 after", box=None)
    for one in found["shares"]:
        shares.add_row(escape(one["channel_id"]), f"{one['before']:.1%}", f"{one['after']:.1%}")
    console.print(shares)
    if found["rules"]:
        rules = Table("规则 rule", "现在 before", "草案 after", box=None)
        for one in found["rules"]:
            rules.add_row(escape(one["rule"]), str(one["before"]), str(one["after"]))
        console.print(rules)
    for line in _estimates(found):
        console.print(f"  {line}")


def _told(found: dict[str, Any]) -> Iterator[str]:
    if found["looked_at"] < found["recorded"]:
        yield (
            f"只重放最新的 {found['looked_at']:,} 笔决策（共 {found['recorded']:,}） / only the newest "
            f"{found['looked_at']:,} of {found['recorded']:,} decisions were replayed"
        )
    yield (
        f"重放首次决策 {found['replayed']:,} · 后续轮次 {found['later_rounds']:,} · 未记录事实 "
        f"{found['without_facts']:,} / first decisions replayed, later rounds, without recorded facts"
    )
    if not found["replayed"]:
        yield "没有可重放的决策 / nothing to replay yet"
        return
    yield (
        f"现行策略重现了 {found['repeated'] / found['replayed']:.1%} 的首选：偏差同样影响下列数字 / the policy in "
        "force repeats so many first choices in the replay; what follows is as exact as that"
    )
    yield (
        f"改走其他渠道 {found['elsewhere']:,.0f}（{found['elsewhere'] / found['replayed']:.1%}）· 无渠道可用 "
        f"{found['nowhere']:,} / payments that would begin elsewhere, and nowhere"
    )


def _estimates(found: dict[str, Any]) -> Iterator[str]:
    for name, recorded, estimate in (
        ("成功率 success", found["paid_share"], found["paid_estimate"]),
        ("费率 fee", found["fee_share"], found["fee_estimate"]),
    ):
        if recorded is None or estimate["snips"] is None:
            yield f"{name}: 无法估计 / cannot be estimated: no recorded outcome that the draft could have had"
            continue
        yield (
            f"{name}: 现在 {recorded:.2%} → 草案 {estimate['snips']:.2%} "
            f"[{estimate['low']:.2%}, {estimate['high']:.2%}] (SNIPS; IPS {estimate['ips']:.2%}; "
            f"{estimate['outcomes']:,} 笔 outcomes, ESS {estimate['effective']:,.0f}, "
            f"支持 support {estimate['support']:.1%})"
        )
        if not estimate["reliable"]:
            yield (
                "    [yellow]不可靠：有效样本不足 100，或草案的选择有 5 % 以上从未记录 / not reliable: fewer than 100 "
                "effective outcomes, or more than 5 % of the draft's choices were never made[/]"
            )
