"""Examples of failures and reports for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from payswitch.entry.api.examples import one

_FROM, _TO = 1_795_968_000_000, 1_796_572_800_000
_RATE = {"good": 41_820, "of": 42_650, "rate": 0.98054, "low": 0.97918, "high": 0.98181}
_BEFORE = {"good": 166_500, "of": 169_210, "rate": 0.98398, "low": 0.98338, "high": 0.98457}
_NONE = {"good": 0, "of": 0, "rate": None, "low": 0.0, "high": 1.0}
_TOTALS = {
    "payments": 42_700,
    "amount_fen": 550_830_000,
    "paid": 41_820,
    "paid_fen": 539_478_000,
    "closed": 830,
    "customers_own": 512,
    "saved": 214,
    "saved_fen": 2_760_600,
    "switches": 231,
    "hedges": 40,
    "surplus": 3,
    "surplus_fen": 38_700,
    "surplus_refunded": 3,
    "refunds": 310,
    "refunded_fen": 3_999_000,
    "fees_fen": 3_236_868,
}
_LOSS = {
    "cause": "channel_silent",
    "fixer": "channel",
    "title": "the channel did not answer in time",
    "title_zh": "渠道超时无应答",
    "advice": "report times and numbers to the channel; keep a second channel for this product",
    "advice_zh": "将时间与单号反馈给渠道；为该产品保留第二个渠道",
    "payments": 118,
    "amount_fen": 1_522_200,
    "code": "timeout",
    "where": "wechat-main",
}
_SWITCH = {
    "from_channel": "wechat-main",
    "to_channel": "alipay-main",
    "switches": 140,
    "paid": 131,
    "paid_fen": 1_689_900,
}
_NAMES = {"wechat-main": "微信支付·主", "alipay-main": "支付宝·主"}
_FAILURES = {
    "from_ms": _FROM,
    "to_ms": _TO,
    "fresh_ms": _TO - 30_000,
    "totals": _TOTALS,
    "success": _RATE,
    "payable": {**_RATE, "of": 42_138, "rate": 0.99245, "low": 0.99158, "high": 0.99323},
    "losses": [_LOSS],
    "by": "channel",
    "groups": [
        {"key": "wechat-main", "rate": _RATE, "lost": 640, "lost_fen": 8_256_000, "causes": {"channel_silent": 118}}
    ],
    "switches": [_SWITCH],
    "names": _NAMES,
}
_PROPOSAL: dict[str, Any] = {
    "proposal_id": "p1",
    "title": "微信支付·主 behind the others from 0:00 to 6:00",
    "title_zh": "0:00–6:00：将「微信支付·主」排到其他渠道之后",
    "rule": {
        "name": "weekly-2026-11-29-1",
        "when": {"from_hour": 0, "to_hour": 6},
        "then": {"avoid": {"channels": ["wechat-main"]}},
    },
    "days": 28,
    "affected": 2_134,
    "moved": 1_180,
    "gain": 31.4,
    "gain_low": 18.2,
    "gain_high": 44.6,
    "points": 0.00074,
    "points_low": 0.00043,
    "points_high": 0.00105,
    "orders_fen": 405_060.0,
    "orders_low_fen": 122_000.0,
    "orders_high_fen": 688_000.0,
    "evidence": {
        "decisions": 8_536,
        "effective": 6_120.0,
        "support": 1.0,
        "recorded": 0.9612,
        "ips": 0.9768,
        "snips": 0.9761,
        "dr": 0.9759,
        "tests": 105,
        "level": 0.998,
    },
}
_REPORT: dict[str, Any] = {
    "report_id": "rep_01HF8Q0000ABCDEFGHJKMN",
    "kind": "weekly",
    "merchant_id": "m-1",
    "date": "2026-11-29",
    "made_at_ms": _TO + 32_400_000,
    "from_ms": _FROM,
    "to_ms": _TO,
    "before_from_ms": _FROM - 2_419_200_000,
    "fresh_ms": _TO + 32_390_000,
    "totals": _TOTALS,
    "before": {**_TOTALS, "payments": 169_400, "paid": 166_500, "closed": 2_710},
    "success": _RATE,
    "payable": _RATE,
    "success_before": _BEFORE,
    "lines": [
        {
            "channel_id": "wechat-main",
            "product": "wechat_native",
            "whole": _RATE,
            "before": _BEFORE,
            "hours": [_NONE] * 24,
            "answer_p50_ms": 92.0,
            "answer_p95_ms": 171.0,
        }
    ],
    "changes": [
        {
            "channel_id": "wechat-main",
            "product": "wechat_native",
            "from_hour": 0,
            "to_hour": 6,
            "before": _BEFORE,
            "now": _RATE,
            "p_value": 0.00002,
        }
    ],
    "tests": 30,
    "losses": [_LOSS],
    "switches": [_SWITCH],
    "refunds": [
        {
            "channel_id": "wechat-main",
            "surplus": 3,
            "surplus_p50_ms": 2_100.0,
            "surplus_worst_ms": 5_300.0,
            "refunds": 210,
            "refunds_p50_ms": 31_000.0,
            "refunds_p95_ms": 160_000.0,
        }
    ],
    "fees": [{"channel_id": "wechat-main", "received_fen": 301_000_000, "fee_fen": 1_806_000, "fee_bp": 60}],
    "cheaper": {
        "fees_saved_fen": 620_000.0,
        "fees_saved_low_fen": 590_000.0,
        "fees_saved_high_fen": 650_000.0,
        "payments": -281.0,
        "payments_low": -350.0,
        "payments_high": -212.0,
        "orders_fen": -3_624_900.0,
        "support": 1.0,
        "reliable": True,
    },
    "proposals": [_PROPOSAL],
    "looked_at": 105,
    "why_no_proposal": "",
    "why_no_proposal_zh": "",
    "expiring": [{"channel_id": "wechat-main", "what": "merchant_certificate", "ends_at_ms": _TO + 1_728_000_000}],
    "names": _NAMES,
}
_VIEW = {"report": _REPORT, "summary": "【支付周报】2026年11月23日–11月29日\n· 成功率 98.05%（41,820/42,650 笔）"}
_LINE = {
    "report_id": "rep_01HF8Q0000ABCDEFGHJKMN",
    "merchant_id": "m-1",
    "kind": "weekly",
    "date": "2026-11-29",
    "made_at": "2026-11-30T01:00:04.000Z",
}

REQUESTS: dict[str, dict[str, Any]] = {
    "MakeReport": one("Last week's", {"kind": "weekly"}),
}

ANSWERS: dict[str, dict[str, Any]] = {
    "Failures": one("A week by channel", _FAILURES),
    "ReportList": one("One report", {"data": [_LINE], "can_print": True}),
    "ReportView": one("A weekly report", _VIEW),
    "ReportPage": one("The file", {"file_name": "payswitch-m-1-weekly-2026-11-29.html", "html": "<!doctype html>…"}),
    "ReportPdf": one("The file", {"file_name": "payswitch-m-1-weekly-2026-11-29.pdf", "pdf_base64": "JVBERi0xLjQK"}),
}
