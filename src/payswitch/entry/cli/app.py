"""The commands and their help. What each does stands in a module of its own, imported only when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from payswitch.entry.cli import bills_app, connector_app, database_app, lab_app, policy_app, report_app, user_app
from payswitch.entry.cli.alerts_app import alerts_app
from payswitch.entry.cli.channels_app import KeyFile, channels_app

_HELP = """
PaySwitch 支付路由: when a payment channel falls sick, no order is lost.

\b
First look / 先看看:
  payswitch demo                      service + sandbox + shoppers + outages, in one command
  payswitch drill outage-night        the night of the story, with one channel and with five
Run it / 运行:
  payswitch sandbox --data ./sandbox  channels to practise on; writes a configuration
  payswitch serve --config ./sandbox/payswitch.toml
  payswitch db check                  is the database there, has it the schema of this version
  payswitch user add NAME --role owner    who may sign in to the console; prints a link
When something is wrong / 出了问题:
  payswitch alerts list               what is wrong just now, and who looks after it
  payswitch alerts test RECEIVER      does the robot get its messages?
The morning after / 次日对账:
  payswitch reconcile --date 2026-11-11   bills against our books, every difference named
  payswitch audit                     do all invariants hold?
Decide how it routes / 路由策略:
  payswitch policy simulate m-1@5     what a draft would have done last week
  payswitch explain PAYMENT           why a payment went where it went
Add a channel family / 新增连接器:
  payswitch connectors list           what there is, and how far it can be relied on
  payswitch new-connector xpay        a folder with tests that say what to write next
Is the routing any good? / 路由好不好:
  payswitch lab compare               our router beside the published ones, in the same worlds

\b
Exit status / 退出码:
  0  done; for a drill: nothing was lost and the books agree
  1  the drill found a loss, or books that differ
  2  bad input: options, scenario or configuration (the message says where and how to mend it)
  3  could not run: port taken, a process died, a file cannot be written
  130  interrupted
"""

app = typer.Typer(
    help=_HELP, no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
)

_Seed = Annotated[int, typer.Option(help="Same seed, same shoppers, same faults. 随机种子", min=0)]
_Port = Annotated[int, typer.Option(help="Port of the service. 服务端口", min=1, max=65535)]
_Database = Annotated[
    str | None, typer.Option(help="A SQLite file, or postgresql://user@host/database. 数据库", metavar="FILE|URL")
]
_SandboxPort = Annotated[int, typer.Option(help="Port of the sandbox. 沙箱端口", min=1, max=65535)]


@app.command(short_help="演示: everything at once, with outages")
def demo(
    for_s: Annotated[
        float | None, typer.Option("--for", help="End by itself after so many seconds, with a summary. 运行秒数", min=1)
    ] = None,
    data: Annotated[
        Path, typer.Option(help="Folder for keys, database and ledger; kept for the next start. 数据目录")
    ] = Path("data/demo"),
    port: _Port = 8080,
    sandbox_port: _SandboxPort = 8090,
    rate: Annotated[float, typer.Option(help="Payments per minute. 每分钟支付笔数", min=1, max=6000)] = 150,
    seed: _Seed = 1,
    database: _Database = None,
) -> None:
    """演示: watch payments, a channel dying, traffic moving, customers paying, the shop being told.

    Starts a service, a sandbox of seventeen channels and simulated shoppers in one process tree; about once a minute a
    channel falls ill. Ctrl-C ends everything. If a port is taken, a free one is used and printed.

    \b
    Examples / 示例:
      payswitch demo
      payswitch demo --for 90 --rate 300
    """
    from payswitch.entry.cli.demo_command import run

    run(folder=data, port=port, sandbox_port=sandbox_port, per_minute=rate, seed=seed, for_s=for_s, database=database)


@app.command(short_help="服务: run the payment switch")
def serve(
    config: Annotated[Path, typer.Option(help="Configuration file (TOML). 配置文件")] = Path("payswitch.toml"),
    host: Annotated[str | None, typer.Option(help="Instead of [service] host. 监听地址")] = None,
    port: Annotated[int | None, typer.Option(help="Instead of [service] port. 监听端口", min=1, max=65535)] = None,
    database: _Database = None,
) -> None:
    """服务: run the payment switch with this configuration until Ctrl-C or SIGTERM.

    Every setting of the [service] table can also be given as PAYSWITCH_<NAME>, e.g. PAYSWITCH_LOG_LEVEL=debug;
    options win over the environment, the environment over the file.

    \b
    Examples / 示例:
      payswitch sandbox --data ./sandbox     (in another terminal; writes the configuration)
      payswitch serve --config ./sandbox/payswitch.toml
      payswitch serve --config /etc/payswitch/payswitch.toml --host 0.0.0.0 --port 8000
      payswitch serve --database postgresql://payswitch@db.internal/payswitch
    """
    from payswitch.entry.cli.serve_command import run

    run(config=config, host=host, port=port, database=database)


@app.command(short_help="沙箱: channels to practise on")
def sandbox(
    data: Annotated[Path, typer.Option(help="Folder for keys, ledger and configuration. 数据目录")] = Path("sandbox"),
    port: _SandboxPort = 8090,
    service_port: Annotated[
        int, typer.Option(help="Port written into the configuration for `serve`. 服务端口", min=1, max=65535)
    ] = 8080,
    notify_url: Annotated[
        str | None, typer.Option(help="Where the shop receives events; none: read them by API. 商户通知地址")
    ] = None,
    seed: _Seed = 1,
    notify_time_scale: Annotated[
        float, typer.Option(help="Multiplies the channels' notification retry gaps. 通知重试间隔倍率", min=0.001, max=1)
    ] = 1.0,
    write_config: Annotated[
        bool, typer.Option("--config/--no-config", help="Write DATA/payswitch.toml if it is not there. 写配置文件")
    ] = True,
    database: _Database = None,
) -> None:
    """沙箱: seventeen channels over seven connectors that speak the real wire protocols, on this machine.

    On the first start it makes keys, a shop and its API key, and a configuration for `payswitch serve`. Faults are
    set over HTTP; the wallet page lets you pay by hand.

    \b
    Examples / 示例:
      payswitch sandbox --data ./sandbox
      curl -X PUT localhost:8090/_sandbox/faults -d '{"faults": [{"account": "wechat-main", "kind": "hang"}]}'
      curl -X DELETE localhost:8090/_sandbox/faults
    """
    from payswitch.entry.cli.sandbox_command import run

    run(
        folder=data,
        port=port,
        service_port=service_port,
        notify_url=notify_url,
        seed=seed,
        notify_time_scale=notify_time_scale,
        write=write_config,
        database=database,
    )


_Config = Annotated[Path, typer.Option(help="Configuration file (TOML). 配置文件")]

app.add_typer(channels_app, name="channels")
app.add_typer(alerts_app, name="alerts")


@app.command("master-key", short_help="主密钥: print a new one, or re-encrypt with it")
def master_key(
    reencrypt: Annotated[
        bool, typer.Option("--reencrypt", help="Seal all stored keys with the newest master key. 用新主密钥重新加密")
    ] = False,
    config: _Config = Path("payswitch.toml"),
) -> None:
    """主密钥: encrypts the keys of channels that are managed over the API.

    To change it: put the new key before the old one (PAYSWITCH_MASTER_KEY="NEW OLD", or as first line of the file),
    stop the service, run --reencrypt, take the old key out, start the service. Keep a copy elsewhere: without it the
    stored keys are lost.

    \b
    Examples / 示例:
      (umask 077; payswitch master-key > master.key)
      payswitch master-key --reencrypt --config payswitch.toml
    """
    from payswitch.entry.cli.master_key_command import print_new, run_reencrypt

    if reencrypt:
        run_reencrypt(config=config)
    else:
        print_new()


connector_app.register(app)
database_app.register(app)
bills_app.register(app)
policy_app.register(app)
user_app.register(app)
lab_app.register(app)
report_app.register(app)


@app.command(short_help="体检: would every channel work?")
def doctor(
    config: _Config = Path("payswitch.toml"),
    online: Annotated[
        bool, typer.Option("--online/--offline", help="Ask each channel about a number that never existed. 联机检查")
    ] = True,
    orders: Annotated[
        bool,
        typer.Option("--orders", help="Also make an order that nobody sees and close it: finds a wrong app id. 试下单"),
    ] = False,
    url: Annotated[
        str | None, typer.Option(help="Of a running service: its admin-managed channels, too. 服务地址")
    ] = None,
    key_file: KeyFile = None,
) -> None:
    """体检: keys, certificates and every channel's answer, with what is wrong and how to mend it.

    Moves no money, and makes no order unless told to. Exit status 1 if a channel would not work.

    \b
    Examples / 示例:
      payswitch doctor --config play/payswitch.toml
      payswitch doctor --config payswitch.toml --offline
      PAYSWITCH_OPERATOR_KEY=... payswitch doctor --url http://127.0.0.1:8080 --orders
    """
    from payswitch.entry.cli.doctor_command import run

    run(config=config, online=online, orders=orders, url=url, key_file=key_file)


@app.command(short_help="演练: a scripted night, measured")
def drill(
    scenario: Annotated[
        str | None, typer.Argument(help="A built-in scenario, or the path of a .yaml file. 场景", metavar="SCENARIO")
    ] = None,
    payments: Annotated[
        int | None, typer.Option(help="How many payments per run; default: the scenario's. 支付笔数", min=1)
    ] = None,
    seed: _Seed = 1,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write the result to this file ('-': to stdout). JSON 结果")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Keep databases, ledgers and logs in this folder. 保留数据目录")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            help="A PostgreSQL server instead of SQLite files: each run makes a database on it and drops it. 数据库",
            metavar="URL",
        ),
    ] = None,
    list_scenarios: Annotated[bool, typer.Option("--list", help="List the built-in scenarios. 列出场景")] = False,
) -> None:
    """演练: a scripted night, end to end, run twice: with one channel, and with switching.

    Starts real processes, sends shoppers with wallets and patience, makes channels ill, waits until every payment
    has ended, and compares three books: ours, the channels', and what the shop was told. Exit status 0 only if
    nothing was lost and all books agree. Scenario files: docs/reference/scenarios.md

    \b
    Examples / 示例:
      payswitch drill outage-night
      payswitch drill outage-night --payments 200 --seed 7 --json result.json
      payswitch drill ./my-night.yaml --keep ./my-night-data
      payswitch drill outage-night --database postgresql://postgres@127.0.0.1/postgres
    """
    from payswitch.entry.cli import drill_command

    if list_scenarios:
        drill_command.show_list()
        return
    drill_command.run(
        scenario=scenario, payments=payments, seed=seed, json_file=json_file, keep=keep, database=database
    )


@app.command(short_help="版本: print the version")
def version() -> None:
    """版本: print the version, and whether routing runs as machine code (`make compiled`)."""
    from payswitch import __version__
    from payswitch.routing.build import is_machine_code

    typer.echo(f"payswitch {__version__}{', routing as machine code' if is_machine_code() else ''}")
