"""What an operator reads in the logs, and what must never stand there."""

from __future__ import annotations

import json

import pytest
import structlog

from payswitch.kit import logs


def refund_with(api_v3_key: str, openid: str) -> None:
    raise RuntimeError(f"the channel hung up after {len(api_v3_key) + len(openid)} bytes")


def test_a_traceback_names_the_place_but_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    try:
        refund_with("0123456789abcdef0123456789abcdef", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
    except RuntimeError as failure:
        logs.get_logger(__name__).error("request_failed", exc_info=failure)
    finally:
        structlog.reset_defaults()

    line = capsys.readouterr().err
    told = json.loads(line)["exception"][0]
    assert told["exc_type"] == "RuntimeError"
    assert told["frames"][-1]["name"] == "refund_with"
    assert "0123456789abcdef" not in line
    assert "oUpF8uMuAJO" not in line
