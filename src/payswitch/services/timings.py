"""How long things may take: every wait of the services, in one place, with its reason."""

from __future__ import annotations

from typing import Annotated

import msgspec

from payswitch.kit.retry import Schedule


class Timings(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of one installation. The defaults are the product's promises; drills and tests may compress them."""

    launch_deadline_ms: int = 500
    """From the request to a credential, failover included: the mission's switch within 0.5 s."""
    launch_reserve_ms: int = 30
    """Kept back from the last call for committing and answering."""
    least_try_ms: int = 40
    """No call is begun with less time than this: no channel answers that fast."""
    last_call_ms: int = 150
    """Left, at most, for a candidate that is begun only because the customer's time runs out (the hard limit)."""
    retire_deadline_ms: int = 240
    """Query and close of the old attempt before a customer's switch goes on without their answers."""
    refresh_timeout_ms: int = 200
    """Another credential for the same order; then there is still time to leave it and launch a new one."""
    query_timeout_ms: int = 3_000
    """Background queries are patient: a slow answer is better than none."""
    close_timeout_ms: int = 3_000
    debit_timeout_ms: int = 10_000
    """One debit: a wallet that asks nobody answers in a second or two, and a lost answer costs a query and waiting."""
    debit_round_ms: int = 20_000
    """No further channel is asked to debit once a request has taken so long: the customer stands at the counter."""
    reverse_timeout_ms: int = 10_000
    merchant_session_timeout_ms: int = 5_000
    """Apple's answer for a page; the customer is looking at a sheet that waits for it."""
    sms_gap_ms: int = 60_000
    """An SMS code is sent again no sooner: banks refuse more."""
    refund_timeout_ms: int = 10_000
    """A refund's answer is worth waiting for: an unknown refund costs a query later."""
    leftover_after_ms: int = 5_000
    """An attempt still `created` after this long belongs to a process that died."""
    sweep_lease_ms: int = 30_000
    """A payment that a worker has taken is offered to nobody else for so long; a dead worker's comes back after it."""
    catch_up_after_ms: int = 10_000
    """What is overdue by more than this was missed (a stop, a storm): it is caught up with at a pace."""
    catch_up_per_s: Annotated[float, msgspec.Meta(gt=0)] = 50
    """Of that, at most so many payments a second and channel: no channel says how much it takes, and a merchant whose
    calls are refused for their frequency loses new payments by it."""
    final_grace_ms: int = 3_000
    """After the deadline, before the final query: clocks differ, and a payment in its last second needs to land."""
    overdue_ms: int = 300_000
    """A channel that still says "waiting" this long past the deadline it was given gets an incident."""
    event_timeout_ms: int = 10_000
    event_lease_ms: int = 30_000
    check_gap_ms: int = 1_000
    """A checkout page that polls makes us ask the channel at most this often."""
    query_gaps_s: tuple[float, ...] = (4, 6, 10, 15, 30, 30, 60, 60, 120, 180, 300, 600)
    """After exposure. WeChat's own guidance is 5 s, 30 s, 1 min, 3 min, 5 min, 10 min, 30 min (unconfirmed);
    ours is denser in the first minute, when customers pay and wait."""
    debit_gaps_s: tuple[float, ...] = (2, 3, 5, 5, 5, 5, 5, 10, 10, 15, 30, 60)
    """Of questions about an unknown debit, and then of its reversals. WeChat: every 5 to 10 s, for 30 to 45 s."""
    squeeze: Annotated[float, msgspec.Meta(ge=1)] = 1.0
    """Sandboxes and drills squeeze an evening into a minute: divides the shortest lives that channels let an order
    have, and the times in which money may still arrive late. In production 1."""
    probe_idle_s: Annotated[float, msgspec.Meta(ge=0)] = 300
    """A channel without payments for so long is asked whether it would answer; 0: never. Not before so long after the
    start: until then its payments tell."""
    probe_gaps_s: tuple[float, ...] = (30, 30, 60, 120, 300)
    """The same for a channel behind an open breaker, or whose last probe failed."""
    close_gaps_s: tuple[float, ...] = (1, 2, 5, 10, 20, 30, 60)
    dispose_gaps_s: tuple[float, ...] = (3, 15, 60, 300)
    """For numbers whose create answer was lost before anybody saw the credential."""
    bill_hour: Annotated[int, msgspec.Meta(ge=0, le=23)] = 10
    """The hour (Beijing) from which yesterday's bills are fetched: WeChat and Alipay have them at about 10:00."""
    bill_gap_s: float = 1_800
    """A bill that is not ready is asked for again so long after."""
    bill_missing_after_s: float = 21_600
    """So long after the bill hour, a bill that is still missing is an incident."""
    bill_timeout_ms: int = 300_000
    """A large day's file takes minutes; nobody waits for it."""
    audit_gap_s: float = 3_600
    """Between two audits of the books."""
    refund_gaps_s: tuple[float, ...] = (1, 3, 8, 15, 30, 60, 300, 900)
    event_gaps_s: tuple[float, ...] = (5, 30, 120, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 72_000)
    """Together three days, as design.md promises the shop."""

    alert_gap_s: float = 5.0
    """Between two rounds of the alert rules; a breaker that moves does not wait for it. 0: no alerts."""
    alert_age_s: float = 120.0
    """A payment is judged for the alerts' success rates at this age: most who pay have paid by then."""
    alert_timeout_ms: int = 10_000
    """For one message to one receiver."""
    alert_gaps_s: tuple[float, ...] = (5, 15, 30, 60, 120, 300, 900, 1_800, 3_600)
    """Of a message that did not arrive: together two hours; by then the next receivers have been told."""

    def next_query_ms(self, tries: int, now_ms: int) -> int:
        return _next(self.query_gaps_s, tries, now_ms)

    def next_debit_ms(self, tries: int, now_ms: int) -> int:
        return _next(self.debit_gaps_s, tries, now_ms)

    def next_close_ms(self, tries: int, now_ms: int) -> int:
        return _next(self.close_gaps_s, tries, now_ms)

    def next_refund_ms(self, tries: int, now_ms: int) -> int:
        return _next(self.refund_gaps_s, tries, now_ms)

    def next_dispose_ms(self, tries: int, now_ms: int) -> int | None:
        """None when the schedule is over: nobody ever saw the credential, so nobody can pay it."""
        return Schedule(self.dispose_gaps_s).next_ms(tries, now_ms)

    def next_alert_ms(self, tries: int, now_ms: int) -> int | None:
        """None when the schedule is over: the message is dead, and the others are told of its receiver."""
        return Schedule(self.alert_gaps_s).next_ms(tries, now_ms)

    def next_event_ms(self, tries: int, now_ms: int) -> int | None:
        """None after three days: the event is dead and an incident says so."""
        return Schedule(self.event_gaps_s).next_ms(tries, now_ms)


def _next(gaps_s: tuple[float, ...], tries: int, now_ms: int) -> int:
    return now_ms + int(gaps_s[min(tries, len(gaps_s)) - 1] * 1_000)
