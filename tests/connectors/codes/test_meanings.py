"""One table turns every channel's words into what is known about the money: its rules, for every cell."""

from __future__ import annotations

import itertools

import pytest

from payswitch.connectors.codes import MEANINGS, CodeClass, Operation, outcome_of, outcome_of_failure, says_busy
from payswitch.connectors.transport import SendFailure
from payswitch.domain.outcome import HURTS_HEALTH, SHOWS_HEALTH, LimitScope, Outcome, OutcomeKind

K = OutcomeKind
CELLS = list(itertools.product(Operation, CodeClass))


def of(operation: Operation, code_class: CodeClass, *, message: str = "", may_exist: bool = False) -> Outcome:
    return outcome_of(code_class, code="X", message=message, operation=operation, may_exist=may_exist)


@pytest.mark.parametrize(
    ("code", "message", "limit"),
    [
        ("RULELIMIT", "交易金额超过单笔限额", LimitScope.SINGLE),
        ("MERCHANT_PERM_RECEIPT_SINGLE_LIMIT", "", LimitScope.SINGLE),
        ("MERCHANT_PERM_RECEIPT_DAY_LIMIT", "", LimitScope.DAY),
        ("BEYOND_PER_RECEIPT_DAY_RESTRICTION", "", LimitScope.DAY),
        ("3045", "超过日累计限额", LimitScope.DAY),
        ("X", "超过月累计限额", LimitScope.MONTH),
        ("3014", "交易金额小于应收手续费", LimitScope.LEAST),
        ("X", "支付金额低于最小支付金额", LimitScope.LEAST),
        ("RULELIMIT", "限额", None),
    ],
)
def test_which_limit_refused_is_read_from_code_and_words(code: str, message: str, limit: LimitScope | None) -> None:
    refused = outcome_of(CodeClass.LIMIT, code=code, message=message, operation=Operation.CREATE)
    assert (refused.kind, refused.limit) == (K.REFUSED_LIMIT, limit)
    busy = outcome_of(CodeClass.SWITCH, code=code, message=message, operation=Operation.CREATE)
    assert busy.limit is None


def test_every_cell_has_a_meaning() -> None:
    assert {(operation, code_class) for operation in MEANINGS for code_class in MEANINGS[operation]} == set(CELLS)


@pytest.mark.parametrize(
    ("code_class", "kind", "transient"),
    [
        (CodeClass.RETRY1, K.REFUSED_CHANNEL, True),
        (CodeClass.SWITCH, K.REFUSED_CHANNEL, False),
        (CodeClass.MAINT, K.REFUSED_CHANNEL, False),
        (CodeClass.LIMIT, K.REFUSED_LIMIT, False),
        (CodeClass.RISK, K.REFUSED_RISK, False),
        (CodeClass.CUST, K.REFUSED_PAYER, False),
        (CodeClass.QUERY, K.UNKNOWN, False),
        (CodeClass.PAID, K.DUPLICATE, False),
        (CodeClass.RENEW, K.REFUSED_ORDER, False),
        (CodeClass.CONFIG, K.REFUSED_CONFIG, False),
    ],
)
def test_creating_an_order(code_class: CodeClass, kind: OutcomeKind, transient: bool) -> None:
    outcome = of(Operation.CREATE, code_class)
    assert (outcome.kind, outcome.transient, outcome.listed) == (kind, transient, code_class is CodeClass.MAINT)


@pytest.mark.parametrize("code_class", list(CodeClass))
def test_an_order_that_may_exist_in_spite_of_the_error(code_class: CodeClass) -> None:
    """Only "the channel refused" becomes unknown; whose fault it was stays as it was."""
    certain, uncertain = of(Operation.CREATE, code_class), of(Operation.CREATE, code_class, may_exist=True)
    expected = K.UNKNOWN if certain.kind is K.REFUSED_CHANNEL else certain.kind
    assert uncertain.kind is expected
    assert uncertain.transient == certain.transient


@pytest.mark.parametrize(("operation", "code_class"), CELLS)
def test_an_error_never_proves_that_money_moved_or_that_the_channel_is_well(
    operation: Operation, code_class: CodeClass
) -> None:
    kind = of(operation, code_class).kind
    if operation in (Operation.CLOSE, Operation.REVERSE) and code_class is CodeClass.RENEW:
        assert kind is K.CLOSED, "closed already is closed"
    else:
        assert kind not in SHOWS_HEALTH


@pytest.mark.parametrize(("operation", "code_class"), CELLS)
def test_a_refund_ends_only_where_the_channel_says_so_for_good(operation: Operation, code_class: CodeClass) -> None:
    if operation not in (Operation.REFUND, Operation.QUERY_REFUND):
        return
    outcome = of(operation, code_class)
    ends = operation is Operation.REFUND and code_class in (CodeClass.CUST, CodeClass.RENEW)
    assert (outcome.kind is not K.UNKNOWN) == ends


@pytest.mark.parametrize("code_class", [CodeClass.CONFIG, CodeClass.MAINT, CodeClass.LIMIT, CodeClass.RISK])
def test_a_refund_that_a_person_must_mend_keeps_its_number(code_class: CodeClass) -> None:
    outcome = of(Operation.REFUND, code_class)
    assert (outcome.kind, outcome.merchant_side) == (K.UNKNOWN, True)


def test_only_asking_for_money_may_hurt_the_channel_with_a_refusal() -> None:
    for operation, code_class in CELLS:
        if of(operation, code_class).kind is K.REFUSED_CHANNEL:
            assert operation in (Operation.CREATE, Operation.DEBIT)


@pytest.mark.parametrize("code_class", list(CodeClass))
def test_a_debit_is_never_sent_twice_and_refused_only_where_nothing_was_taken(code_class: CodeClass) -> None:
    outcome = of(Operation.DEBIT, code_class)
    proves_nothing = code_class in (CodeClass.RETRY1, CodeClass.QUERY, CodeClass.PAID)
    expected = K.UNKNOWN if proves_nothing else of(Operation.CREATE, code_class).kind
    assert (outcome.kind, outcome.transient) == (expected, False)


@pytest.mark.parametrize(
    ("code_class", "kind", "transient", "merchant_side"),
    [
        (CodeClass.RETRY1, K.UNKNOWN, True, False),
        (CodeClass.SWITCH, K.UNKNOWN, False, False),
        (CodeClass.MAINT, K.UNKNOWN, False, False),
        (CodeClass.LIMIT, K.UNKNOWN, False, True),
        (CodeClass.RISK, K.UNKNOWN, False, False),
        (CodeClass.CUST, K.UNKNOWN, False, False),
        (CodeClass.QUERY, K.UNKNOWN, False, False),
        (CodeClass.PAID, K.DUPLICATE, False, False),
        (CodeClass.RENEW, K.CLOSED, False, False),
        (CodeClass.CONFIG, K.REFUSED_CONFIG, False, False),
    ],
)
def test_undoing_a_debit(code_class: CodeClass, kind: OutcomeKind, transient: bool, merchant_side: bool) -> None:
    outcome = of(Operation.REVERSE, code_class)
    assert (outcome.kind, outcome.transient, outcome.merchant_side) == (kind, transient, merchant_side)


@pytest.mark.parametrize(("operation", "code_class"), CELLS)
def test_busy_words_count_only_from_a_channel_in_trouble(operation: Operation, code_class: CodeClass) -> None:
    listed = of(operation, code_class, message="系统繁忙，请稍后再试").listed
    assert listed == (code_class in (CodeClass.RETRY1, CodeClass.SWITCH, CodeClass.QUERY, CodeClass.MAINT))


@pytest.mark.parametrize(
    ("message", "busy"),
    [("系统繁忙，请稍后再试", True), ("通道维护中", True), ("系统异常", False), ("余额不足", False), ("", False)],
)
def test_busy_words(message: str, busy: bool) -> None:
    assert says_busy(message) is busy


@pytest.mark.parametrize(
    ("sent", "code", "kind", "transient"),
    [
        (False, "dns_failed", K.NOT_SENT, True),
        (False, "connect_failed", K.NOT_SENT, True),
        (False, "tls_failed", K.NOT_SENT, False),
        (False, "pool_timeout", K.NOT_SENT, False),
        (False, "connect_timeout", K.NOT_SENT, False),
        (True, "timeout", K.UNKNOWN, False),
        (True, "connection_lost", K.UNKNOWN, True),
        (True, "too_large", K.UNKNOWN, False),
        (True, "unreadable", K.UNKNOWN, False),
    ],
)
def test_no_complete_answer(sent: bool, code: str, kind: OutcomeKind, transient: bool) -> None:
    outcome = outcome_of_failure(SendFailure(sent=sent, code=code, latency_ms=3.0))
    assert outcome == Outcome(kind=kind, code=code, transient=transient)
    assert outcome.kind in HURTS_HEALTH


@pytest.mark.parametrize("code", ["timeout", "connection_lost", "too_large", "unreadable"])
def test_a_debit_that_may_have_arrived_is_never_worth_another_call(code: str) -> None:
    outcome = outcome_of_failure(SendFailure(sent=True, code=code, latency_ms=3.0), Operation.DEBIT)
    assert outcome == Outcome(kind=K.UNKNOWN, code=code)


def test_a_debit_that_never_left_may_be_sent() -> None:
    outcome = outcome_of_failure(SendFailure(sent=False, code="connect_failed", latency_ms=3.0), Operation.DEBIT)
    assert outcome == Outcome(kind=K.NOT_SENT, code="connect_failed", transient=True)
