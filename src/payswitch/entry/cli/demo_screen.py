"""The demo on the terminal: addresses, news as they happen, and one line that shows how things stand."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.status import Status
from rich.text import Text

from payswitch.drill.demo import Places, Summary
from payswitch.drill.demo_board import DemoBoard

_PLAIN_EVERY_S = 10.0
"""Without a terminal the line is printed now and then instead of being redrawn."""


class Screen:
    """The `DemoScreen` of a person at the terminal (or of a log file)."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        # Redrawn four times a second: a spinner must not take the processor from the payments.
        self._status = Status("", console=self._console, refresh_per_second=4)
        self._begun_s = time.monotonic()
        self._printed_s = 0.0

    def __enter__(self) -> Screen:
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._status.stop()

    def starting(self, text: str) -> None:
        self._status.update(text)
        if not self._console.is_terminal:
            self._print(text)

    def places(self, places: Places) -> None:
        if places.moved_ports:
            self._print("默认端口已被占用，改用空闲端口 / a port was taken, free ones are used instead")
        print_ = self._console.print
        print_("\n[bold]PaySwitch demo 演示[/bold]  (Ctrl-C 结束 / ends it)")
        print_(f"  控制台 / console         {places.console_url}", soft_wrap=True)
        another = f"payswitch user link owner --config {places.api_key_file.with_name('payswitch.toml')}"
        print_(f"    链接登录一次 / the link signs in once; another one: {another}", soft_wrap=True)
        print_(f"  收银台示例 / checkout    {places.checkout_url}", soft_wrap=True)
        print_(f"  接口 / API               {places.service_url}/v1/openapi.json", soft_wrap=True)
        print_(f"  接口密钥 / API key       {places.api_key_file}", soft_wrap=True)
        print_(f"  群机器人 / alerts        {places.sandbox_url}/alerts", soft_wrap=True)
        print_(f"  沙箱钱包 / wallet        {places.sandbox_url}/wallet\n", soft_wrap=True)

    def say(self, text: str) -> None:
        self._print(text)

    def tick(self, board: DemoBoard, shares: dict[str, float]) -> None:
        line = _line(board, shares)
        self._status.update(Text(line, no_wrap=True, overflow="ellipsis"))
        now_s = time.monotonic()
        if not self._console.is_terminal and now_s - self._printed_s >= _PLAIN_EVERY_S:
            self._printed_s = now_s
            self._print(line)

    def summary(self, summary: Summary) -> None:
        """After `--for`: everything counted, the books compared."""
        equal = "是 yes" if not summary.differences else f"否 NO ({len(summary.differences)})"
        rows = (
            ("支付 / payments", summary.payments),
            ("成功 / paid", summary.paid),
            ("有钱却流失 / gave up", summary.lost),
            ("仍可支付 / still open", summary.still_open),
            ("渠道故障 / outages", summary.outages),
            ("自动切换 / switched by itself", summary.moves),
            ("顾客切换 / switched on request", summary.wishes),
            ("重复支付 / surplus", summary.surplus),
            ("重复未退 / surplus unrefunded", summary.surplus_unrefunded),
            ("三账一致 / books equal", equal),
        )
        self._console.print("\n[bold]小结 / Summary[/bold]")
        for name, value in rows:
            self._console.print(f"  {name}: {value}")
        for difference in summary.differences[:20]:
            self._console.print(f"  差异 / difference: {difference}", markup=False)

    def farewell(self, board: DemoBoard) -> None:
        """After Ctrl-C: what was seen, no more waiting."""
        self._console.print(f"\n已结束，无残留进程 / ended, nothing is left running. {_line(board, {})}")

    def _print(self, text: str) -> None:
        passed_s = int(time.monotonic() - self._begun_s)
        self._console.print(f"{passed_s // 60:02d}:{passed_s % 60:02d}  {text}", soft_wrap=True)


def _line(board: DemoBoard, shares: dict[str, float]) -> str:
    """How things stand."""
    parts = " ".join(f"{name} {share:.0%}" for name, share in shares.items())
    return (
        f"支付 payments {board.arrived} · 成功 paid {board.paid} · 流失 lost {board.lost} · "
        f"自动切换 switched {board.moves} · {parts}"
    )
