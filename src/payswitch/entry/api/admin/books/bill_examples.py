"""Examples of reconciliations for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from payswitch.entry.api.examples import one

_BREAK: dict[str, Any] = {
    "break_id": "brk_5f2c9a0e1b7d4c3a8e6f0b1d",
    "channel_id": "wechat-main",
    "date": "2026-11-11",
    "kind": "payment_missing_there",
    "title": "paid here, not in the bills",
    "title_zh": "本系统已入账，渠道账单无此笔",
    "channel_order_no": "01HF8Q0000ABCDEFGHJKMN",
    "out_refund_no": "",
    "transaction_id": "4200002611202611110000000001",
    "payment_id": "pay_01HF8Q0000ABCDEFGHJKMN",
    "here_fen": 129_900,
    "there_fen": None,
    "owner": "channel",
    "cause": "neither the bill of its day nor that of the next one has it",
    "cause_zh": "当日与次日账单均无此笔",
    "action": "ask the channel about the transaction at once",
    "action_zh": "立即向渠道核实该流水",
    "found_at": "2026-11-13T02:00:00.000Z",
    "age_hours": 3,
    "state": "open",
    "resolved_at": None,
    "resolved_by": "",
    "note": "",
}
_RUN: dict[str, Any] = {
    "channel_id": "wechat-main",
    "date": "2026-11-11",
    "state": "done",
    "code": "",
    "lines": 12_408,
    "matched": 12_405,
    "repaired": 2,
    "elsewhere": 0,
    "carried": 3,
    "breaks": 1,
    "paid_fen": 1_612_993_200,
    "refunded_fen": 12_900,
    "fees_fen": 9_677_882,
    "net_fen": 1_603_302_418,
    "tries": 1,
    "finished_at": "2026-11-12T02:00:04.000Z",
    "due_at": None,
}
_RESOLVED = {
    **_BREAK,
    "state": "resolved",
    "resolved_at": "2026-11-13T05:00:00.000Z",
    "resolved_by": "op-lin",
    "note": "WeChat: 次日到账，已在 11-13 账单中",
}
_BALANCES = [
    {"account": "clearing/wechat-main", "balance_fen": 1_603_302_418},
    {"account": "fees/wechat-main", "balance_fen": 9_677_882},
    {"account": "shop/shop-1", "balance_fen": 1_612_980_300},
]

REQUESTS: dict[str, dict[str, Any]] = {
    "ReconcileDay": one("One channel", {"date": "2026-11-11", "channel_id": "wechat-main"}),
    "ResolveBreak": one("Settled by hand", {"note": "WeChat: 次日到账，已在 11-13 账单中"}),
}

ANSWERS: dict[str, dict[str, Any]] = {
    "RunList": one("One day of one channel", {"data": [_RUN]}),
    "ReconciledView": one("One break", {"date": "2026-11-11", "runs": [_RUN], "breaks": [_BREAK]}),
    "BreakList": one("An open one", {"data": [_BREAK]}),
    "BreakView": one("Settled by hand", _RESOLVED),
    "BalanceList": one("One channel, one shop", {"data": _BALANCES}),
}
