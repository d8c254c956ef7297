"""The reports of the drills that are no scripted night: the tour of all channels, and the night of one bank."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from payswitch.drill.bank_lines import BankNightResult, Phase
from payswitch.drill.checkout_night import CheckoutNightResult
from payswitch.drill.tour_legs import Leg, TourResult

if TYPE_CHECKING:
    from rich.table import Table

_MOST_DIFFERENCES = 20
PHASES = {Phase.BEFORE: "故障前 / before", Phase.ILL: "故障中 / ill", Phase.AFTER: "恢复后 / after"}


def tour_table(result: TourResult) -> Table:
    """One line per product of a channel."""
    from rich.table import Table

    grid = Table(title=result.drill, title_justify="left", box=None, pad_edge=False)
    for name in ("渠道 channel", "产品 product", "环境 where", "凭证 shown"):
        grid.add_column(name, no_wrap=True)
    for name in ("ms ¹", "ms ²", "退款 refund"):
        grid.add_column(name, justify="right", no_wrap=True)
    grid.caption = "¹ 下单或扣款 / order or debit   ² 付款到确认 / payment to confirmation"
    last = ""
    for leg in result.legs:
        grid.add_row(*_leg_cells(leg, last), style="red" if leg.problem else None)
        last = leg.stop.channel_id
    return grid


def _leg_cells(leg: Leg, last_channel: str) -> tuple[str, ...]:
    stop = leg.stop
    return (
        "" if stop.channel_id == last_channel else stop.channel_id,
        stop.product.value,
        stop.environment.value,
        stop.credential.value,
        _ms(leg.begun_ms),
        _ms(leg.paid_ms),
        f"{leg.refunded_fen / 100:.2f}" if leg.refunded_fen else "-",
    )


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def tour_details(result: TourResult) -> Iterator[str]:
    for leg in result.legs:
        if leg.problem:
            yield f"{leg.stop.channel_id} {leg.stop.product}: {leg.problem}"
    for difference in result.differences[:_MOST_DIFFERENCES]:
        yield f"差异 / difference: {difference}"


def tour_verdict(result: TourResult) -> str:
    books = "三账一致" if result.books_equal else "账目不符"
    agree = "the three books agree" if result.books_equal else "the books DIFFER"
    return (
        f"{result.connectors} 类连接器 {result.channels} 条渠道 {result.stops} 个产品："
        f"支付成功 {result.paid}，退款成功 {result.refunded}，{books}。\n"
        f"{result.stops} products of {result.channels} channels over {result.connectors} connectors: "
        f"{result.paid} paid, {result.refunded} refunded, {agree}."
    )


def bank_table(result: BankNightResult) -> Table:
    """One line per bank, its three phases side by side: share of its own channel, and success."""
    from rich.table import Table

    caption = "本行份额 · 成功（笔数）/ share of the bank's own channel · success (orders)"
    grid = Table(title=f"{result.drill}: {result.sick_bank}", title_justify="left", caption=caption)
    grid.add_column("银行 / bank", no_wrap=True)
    for words in PHASES.values():
        grid.add_column(words, justify="right", no_wrap=True)
    for bank in dict.fromkeys(line.bank for line in result.lines):
        mine = {line.phase: line for line in result.lines if line.bank == bank}
        cells = [f"{mine[p].share:.0%} · {mine[p].success:.0%} ({mine[p].orders})" for p in PHASES]
        grid.add_row(bank, *cells, style="bold" if bank == result.sick_bank else None)
    return grid


def bank_details(result: BankNightResult) -> Iterator[str]:
    yield from (f"异常 / unexpected: {problem}" for problem in result.problems[:_MOST_DIFFERENCES])
    for difference in result.differences[:_MOST_DIFFERENCES]:
        yield f"差异 / difference: {difference}"


def bank_verdict(result: BankNightResult) -> str:
    moved = "moved elsewhere and paid" if result.sick_bank_moved else "did NOT all move and pay"
    others = "noticed nothing" if result.others_untouched else "were DISTURBED"
    zh_moved = "其顾客改走其他方式并完成支付" if result.sick_bank_moved else "其顾客未能全部完成支付"
    zh_others = "其他银行未受影响" if result.others_untouched else "其他银行受到影响"
    books = ("三账一致", "the three books agree") if result.books_equal else ("账目不符", "the books DIFFER")
    return (
        f"{result.sick_bank} 故障：{zh_moved}；{zh_others}；{books[0]}。\n"
        f"{result.sick_bank} was ill: its customers {moved}; the other banks' {others}; {books[1]}."
    )


def checkout_table(result: CheckoutNightResult) -> Table:
    """What the shoppers met, one fact a line."""
    from rich.table import Table

    grid = Table(title=result.drill, title_justify="left", box=None, pad_edge=False, show_header=False)
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    twice = f"{result.paid_twice} / {result.paid_twice_told} / {result.paid_twice_refunded}"
    for name, value in (
        ("顾客 / shoppers", str(result.shoppers)),
        ("付款成功 / paid", str(result.paid)),
        ("看到错误页 / saw an error page", str(len(result.error_pages))),
        ("无感切换 / failures that nobody saw", str(result.unseen_failures)),
        ("钱包页面打不开后返回 / went back from a wallet's dead page", str(result.dead_ends)),
        ("提示换一种方式 / told to choose another way", str(len(result.notices))),
        ("重复支付、已告知、已退回 / paid twice, told, refunded", twice),
        ("打开到支付成功 中位数 / open to green, median", f"{result.open_to_green_ms / 1_000:.1f} s"),
    ):
        grid.add_row(name, value)
    return grid


def checkout_details(result: CheckoutNightResult) -> Iterator[str]:
    yield from (f"错误页 / error page: {text}" for text in result.error_pages[:_MOST_DIFFERENCES])
    for difference in result.differences[:_MOST_DIFFERENCES]:
        yield f"差异 / difference: {difference}"


def checkout_verdict(result: CheckoutNightResult) -> str:
    told = result.paid_twice == result.paid_twice_told == result.paid_twice_refunded
    pages = ("无人看到错误页", "no error page") if not result.error_pages else ("有人看到错误页", "ERROR PAGES")
    well = ("重复支付均已告知并退回", "every second payment told and refunded")
    twice = well if told else ("重复支付处理有误", "a second payment NOT told or refunded")
    books = ("三账一致", "the three books agree") if result.books_equal else ("账目不符", "the books DIFFER")
    return (
        f"{result.shoppers} 位顾客，{result.paid} 位付款成功；{pages[0]}；{twice[0]}；{books[0]}。\n"
        f"{result.paid} of {result.shoppers} shoppers paid; {pages[1]}; {twice[1]}; {books[1]}."
    )
