"""Ways of breaking the switch on purpose. Each is a few lines of the source replaced in a scratch copy; the simulation
must find every one of them (`mutations.py`), or it is blind where it matters."""

from __future__ import annotations

from dataclasses import dataclass

LIFECYCLE = "payswitch/services/payments/lifecycle.py"
RESULTS = "payswitch/services/attempts/results.py"
RETIRING = "payswitch/services/attempts/retiring.py"
FAILOVER = "payswitch/services/attempts/failover.py"
REFUNDING = "payswitch/services/refunds/refunding.py"
REFUNDS = "payswitch/services/refunds/refunds.py"
ROUNDS = "payswitch/services/attempts/rounds.py"
RACING = "payswitch/services/attempts/racing.py"
SHADOW_PROBES = "payswitch/services/attempts/shadow_probes.py"
DRAFT = "payswitch/services/payments/draft.py"
PAYMENTS = "payswitch/services/payments/payments.py"
WRITES = "payswitch/storage/write_statements.py"
OUTBOX = "payswitch/storage/outbox.py"


@dataclass(frozen=True)
class Edit:
    """`old` stands exactly once in the file under src/."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutation:
    """One defence taken away, and what customers would lose by it."""

    name: str
    loses: str
    edits: tuple[Edit, ...]


def _one(name: str, loses: str, file: str, old: str, new: str) -> Mutation:
    return Mutation(name, loses, (Edit(file, old, new),))


MUTATIONS: tuple[Mutation, ...] = (
    _one(
        "winner_constraint_removed",
        "the database's own word that a payment is kept once",
        "payswitch/storage/migrations/versions/r0001_initial.py",
        '"uq_payment_winner",\n        "attempts",\n        ["payment_id"],\n        unique=True,',
        '"uq_payment_winner",\n        "attempts",\n        ["payment_id"],\n        unique=False,',
    ),
    Mutation(
        "outbox_after_commit",
        "events of a process that died in between: the shop never hears of the money",
        (
            Edit(
                DRAFT,
                "        await ctx.store.commit(changes)\n",
                "        told, changes.insert_events = changes.insert_events, []\n"
                "        await ctx.store.commit(changes)\n"
                "        changes.insert_events = told\n"
                "        if told:\n"
                "            await ctx.store.commit(Changes(insert_events=told))\n",
            ),
            Edit(WRITES, "            if row.payment_id not in present:\n", "            if False:\n"),
        ),
    ),
    _one(
        "refund_number_not_derived",
        "the one name of a surplus refund: discovered twice, it would be paid back twice",
        LIFECYCLE,
        "out_refund_no=surplus_refund_no(attempt),",
        'out_refund_no=ctx.ids.new("S", now_ms),',
    ),
    _one(
        "refund_number_new_at_every_try",
        "an unknown refund is sent again under another number, and paid back twice",
        "payswitch/services/attempts/asking.py",
        "        out_refund_no=refund.out_refund_no,\n",
        '        out_refund_no=f"{refund.out_refund_no}-{refund.tries}",\n',
    ),
    _one(
        "switch_from_unknown_allowed",
        "a customer whose debit is unknown is debited again",
        LIFECYCLE,
        "return next((attempt for attempt in attempts if attempt.state is AttemptState.UNKNOWN), None)",
        "return None",
    ),
    _one(
        "notify_amount_unchecked",
        "a success over another amount is taken for ours",
        RESULTS,
        "if fact.amount_fen != attempt.amount_fen:",
        "if False:",
    ),
    _one(
        "notify_merchant_unchecked",
        "another merchant's success is taken for ours",
        RESULTS,
        "if not fact.merchant_ok:",
        "if False:",
    ),
    Mutation(
        "shadow_order_left_open",
        "orders that nobody was shown pile up at the channels",
        (
            Edit(SHADOW_PROBES, "ctx.timings.next_dispose_ms(1, attempt.created_at_ms)", "None"),
            Edit(RACING, "if asked.left_behind else None", "if asked.left_behind and not current.shadow else None"),
        ),
    ),
    _one(
        "acknowledged_before_stored",
        "a notification that was acknowledged and not committed never comes again",
        RESULTS,
        "    except StorageUnavailable:\n"
        '        log.error("notify_not_stored", channel_id=channel_id)\n'
        "        return False\n",
        "    except StorageUnavailable:\n        believed = True\n",
    ),
    _one(
        "exposed_not_committed",
        "a code leaves that a crash forgets: nobody watches it",
        FAILOVER,
        "    work.file, shown = await change(ctx, attempt.payment_id, decide, known=work.file)\n",
        "    draft = Draft(work.file)\n    shown = decide(draft)\n    work.file = draft.file\n",
    ),
    _one(
        "debit_not_committed_as_unknown",
        "a debit that a crash forgets",
        ROUNDS,
        "    if debit:\n        attempt = as_debit(ctx, attempt)\n",
        "    del debit\n",
    ),
    _one(
        "closed_without_final_query",
        "a close's word is believed: money that came in the same second is kept",
        RETIRING,
        "    file, fact = await query_attempt(ctx, file, attempt_id, _time_left(ctx, until))\n"
        "    if outcome_kind is OutcomeKind.CLOSED and fact",
        "    if outcome_kind is OutcomeKind.CLOSED:\n"
        "        return await _bury(ctx, file, attempt, ctx.clock.now_ms(), incident=False)\n"
        "    file, fact = await query_attempt(ctx, file, attempt_id, _time_left(ctx, until))\n"
        "    if outcome_kind is OutcomeKind.CLOSED and fact",
    ),
    _one(
        "not_found_means_never",
        "a code that nobody has scanned yet is called dead, and paid afterwards",
        RETIRING,
        "    if fact.outcome.kind is OutcomeKind.NOT_FOUND and not _closes_at_once(ctx, attempt):",
        "    if fact.outcome.kind is OutcomeKind.NOT_FOUND:\n"
        "        return await _bury(ctx, file, attempt, ctx.clock.now_ms(), incident=False)\n"
        "    if fact.outcome.kind is OutcomeKind.NOT_FOUND and not _closes_at_once(ctx, attempt):",
    ),
    _one(
        "closing_not_waited_for",
        "the shop hears `closed` while a customer can still pay",
        LIFECYCLE,
        "    if any(attempt.state in MAY_BE_PAID for attempt in draft.attempts):\n        return\n",
        "",
    ),
    _one(
        "surplus_kept",
        "money of a second payment stays",
        LIFECYCLE,
        "    refund = _give_back(ctx, draft, attempt, RefundKind.SURPLUS, SURPLUS_REASON, now_ms)\n"
        "    attempt = draft.attempt(attempt.attempt_id)\n",
        "    refund = None\n",
    ),
    _one(
        "success_of_the_dead_ignored",
        "money that comes after the end is kept",
        LIFECYCLE,
        "    was_dead = attempt.state in DEAD\n",
        "    was_dead = attempt.state in DEAD\n    if was_dead:\n        return attempt\n",
    ),
    _one(
        "version_not_guarded",
        "of two who decide at the same moment the second overwrites the first",
        WRITES,
        '        "checkout_token",\n        "input_hash",\n    ),\n    versioned=True,\n)',
        '        "checkout_token",\n        "input_hash",\n    ),\n)',
    ),
    _one(
        "refund_not_reserved",
        "two refunds at once give back more than was paid",
        REFUNDS,
        "    draft.set_attempt(winner.attempt_id, refunded_fen=winner.refunded_fen + command.amount_fen)\n",
        "",
    ),
    _one(
        "refused_refund_not_asked_about",
        "a refund that went through is called failed, and the shop pays its customer twice",
        REFUNDING,
        "    found = await query_refund(ctx, attempt, order, timeout_ms)\n    return refused if",
        "    found = refused\n    return refused if",
    ),
    _one(
        "other_body_accepted",
        "another order under a used number gets the first one's payment",
        PAYMENTS,
        "    if file.payment.input_hash != payment.input_hash:\n"
        "        raise _trade_no_conflict(payment.out_trade_no)\n"
        "    return file\n",
        "    return file\n",
    ),
    _one(
        "events_out_of_order",
        "the shop hears `refunded` before `paid`",
        OUTBOX,
        "            ~blocked,\n",
        "",
    ),
    _one(
        "lease_ignored",
        "two workers deliver one event at the same time, and the slower one's word stands",
        OUTBOX,
        '.values(due_at_ms=bindparam("until_ms", type_=BigInteger))',
        ".values(due_at_ms=events.c.due_at_ms)",
    ),
    _one(
        "dead_event_told_to_nobody",
        "the shop never hears, and no person either",
        "payswitch/services/events/deliveries.py",
        "        await _tell_dead(ctx, event, now_ms)\n",
        "        pass\n",
    ),
    _one(
        "old_keys_forgotten",
        "notifications of orders made before a change of keys are refused",
        RESULTS,
        "    for older in ctx.directory.older_clients(channel_id):\n",
        "    for older in ():\n",
    ),
)
