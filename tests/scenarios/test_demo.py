"""A newcomer starts the demo, looks, and ends it in every way a person ends programs: nothing is left running."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from payswitch.drill.ports import free_port
from tests.scenarios.support import COMMAND, processes_of

pytestmark = pytest.mark.slow

READY_S = 40.0
"""Bound for a busy test machine; on an idle one the demo is up in a few seconds."""


class RunningDemo:
    """A demo as a child process, its output read line by line."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            [*COMMAND, "demo", "--data", str(folder), "--rate", "300", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self.lines.append(line.rstrip())
                self._news.notify_all()

    def wait_for(self, pattern: str) -> str:
        """The first line that matches, as soon as it is there."""

        def found() -> str | None:
            return next((line for line in self.lines if re.search(pattern, line)), None)

        with self._news:
            assert self._news.wait_for(lambda: found() or self.process.poll() is not None, READY_S), self.lines
            line = found()
        assert line is not None, self.lines
        return line

    def ended(self) -> int:
        status = self.process.wait(READY_S)
        self._reader.join(READY_S)
        return status

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., RunningDemo]]:
    running: list[RunningDemo] = []

    def run(*arguments: str) -> RunningDemo:
        ports = ("--port", str(free_port()), "--sandbox-port", str(free_port()))
        demo = RunningDemo(tmp_path / "data", *(arguments if "--port" in arguments else (*arguments, *ports)))
        running.append(demo)
        return demo

    yield run
    for demo in running:
        demo.close()


def gone(folder: Path) -> bool:
    """Whether all processes of this folder end within the time that they are given."""
    end = time.monotonic() + READY_S
    while processes_of(folder) and time.monotonic() < end:
        threading.Event().wait(0.1)
    return not processes_of(folder)


def test_it_ends_by_itself_with_a_summary_and_starts_again_on_its_data(start: Callable[..., RunningDemo]) -> None:
    first = start("--for", "6")
    first.wait_for(r"http://127\.0\.0\.1:\d+/console/sign-in#link=[\w-]{32}")
    first.wait_for(r"http://127\.0\.0\.1:\d+/checkout/")

    assert first.ended() == 0, first.lines
    summary = "\n".join(first.lines)
    assert "三账一致 / books equal: 是 yes" in summary
    assert int(re.search(r"payments: (\d+)", summary)[1]) > 0  # type: ignore[index]
    assert processes_of(first.folder) == []

    second = start("--for", "3")
    second.wait_for("/console/")

    assert second.ended() == 0, second.lines
    assert "三账一致 / books equal: 是 yes" in "\n".join(second.lines)
    assert (second.folder / "payswitch.sqlite").exists()


def test_ctrl_c_ends_everything(start: Callable[..., RunningDemo]) -> None:
    demo = start()
    demo.wait_for("支付 payments")
    assert len(processes_of(demo.folder)) == 3, "the demo, its service, its sandbox"
    demo.process.send_signal(signal.SIGINT)

    assert demo.ended() == 0, demo.lines
    assert processes_of(demo.folder) == []


def test_sigterm_ends_everything(start: Callable[..., RunningDemo]) -> None:
    demo = start()
    demo.wait_for("/console/")
    demo.process.terminate()

    assert demo.ended() == 0, demo.lines
    assert processes_of(demo.folder) == []


def test_children_do_not_outlive_a_killed_parent(start: Callable[..., RunningDemo]) -> None:
    demo = start()
    demo.wait_for("/console/")
    demo.process.kill()
    demo.ended()

    assert gone(demo.folder), processes_of(demo.folder)


def test_taken_ports_are_replaced_and_said(start: Callable[..., RunningDemo]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        demo = start("--for", "2", "--port", str(taken), "--sandbox-port", str(taken))
        console = demo.wait_for("/console/")

        assert f":{taken}/" not in console
        assert demo.ended() == 0, demo.lines
        assert any("a port was taken" in line for line in demo.lines)
