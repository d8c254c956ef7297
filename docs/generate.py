"""Writes the generated pages of the docs from the code, so that they cannot tell anything else.

`python -m docs.generate` writes them; `--check` (in `make lint`) fails when one is out of date.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from docs.alert_page import alert_rules_page
from docs.capability_pages import environments_page, products_page
from docs.checkout_page import checkout_environments_page
from docs.metrics_page import metrics_page
from docs.page import HEADER
from payswitch.connectors.quality import Quality, RuleState, quality_of
from payswitch.connectors.registry import CONNECTORS
from payswitch.domain import errors
from payswitch.domain.break_texts import BREAK_TEXTS
from payswitch.domain.managed_channel import CHANNEL
from payswitch.domain.transitions import ATTEMPT, FORBIDDEN, PAYMENT, REFUND, STAYS, Machine
from payswitch.routing.next_steps import DEBIT, PUSH, table_of
from payswitch.routing.policy_schema import policy_schema
from payswitch.storage.auditor import CHECKS

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)

REFERENCE = Path(__file__).parent / "reference"


def states_page() -> str:
    """The state machines as diagrams and full tables."""
    parts = [
        HEADER.format(source="src/payswitch/domain/transitions.py and managed_channel.py"),
        "# State machines (状态机)\n\n",
        "One function, `advance()`, applies these tables. A cell is the next state, *stays* (legal: old or repeated ",
        "news) or *forbidden* (a bug: raises). Terminal states are never left by anything but what the table shows: ",
        "from `failed`, `discarded` and `closed` only a verified success leads out.\n",
    ]
    for machine in (PAYMENT, ATTEMPT, REFUND, CHANNEL):
        parts += [f"\n## {machine.name.capitalize()}\n\n", _diagram(machine), "\n", _table(machine)]
    return "".join(parts)


def breaks_page() -> str:
    """Every kind of break with its cause, who has to act, and how."""
    parts = [
        HEADER.format(source="src/payswitch/domain/break_texts.py"),
        "# Breaks (对账差异)\n\nWhat [reconciliation](reconciliation.md) can find. Owner: who has to act first.\n",
    ]
    for kind, text in BREAK_TEXTS.items():
        parts += [
            f"\n## `{kind.value}` {text.title_zh}: {text.title}\n\n",
            f"- cause: {text.cause}. {text.cause_zh}。\n",
            f"- owner: {text.owner.value}\n",
            f"- do: {text.action}. {text.action_zh}。\n",
        ]
    return "".join(parts)


def audit_page() -> str:
    """Every check of the auditor."""
    parts = [HEADER.format(source="src/payswitch/storage/audit_*.py"), AUDIT_INTRODUCTION]
    parts += [
        f"| {c.number} | `{c.name}` | {c.title} | {c.title_zh} | {'yes' if c.in_time else ''} |\n" for c in CHECKS
    ]
    return "".join(parts)


AUDIT_INTRODUCTION = """# Audit (审计)

The invariants of the switch as queries over the database: each gives the rows that break it. Healthy books give
none.

- The service runs them every hour (`[timings] audit_gap_s`) over what was touched since the last audit and all that
  is alive, and once a day over everything. A violation is the incident `invariant_violated` with the rows, told
  once.
- `payswitch audit` does the same at the terminal, over everything or `--since` so many hours; the service may run
  meanwhile. Exit status 1 when something is broken, `--json` for programs.
- `store.audit(now_ms=..., since_ms=0, in_time=True)` does it in code: one snapshot, a report with numbers, names
  and rows. Checks marked *in time* say that something happened soon enough; `in_time=False` leaves them out where a
  clock stops or jumps.

CPU on a shared 2-core machine, SQLite: an hourly audit of a database with 100,000 payments 0.1 s, with 1,000,000 of
them 0.1 s too; a whole one 2 s per 100,000 payments: 17.0 s and 55 MiB for 970,875. It runs on a reader's thread
in one snapshot and holds up neither writers nor the event loop; a service that is told to stop does not wait for it.

Rows are ids: no secret, no customer. Most rules are kept by constraints of the database too
([storage](storage.md)); the audit would see what got past them: a bug, a hand in the database, a broken disk. A
test falsifies each of them in a database without constraints and sees it named
(`tests/storage/test_sqlite_auditor.py`).

Not in here, because rows cannot show it: 13 (a breaker never removes the last channel), 14 (no secret in logs and
events; tests of every connector look for them), and that a routing decision is reproducible (12; `payswitch
explain` replays it).

| number | check | holds when | 含义 | in time |
|---|---|---|---|---|
"""


def _diagram(machine: Machine[S, E]) -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {next(iter(machine.table)).value}"]
    for state, row in machine.table.items():
        for event, cell in row.items():
            if cell is not STAYS and cell is not FORBIDDEN:
                lines.append(f"    {state.value} --> {cell.value}: {event.value}")
    lines += [f"    {state.value} --> [*]" for state in sorted(machine.terminal)]
    return "\n".join([*lines, "```", ""])


def _table(machine: Machine[S, E]) -> str:
    events = list(next(iter(machine.table.values())))
    lines = [
        "| state | " + " | ".join(f"`{event.value}`" for event in events) + " |",
        "|---|" + "---|" * len(events),
    ]
    for state, row in machine.table.items():
        cells = (cell.value if cell in (STAYS, FORBIDDEN) else f"**{cell.value}**" for cell in row.values())
        lines.append(f"| `{state.value}` | " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def errors_page() -> str:
    """The catalogue of errors a program can meet."""
    lines = [
        HEADER.format(source="src/payswitch/domain/errors.py") + "# Errors (错误码)",
        "",
        "Every error of the API is `application/problem+json` with these members: `code` (stable, for programs), ",
        "`title`, `title_zh`, `detail`, `next_action`, `request_id`, and `errors` for single fields.",
        "",
        "| code | HTTP | title | 说明 | next_action |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| `{k.code}` | {k.status} | {k.title_en} | {k.title_zh} | `{k.next_action}` |"
        for k in sorted(errors.catalogue(), key=lambda kind: (kind.status, kind.code))
    ]
    return "\n".join([*lines, ""])


def connectors_page() -> str:
    """How far each connector can be relied on, and every open point, from the connectors' `quality.toml`."""
    qualities = {name: quality_of(connector) for name, connector in CONNECTORS.items()}
    lines = [
        HEADER.format(source="the connectors' quality.toml") + "# Connectors (连接器)",
        "",
        "How far each can be relied on, in its author's own words. *simulated*: our own stand-in, written from the",
        "channel's documents. *third-party-client*: somebody else's client of the channel works against the same",
        "stand-in. *live*: real money at the real channel. `payswitch connectors list` shows the same for installed",
        "packages too.",
        "",
        "| connector | 渠道 | products | level | done | exempt | todo |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, quality in qualities.items():
        connector = CONNECTORS[name]
        counts = " | ".join(str(len(quality.of(state))) for state in (RuleState.DONE, RuleState.EXEMPT, RuleState.TODO))
        title = f"{connector.title_zh} ({connector.title_en})"
        lines.append(f"| `{name}` | {title} | {len(connector.capabilities)} | {quality.level} | {counts} |")
    for name, quality in qualities.items():
        lines += _quality_section(name, quality)
    return "\n".join([*lines, ""])


def _quality_section(name: str, quality: Quality) -> list[str]:
    """One connector: its note, everything open, and everything that does not apply with the reason."""
    lines = ["", f"## {name}", "", f"Level: **{quality.level}**." + (f" {quality.note}." if quality.note else "")]
    for title, state in (("Open", RuleState.TODO), ("Exempt", RuleState.EXEMPT)):
        rules = quality.of(state)
        if rules:
            lines += ["", f"{title}:", "", *(f"- `{rule.name}`: {rule.text}" for rule in rules)]
    return lines


def policy_schema_page() -> str:
    """The JSON Schema of policy documents, for editors and other programs."""
    return json.dumps(policy_schema(), ensure_ascii=False, indent=2) + "\n"


def next_steps_page() -> str:
    """What is done on each class of outcome, as the services do it."""
    lines = [
        HEADER.format(source="src/payswitch/routing/next_steps.py") + "# What is done after each outcome\n",
        "Every candidate of a recorded plan names one of these tables (`steps`).",
    ]
    titles = {PUSH: "push: an order that nobody has seen yet", DEBIT: "debit: the call itself may take the money"}
    for steps, title in titles.items():
        lines += ["", f"## `{steps}`", "", title.partition(": ")[2].capitalize() + ".", ""]
        lines += ["| outcomes | step | |", "|---|---|---|"]
        for line in table_of(steps):
            outcomes = ", ".join(f"`{name}`" for name in line.outcomes)
            lines.append(f"| {outcomes} | `{line.step}` | {line.english}<br>{line.chinese} |")
    return "\n".join([*lines, ""])


PAGES: dict[str, Callable[[], str]] = {
    "states.md": states_page,
    "errors.md": errors_page,
    "products.md": products_page,
    "connectors.md": connectors_page,
    "environments.md": environments_page,
    "checkout-environments.md": checkout_environments_page,
    "policy.schema.json": policy_schema_page,
    "next-steps.md": next_steps_page,
    "breaks.md": breaks_page,
    "audit.md": audit_page,
    "metrics.md": metrics_page,
    "alert-rules.md": alert_rules_page,
}


def main(arguments: list[str]) -> int:
    stale = []
    for name, make in PAGES.items():
        path = REFERENCE / name
        text = make()
        if "--check" in arguments:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.write_text(text, encoding="utf-8")
    if stale:
        sys.stderr.write(f"out of date: {', '.join(stale)}; run `make docs`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
