"""The commands of the laboratory. What each does is imported only when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_lab = typer.Typer(help="实验室: routing experiments", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Adds `lab ...`."""
    app.add_typer(_lab, name="lab")


_Jobs = Annotated[int, typer.Option(help="Processes at once. 并行进程数", min=1, max=64)]
_Minutes = Annotated[float, typer.Option(help="Length of a world, warm-up apart. 每个世界的分钟数", min=1, max=600)]
_Json = Annotated[Path | None, typer.Option("--json", help="Also write the result to this file. JSON 结果")]


@_lab.command("compare", short_help="对比: our router beside the published ones")
def compare(
    scenarios: Annotated[
        str, typer.Option(help="Names with commas, `main` (four) or `all`; see `payswitch lab scenarios`. 场景")
    ] = "main",
    policies: Annotated[str, typer.Option(help="Names with commas, or `all`. 路由策略")] = "all",
    seeds: Annotated[str, typer.Option(help="One world per seed: 100-129, or 100,105-110. 随机种子")] = "100-129",
    minutes: _Minutes = 20,
    jobs: _Jobs = 2,
    json_file: _Json = None,
    plot: Annotated[Path | None, typer.Option(help="Also draw final success into this .svg file. 图")] = None,
) -> None:
    """对比: every router meets the same customers, the same outages and the same luck, in as many worlds as seeds.

    Ours is the production router through its own interface; the published ones are re-implemented from their
    descriptions and tuned on other seeds; the oracles read the truth. All figures with 95 % intervals over the worlds,
    differences paired world by world. What stands behind each: docs/reference/lab.md

    \b
    Examples / 示例:
      payswitch lab compare --seeds 100-103 --minutes 10
      payswitch lab compare --scenarios severe,flapping --policies payswitch,d-ts,oracle --json severe.json
      payswitch lab compare --scenarios all --json result.json --plot result.svg
    """
    from payswitch.entry.cli.lab_command import compare as run

    run(
        scenarios=scenarios,
        policies=policies,
        seeds=seeds,
        minutes=minutes,
        jobs=jobs,
        json_file=json_file,
        plot=plot,
    )


@_lab.command("show", short_help="查看: a stored result again")
def show(
    file: Annotated[Path, typer.Argument(help="Written by `lab compare --json`. 结果文件", metavar="RESULT.json")],
    markdown: Annotated[bool, typer.Option("--markdown", help="As Markdown, for a document. 输出 Markdown")] = False,
) -> None:
    """查看: the tables of a comparison that was stored, without playing it again.

    \b
    Examples / 示例:
      payswitch lab show result.json
      payswitch lab show result.json --markdown > figures.md
    """
    from payswitch.entry.cli.lab_command import show_again

    show_again(file, markdown=markdown)


@_lab.command("scenarios", short_help="场景与策略: what can be compared")
def scenarios() -> None:
    """场景与策略: the kinds of world, and the routers with their parameters."""
    from payswitch.entry.cli.lab_command import show_list

    show_list()


@_lab.command("tune", short_help="调参: the published routers' parameters")
def tune(
    policies: Annotated[str, typer.Option(help="Names with commas, or `all`. 路由策略")] = "all",
    seeds: Annotated[str, typer.Option(help="Never the seeds that are compared. 随机种子")] = "1-4",
    minutes: _Minutes = 20,
    jobs: _Jobs = 2,
    json_file: _Json = None,
) -> None:
    """调参: tries each published router's grid of parameters in the four main scenarios and ranks it by final success.

    The best of each stand in src/payswitch/lab/tuned.py; this is how they were found.

    \b
    Examples / 示例:
      payswitch lab tune --policies d-ts,sw-ts --seeds 1-4
    """
    from payswitch.entry.cli.lab_command import tune as run

    run(policies=policies, seeds=seeds, minutes=minutes, jobs=jobs, json_file=json_file)


@_lab.command("replay", short_help="回放: recorded outcomes under another policy")
def replay(
    file: Annotated[Path, typer.Argument(help="CSV or Parquet. 记录文件", metavar="FILE")],
    policy: Annotated[
        list[str] | None,
        typer.Option(help="always:CHANNEL, split:CHANNEL=70,CHANNEL=30, or best; may be repeated. 待评估策略"),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the intervals' resampling. 随机种子", min=0)] = 1,
    json_file: _Json = None,
) -> None:
    """回放: what another policy would have got from the same payments, from recorded choices and their probabilities.

    Three estimates (IPS, SNIPS, doubly robust) with 95 % intervals, and how far the records can bear them. What cannot
    be estimated is refused with the reason. Columns: time_ms, segment, channel, success, propensity; optional
    amount_fen, latency_ms, fee_fen.

    \b
    Examples / 示例:
      payswitch lab replay decisions.csv
      payswitch lab replay decisions.csv --policy always:alipay-main --policy split:wechat-main=80,alipay-main=20
    """
    from payswitch.entry.cli.lab_replay import run

    run(file=file, policies=policy or ["best"], seed=seed, json_file=json_file)
