"""The tour of all channels, the night of one bank and the night at the checkout, run as an operator runs them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from payswitch.connectors.registry import CONNECTORS
from payswitch.drill.chromium import chromium_path
from tests.scenarios.support import COMMAND, processes_of

pytestmark = pytest.mark.slow


def drill(folder: Path, *arguments: str) -> tuple[dict[str, Any], str]:
    """Run it; its JSON, and what a person saw. It must end with status 0 and leave nothing running."""
    result_file = folder / "result.json"
    done = subprocess.run(
        [*COMMAND, "drill", *arguments, "--keep", str(folder / "kept"), "--json", str(result_file)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert processes_of(folder) == []
    return json.loads(result_file.read_text("utf-8")), done.stdout


def test_every_product_of_every_connector_is_paid_and_refunded_and_the_books_agree(tmp_path: Path) -> None:
    result, said = drill(tmp_path, "all-channels")

    toured = {(leg["stop"]["connector"], leg["stop"]["product"]) for leg in result["legs"]}
    known = {(name, product.value) for name, connector in CONNECTORS.items() for product in connector.capabilities}
    assert toured == known, "a product of the registry was not toured"
    assert result["connectors"] >= 7
    assert result["channels"] >= 14
    assert result["paid"] == result["refunded"] == result["stops"]
    assert result["books_equal"] is True
    assert "三账一致" in said


def test_one_banks_outage_takes_out_one_bank(tmp_path: Path) -> None:
    result, said = drill(tmp_path, "one-bank-down", "--payments", "120")

    lines = {(line["bank"], line["phase"]): line for line in result["lines"]}
    ill = lines["icbc", "ill"]
    assert ill["by_card"] == 0, "its customers were debited while it was ill"
    assert result["paid"] == result["payments"], "everybody paid in the end"
    for (bank, phase), line in lines.items():
        if bank != "icbc":
            assert line["by_card"] == line["paid"] == line["orders"], f"{bank} was disturbed {phase}"
    assert result["books_equal"] is True
    assert "其他银行未受影响" in said


def test_a_night_at_the_checkout_in_real_browsers(tmp_path: Path) -> None:
    if chromium_path() is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium, or set CHROMIUM")
    result, said = drill(tmp_path, "checkout-night", "--payments", "8")

    assert result["paid"] == result["shoppers"] == 8
    assert result["error_pages"] == []
    assert result["paid_twice"] == result["paid_twice_told"] == result["paid_twice_refunded"] >= 1
    assert result["books_equal"] is True
    assert "无人看到错误页" in said
