"""The files of an evidence package: the views of one payment, as JSON and as text for people."""

from __future__ import annotations

from payswitch.entry.api import event_views
from payswitch.entry.api.admin.desk.payment_views import detail_view, moment_view
from payswitch.kit.clock import beijing_time
from payswitch.kit.money import yuan_from_fen
from payswitch.services.desk.evidence import readable
from payswitch.services.desk.timeline import Records
from payswitch.services.desk.timeline_lines import timeline


def evidence_files(records: Records) -> dict[str, bytes]:
    """By name. Events are the very bytes that the shop was sent."""
    moments = timeline(records)
    files = {
        "payment.json": readable(detail_view(records)),
        "timeline.json": readable([moment_view(moment) for moment in moments]),
        "timeline.zh.txt": _text(records, 0),
        "timeline.en.txt": _text(records, 1),
        "ledger.json": readable(records.transfers),
        "incidents.json": readable(records.incidents),
        "events.json": readable([event_views.event_view(event) for event in records.events]),
    }
    for event in records.events:
        files[f"events/{event.sequence:03d}-{event.event_id}.json"] = event.body
    return files


def _text(records: Records, language: int) -> bytes:
    payment = records.file.payment
    lines = [f"{payment.payment_id}  {payment.out_trade_no}  CNY {yuan_from_fen(payment.amount_fen)}", ""]
    for moment in timeline(records):
        lines.append(f"{beijing_time(moment.at_ms)}.{moment.at_ms % 1_000:03d}  {moment.said[language]}")
        lines += [f"{'':25}{said[language]}" for said in moment.details]
    return ("\n".join(lines) + "\n").encode()
