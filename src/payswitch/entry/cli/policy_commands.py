"""`payswitch policy list|show|draft|diff|activate|rollback`: over a running service's admin API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from payswitch.entry.cli.admin_client import AdminClient
from payswitch.entry.cli.policy_files import read_document
from payswitch.entry.cli.terminal import BAD_INPUT, fail

POLICIES = "/v1/admin/policies"

_STATES = {"active": ("生效", "green"), "draft": ("草稿", "yellow"), "superseded": ("历史", "dim")}


def versions(client: AdminClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.call("GET", POLICIES)["data"]
    return found


def find(client: AdminClient, word: str) -> dict[str, Any]:
    """A version by its name or its id. Ends the command when there is none."""
    found = [one for one in versions(client) if word in (one["name"], one["policy_id"])]
    if not found:
        fail(BAD_INPUT, f"there is no policy version {word} that you manage / 没有由您管理的策略版本 {word}")
    return found[0]


def whose(client: AdminClient, merchant: str | None, shop: str | None) -> dict[str, Any]:
    """The merchant and the shop as the API wants them; without a merchant, the only one that has channels."""
    if merchant is None:
        known = sorted({channel["merchant_id"] for channel in client.channels()})
        if len(known) != 1:
            fail(BAD_INPUT, "say which merchant / 请用 --merchant 指明商户", [", ".join(known)])
        merchant = known[0]
    return {"merchant_id": merchant} if shop is None else {"merchant_id": merchant, "shop_id": shop}


def list_versions(*, url: str, key_file: Path | None) -> None:
    console = Console(highlight=False)
    found = versions(AdminClient(url, key_file))
    if not found:
        console.print("no stored policy: the configured one decides / 没有已保存的策略，由配置文件中的策略决定")
    for one in found:
        _print_line(console, one)


def _print_line(console: Console, one: dict[str, Any]) -> None:
    chinese, colour = _STATES[one["state"]]
    note = f" · {escape(one['note'])}" if one["note"] else ""
    console.print(
        f"[bold]{escape(one['name'])}[/]  [{colour}]{one['state']} {chinese}[/]  {one['created_at']} · "
        f"{escape(one['created_by'])}{note}"
    )
    for entry in one["activations"]:
        note = f" · {escape(entry['note'])}" if entry["note"] else ""
        console.print(f"    {entry['action']} {entry['at']} · {escape(entry['operator_id'])}{note}", style="dim")


def show_version(word: str, *, whole: bool, url: str, key_file: Path | None) -> None:
    import yaml

    client = AdminClient(url, key_file)
    found = client.call("GET", f"{POLICIES}/{find(client, word)['policy_id']}")
    console = Console(highlight=False)
    _print_line(console, found)
    document = found["resolved"] if whole else found["document"]
    console.print(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), markup=False)


def draft_from_file(
    file: Path, *, merchant: str | None, shop: str | None, note: str, url: str, key_file: Path | None
) -> None:
    client = AdminClient(url, key_file)
    body = {**whose(client, merchant, shop), "document": read_document(file), "note": note}
    _print_line(Console(highlight=False), client.call("POST", POLICIES, body))


def show_diff(word: str, against: str | None, *, url: str, key_file: Path | None) -> None:
    client = AdminClient(url, key_file)
    query = "" if against is None else f"?against={find(client, against)['policy_id']}"
    found = client.call("GET", f"{POLICIES}/{find(client, word)['policy_id']}/diff{query}")
    console = Console(highlight=False)
    console.print(f"{escape(found['before'])} → [bold]{escape(found['after'])}[/]")
    if not found["differences"]:
        console.print("no difference / 没有差异")
    for one in found["differences"]:
        console.print(f"  {escape(one['place'])}")
        for mark, value, colour in (("-", one["before"], "red"), ("+", one["after"], "green")):
            if value is not None:
                console.print(f"    {mark} {escape(value)}", style=colour)


def activate_version(word: str, *, note: str, revision: int | None, url: str, key_file: Path | None) -> None:
    client = AdminClient(url, key_file)
    found = find(client, word)
    body = {"revision": found["revision"] if revision is None else revision, "note": note}
    done = client.call("POST", f"{POLICIES}/{found['policy_id']}/activate", body)
    _print_line(Console(highlight=False), done)


def roll_back(
    *,
    merchant: str | None,
    shop: str | None,
    to: int | None,
    note: str,
    revision: int | None,
    url: str,
    key_file: Path | None,
) -> None:
    client = AdminClient(url, key_file)
    scope = whose(client, merchant, shop)
    if revision is None:
        revision = _revision(client, scope)
    done = client.call("POST", f"{POLICIES}/rollback", {**scope, "to": to, "note": note, "revision": revision})
    Console(highlight=False).print(f"[green]in force / 生效[/] [bold]{escape(done['policy_version'])}[/]")


def _revision(client: AdminClient, scope: dict[str, Any]) -> int:
    wanted = (scope["merchant_id"], scope.get("shop_id"))
    return max(
        (one["revision"] for one in versions(client) if (one["merchant_id"], one["shop_id"]) == wanted), default=0
    )
