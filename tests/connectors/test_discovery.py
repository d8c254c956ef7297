"""A stranger's package brings a connector: it is found by its entry point, or its trouble is told to who wants it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.contract import AccountProblem
from payswitch.connectors.directory import Directory
from payswitch.connectors.registry import CONNECTORS, load_registry
from payswitch.domain.channel import Channel, Product
from payswitch.entry.cli.app import app
from payswitch.kit.clock import SystemClock
from payswitch.kit.ids import SystemIds

GOOD = """
from payswitch.connectors.alipay.connector import AlipayConnector

class Stranger(AlipayConnector):
    name = "{name}"
    title_zh = "外来支付"

CONNECTOR = Stranger()
"""
_numbers = itertools.count(1)
Install = Callable[[str, str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a package with one entry point where Python finds packages, as pip would."""
    monkeypatch.syspath_prepend(tmp_path)

    def put(name: str, module: str, source: str) -> None:
        (tmp_path / f"{module}.py").write_text(source, encoding="utf-8")
        info = tmp_path / f"{module}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.2\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[payswitch.connectors]\n{name} = {module}:CONNECTOR\n")

    return put


def open_one(connector: str) -> None:
    channel = Channel(
        channel_id="c-1",
        merchant_id="m-1",
        connector=connector,
        name="外来",
        products=frozenset({Product.ALIPAY_WAP}),
        upstream="x",
    )
    clock = SystemClock()
    Directory(load_registry()).open(channel, {}, transport=AiohttpTransport(clock=clock), clock=clock, ids=SystemIds())


def test_an_installed_connector_stands_beside_the_built_in_ones(install: Install) -> None:
    install("strangepay", "pkg_good", GOOD.format(name="strangepay"))
    registry = load_registry()
    assert set(registry.connectors) == {*CONNECTORS, "strangepay"}
    assert registry.connectors["strangepay"].title_zh == "外来支付"
    assert registry.broken == {}


@pytest.mark.parametrize(
    ("name", "source", "words"),
    [
        ("strangepay", "raise RuntimeError('no licence')", "cannot be imported: RuntimeError: no licence"),
        ("strangepay", "import there_is_no_such_module", "ModuleNotFoundError"),
        ("strangepay", "x = 1", "cannot be imported: AttributeError"),
        ("strangepay", "CONNECTOR = object()", "lacks name, title_en, title_zh, capabilities, open()"),
        ("strangepay", GOOD.format(name="otherpay"), "calls itself 'otherpay'"),
        ("wechatpay", GOOD.format(name="wechatpay"), "taken by another connector"),
        ("Strange-Pay", GOOD.format(name="Strange-Pay"), "small letters"),
    ],
)
def test_a_broken_one_is_told_and_stops_nobody_else(install: Install, name: str, source: str, words: str) -> None:
    install(name, f"pkg_bad_{next(_numbers)}", source)
    registry = load_registry()
    assert set(registry.connectors) == set(CONNECTORS)
    assert words in registry.broken[name]
    assert "1.2: " in registry.broken[name], "which package it was"


def test_who_wants_the_broken_one_hears_why(install: Install) -> None:
    install("sickpay", "pkg_sick", "raise RuntimeError('no licence')")
    with pytest.raises(AccountProblem, match=r"package pkg_sick 1.2: .*no licence"):
        open_one("sickpay")


def test_a_name_nobody_brought_is_told_with_the_known_ones(install: Install) -> None:
    install("strangepay", "pkg_well", GOOD.format(name="strangepay"))
    with pytest.raises(AccountProblem, match=r"unknown 'nopay'; known: alipay, .*strangepay"):
        open_one("nopay")


def test_the_list_shows_every_level_and_what_is_open() -> None:
    result = CliRunner().invoke(app, ["connectors", "list", "--todo"])
    assert result.exit_code == 0
    for name, connector in CONNECTORS.items():
        assert f"{name}  {connector.title_zh}" in result.output
    assert "third-party-client" in result.output
    assert "simulated" in result.output
    assert "- live: " in result.output


def test_the_list_shows_installed_ones_and_ends_badly_for_a_broken_one(install: Install) -> None:
    install("strangepay", "pkg_shown", GOOD.format(name="strangepay"))
    install("sickpay", "pkg_sick_too", "raise RuntimeError('no licence')")
    result = CliRunner().invoke(app, ["connectors", "list"])
    assert result.exit_code == 1
    assert "strangepay  外来支付" in result.output
    assert "level unknown" in result.output, "it has no quality.toml"
    assert "sickpay: package pkg_sick_too 1.2: " in result.output
