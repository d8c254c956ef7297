"""The sandbox is killed and starts again on the same file: trades go on where they were."""

from __future__ import annotations

from pathlib import Path

from tests.sandbox.alipay.conftest import START_MS

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.alipay.terms import RefundTerms, Terms
from payswitch.sandbox.alipay.trades import Trades, TradeStatus, trade_no
from payswitch.sandbox.ledger import Ledger

NOTIFY_URL = "http://shop.example/notify"


def _terms(out_trade_no: str) -> Terms:
    return Terms(out_trade_no=out_trade_no, amount_fen=1_000, subject="书", product="precreate", notify_url=NOTIFY_URL)


def test_scanned_paid_and_refunded_trades_survive(tmp_path: Path) -> None:
    clock = ManualClock(START_MS)
    ledger = Ledger(clock, tmp_path / "ledger.sqlite")
    trades = Trades(ledger, clock, "alipay-main", ("alipay",))
    unscanned, scanned, paid = (trades.create(_terms(number)) for number in ("U", "S", "P"))
    for order in (scanned, paid):
        trades.scan(order)
    ledger.pay(paid, transaction_id=trade_no(paid), payer="小明", wallet="alipay")
    refund = RefundTerms(out_trade_no="P", trade_no=None, amount_fen=400, out_request_no="R1")
    trades.refund(refund)
    ledger.close_file()

    clock.advance(seconds=60)
    reopened = Ledger(clock, tmp_path / "ledger.sqlite")
    trades = Trades(reopened, clock, "alipay-main", ("alipay",))
    assert trades.find("U", None) is None
    code = reopened.find_by_credential(unscanned.credential)
    assert code is not None
    trades.scan(code)
    for number, status in (
        ("U", TradeStatus.WAIT_BUYER_PAY),
        ("S", TradeStatus.WAIT_BUYER_PAY),
        ("P", TradeStatus.TRADE_SUCCESS),
    ):
        found = trades.find(number, None)
        assert found is not None
        assert trades.status(found) is status
        assert trades.find(None, trade_no(found)) is found
    _, _, moved = trades.refund(refund)
    assert not moved, "the request number is remembered"
    reopened.close_file()
