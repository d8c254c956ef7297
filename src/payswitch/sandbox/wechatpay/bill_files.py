"""WeChat's trade bill: offered with its hash, fetched with a token, written as the real file is."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime

import msgspec
from aiohttp import web

from payswitch.kit.clock import beijing
from payswitch.kit.durations import MINUTE_MS
from payswitch.kit.money import yuan_from_fen
from payswitch.sandbox.bills import BillDesk, BillRow, Readiness
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import RefundState
from payswitch.sandbox.wechatpay import parties
from payswitch.sandbox.wechatpay.account import WechatAccount
from payswitch.sandbox.wechatpay.call import WechatCall
from payswitch.sandbox.wechatpay.errors import Refusal, wrong_field
from payswitch.sandbox.wechatpay.objects import REVERSED, TRADE_TYPES, openid
from payswitch.sandbox.wire import Answer, Seal

BILL_FILE_PATH = "/v3/billdownload/file"
TOKEN_LIFE_MS = 5 * MINUTE_MS
"""How long a download address works (official)."""
HEADER = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
TOTALS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
_NOTHING = "0.00"
_BOM = b"\xef\xbb\xbf"


class FileCall(WechatCall):
    """The file itself is not signed: its hash came with the address. Refusals are answered as usual."""

    def seal(self, answer: Answer, seal: Seal) -> web.Response:
        if answer.status != 200:
            return super().seal(answer, seal)
        body = answer.body[: len(answer.body) // 2] if seal is Seal.MALFORMED else answer.body
        return web.Response(body=body, content_type="application/octet-stream")


class BillFiles:
    """Bills that were asked for and can be fetched for a while."""

    def __init__(self, core: SandboxCore, desk: BillDesk) -> None:
        self._core = core
        self._desk = desk
        self._offered: dict[str, tuple[int, str, bytes]] = {}
        """Token -> (until when, whose mchid, the file as it will be sent)."""

    def offer(self, account: WechatAccount, asked: Mapping[str, str]) -> Answer:
        """The address and the hash of the day's bill."""
        self._check_merchant(account, asked.get("sub_mchid"))
        if asked.get("bill_type", "ALL") != "ALL":
            raise wrong_field("bill_type", "沙箱只支持ALL", asked.get("bill_type"))
        packing = asked.get("tar_type", "")
        if packing not in ("", "GZIP"):
            raise wrong_field("tar_type", "只支持GZIP", packing)
        content = self._content(account, _day(asked.get("bill_date", "")))
        token = self._keep(account, gzip.compress(content, mtime=0) if packing else content)
        ticket = {
            "hash_type": "SHA1",
            "hash_value": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
            "download_url": f"{account.spec.base_url}{BILL_FILE_PATH}?token={token}",
        }
        return Answer(body=msgspec.json.encode(ticket))

    def fetch(self, account: WechatAccount, token: str) -> Answer:
        until_ms, mchid, content = self._offered.get(token, (0, "", b""))
        if until_ms <= self._core.clock.now_ms():
            raise Refusal("INVALID_REQUEST", "账单下载地址已失效，请重新获取")
        if mchid != account.keys.mchid:
            raise Refusal("NO_AUTH", "本次请求的商户与申请账单的商户不一致")
        return Answer(body=content)

    @staticmethod
    def _check_merchant(account: WechatAccount, sub_mchid: str | None) -> None:
        """A provider may leave `sub_mchid` out and gets all its sub-merchants' bills; this sandbox wants one named."""
        mchid = account.keys.mchid
        parties.check_named(
            {"mchid": mchid} if sub_mchid is None else {"sp_mchid": mchid, "sub_mchid": sub_mchid}, account
        )

    def _content(self, account: WechatAccount, day: date) -> bytes:
        readiness = self._desk.readiness(day)
        if readiness is Readiness.TOO_EARLY:
            raise Refusal("INVALID_REQUEST", "bill_date不能为当天或之后的日期")
        rows = self._desk.rows(account.spec, day)
        if not rows:
            raise Refusal("NO_STATEMENT_EXIST")
        if readiness is Readiness.CREATING:
            raise Refusal("STATEMENT_CREATING")
        return _file(account, rows)

    def _keep(self, account: WechatAccount, content: bytes) -> str:
        now_ms = self._core.clock.now_ms()
        self._offered = {token: kept for token, kept in self._offered.items() if kept[0] > now_ms}
        token = self._core.ids.nonce()
        self._offered[token] = (now_ms + TOKEN_LIFE_MS, account.keys.mchid, content)
        return token


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a calendar day, not a moment
    except ValueError as error:
        raise wrong_field("bill_date", "格式应为yyyy-MM-dd", text) from error


def _file(account: WechatAccount, rows: Iterable[BillRow]) -> bytes:
    """Byte order mark, header, rows, names of totals, totals."""
    lines, sums, count = [HEADER], [0, 0, 0, 0, 0, 0], 0
    for row in rows:
        count += 1
        paid_fen, back_fen = (0, row.amount_fen) if row.refund is not None else (row.amount_fen, 0)
        for n, fen in enumerate((paid_fen, back_fen, 0, row.fee_fen, paid_fen, back_fen)):
            sums[n] += fen
        lines.append(_line(_values(account, row)))
    paid, back, coupon, fee, ordered, asked = sums
    totals = [str(count), _yuan(paid), _yuan(back), _yuan(coupon), _fee(fee), _yuan(ordered), _yuan(asked)]
    lines += [TOTALS, _line(totals), ""]
    return _BOM + "\r\n".join(lines).encode()


def _line(values: Iterable[str]) -> str:
    return ",".join(f"`{value}" for value in values)


def _yuan(fen: int) -> str:
    return yuan_from_fen(fen)


def _fee(fen: int) -> str:
    """Five decimals, and a minus for what was given back."""
    return f"{'-' if fen < 0 else ''}{yuan_from_fen(abs(fen))}000"


def _values(account: WechatAccount, row: BillRow) -> list[str]:
    order, refund, keys = row.order, row.refund, account.keys
    amount = _yuan(row.amount_fen)
    if refund is None:
        state, paid, back = "SUCCESS", amount, _NOTHING
        refund_values = ["0", "0", _NOTHING, _NOTHING, "", ""]
    else:
        state, paid, back = "REVOKED" if order.extra.get(REVERSED) else "REFUND", _NOTHING, amount
        done = "SUCCESS" if refund.state is RefundState.SUCCEEDED else "PROCESSING"
        refund_values = [refund.refund_id, refund.out_refund_no, amount, _NOTHING, "ORIGINAL", done]
    return [
        f"{beijing(row.at_ms):%Y-%m-%d %H:%M:%S}",
        order.extra.get(parties.APPID, keys.appid),
        keys.mchid,
        keys.sub_mchid or "0",
        "",
        order.transaction_id or "",
        order.channel_order_no,
        openid(order, keys),
        TRADE_TYPES[order.product],
        state,
        "OTHERS",
        "CNY",
        paid,
        _NOTHING,
        *refund_values,
        order.subject,
        order.extra.get("attach", ""),
        _fee(row.fee_fen),
        f"{account.spec.fee_bp / 100:.2f}%",
        paid,
        back,
        "",
    ]
