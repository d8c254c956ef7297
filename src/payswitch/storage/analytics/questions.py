"""The questions in SQL. Every figure's definition stands beside its field in `domain/analysis.py`.

Names of files and of columns are put into the text by us; whatever comes from outside is a parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from payswitch.domain.analysis import (
    By,
    ChoiceCell,
    LossCell,
    RateCell,
    Received,
    RefundTimes,
    Scope,
    SwitchCell,
    Totals,
)
from payswitch.domain.losses import CAUSE_TEXTS, Cause, Fixer
from payswitch.storage.analytics import duck

if TYPE_CHECKING:
    import duckdb

_SQL_OF: Final[dict[By, str]] = {
    By.CHANNEL: "channel_id",
    By.PRODUCT: "product",
    By.METHOD: "method",
    By.BANK: "bank",
    By.BAND: "band",
    By.HOUR: "CAST(hour AS VARCHAR)",
    By.DAY: "CAST((hour_no + 8) // 24 AS VARCHAR)",
    By.DEVICE: "device",
    By.ENVIRONMENT: "environment",
    By.SHOP: "shop_id",
}
_CUSTOMERS_OWN: Final = ", ".join(
    duck.text(cause.value) for cause, said in CAUSE_TEXTS.items() if said.fixer is Fixer.CUSTOMER
)
_ENDED: Final = f"(paid OR (cause <> '' AND cause <> {duck.text(Cause.CANCELLED.value)}))"
"""The payment has ended, and was not given up by its shop or customer."""


def _window(scope: Scope) -> tuple[str, list[Any]]:
    condition, values = "created_at_ms >= ? AND created_at_ms < ?", [scope.from_ms, scope.to_ms]
    if scope.shop_id is not None:
        return f"{condition} AND shop_id = ?", [*values, scope.shop_id]
    return condition, list(values)


def day_file(kept: list[Path], hours: Sequence[int], fresh: Path, merchant_id: str, target: Path) -> str:
    """The statement that makes a day's file anew: what was in it of other hours, and the fresh rows of these."""
    names = ", ".join(duck.COLUMNS)
    columns = "{" + ", ".join(f"{name}: {duck.text(kind)}" for name, kind in duck.COLUMNS.items()) + "}"
    listed = ", ".join(str(int(hour)) for hour in hours)
    return (
        f"COPY (SELECT {names} FROM {duck.rows_of(kept)} WHERE hour_no NOT IN ({listed}) "
        f"UNION ALL SELECT {names} FROM read_json({duck.text(fresh)}, format = 'newline_delimited', "
        f"columns = {columns}) WHERE merchant_id = {duck.text(merchant_id)} ORDER BY payment_id) "
        f"TO {duck.text(target)} (FORMAT parquet, COMPRESSION zstd)"
    )


def totals(files: list[Path], scope: Scope, db: duckdb.DuckDBPyConnection) -> Totals:
    where, values = _window(scope)
    row = db.execute(
        f"""
        SELECT count(*) FILTER (first), coalesce(sum(amount_fen) FILTER (first), 0),
            count(*) FILTER (first AND paid), coalesce(sum(amount_fen) FILTER (first AND paid), 0),
            count(*) FILTER (first AND payment_state = 'closed'),
            count(*) FILTER (first AND cause IN ({_CUSTOMERS_OWN})),
            count(*) FILTER (saved), coalesce(sum(amount_fen) FILTER (saved), 0),
            count(*) FILTER (switched_from <> ''), count(*) FILTER (hedge),
            count(*) FILTER (surplus), coalesce(sum(amount_fen) FILTER (surplus), 0),
            count(*) FILTER (surplus AND surplus_refund_ms IS NOT NULL),
            coalesce(sum(refunds), 0), coalesce(sum(refunded_fen), 0), coalesce(sum(fee_fen), 0)
        FROM {duck.rows_of(files)} WHERE {where}
        """,
        values,
    ).fetchone()
    return Totals(**dict(zip(Totals.__struct_fields__, map(int, row or ()), strict=True)))


def rates(
    files: list[Path], scope: Scope, by: Sequence[By], times: bool, db: duckdb.DuckDBPyConnection
) -> list[RateCell]:
    where, values = _window(scope)
    answers = "approx_quantile(answer_ms, 0.5), approx_quantile(answer_ms, 0.95)" if times else "NULL, NULL"
    keys = ", ".join(_SQL_OF[one] for one in by) or "''"
    found = db.execute(
        f"""
        SELECT [{keys}], count(*), count(*) FILTER (state = 'succeeded'), sum(amount_fen),
            {answers}
        FROM {duck.rows_of(files)}
        WHERE {where} AND first AND channel_id <> '' AND {_ENDED} GROUP BY 1 ORDER BY 1
        """,
        values,
    ).fetchall()
    return [
        RateCell(
            key=tuple(key),
            tried=tried,
            paid=paid,
            amount_fen=int(fen),
            answer_p50_ms=_maybe(p50),
            answer_p95_ms=_maybe(p95),
        )
        for key, tried, paid, fen, p50, p95 in found
    ]


def counts(files: list[Path], scope: Scope, by: By, db: duckdb.DuckDBPyConnection) -> list[RateCell]:
    """Rates without times, which do not add up over days."""
    where, values = _window(scope)
    found = db.execute(
        f"""
        SELECT {_SQL_OF[by]}, count(*), count(*) FILTER (state = 'succeeded'), sum(amount_fen)
        FROM {duck.rows_of(files)}
        WHERE {where} AND first AND channel_id <> '' AND {_ENDED} GROUP BY 1 ORDER BY 1
        """,
        values,
    ).fetchall()
    return [RateCell(key=(key,), tried=tried, paid=paid, amount_fen=int(fen)) for key, tried, paid, fen in found]


def losses(files: list[Path], scope: Scope, by: By, db: duckdb.DuckDBPyConnection) -> list[LossCell]:
    where, values = _window(scope)
    found = db.execute(
        f"""
        SELECT {_SQL_OF[by]} AS key, cause, coalesce(mode(code) FILTER (code <> ''), ''), count(*), sum(amount_fen)
        FROM {duck.rows_of(files)} WHERE {where} AND first AND cause <> ''
        GROUP BY 1, 2 ORDER BY 4 DESC, 1, 2
        """,
        values,
    ).fetchall()
    return [LossCell(key=k, cause=c, code=e, payments=n, amount_fen=int(fen)) for k, c, e, n, fen in found]


def switches(files: list[Path], scope: Scope, db: duckdb.DuckDBPyConnection) -> list[SwitchCell]:
    where, values = _window(scope)
    found = db.execute(
        f"""
        SELECT switched_from, channel_id, count(*), count(*) FILTER (paid), coalesce(sum(amount_fen) FILTER (paid), 0)
        FROM {duck.rows_of(files)} WHERE {where} AND switched_from <> '' GROUP BY 1, 2 ORDER BY 4 DESC, 1, 2
        """,
        values,
    ).fetchall()
    return [
        SwitchCell(from_channel=a, to_channel=b, switches=n, paid=paid, paid_fen=int(fen))
        for a, b, n, paid, fen in found
    ]


def choices(files: list[Path], scope: Scope, by: By, db: duckdb.DuckDBPyConnection) -> list[ChoiceCell]:
    where, values = _window(scope)
    found = db.execute(
        f"""
        SELECT hour_no // 2, {_SQL_OF[by]}, choices, list_transform(chances, lambda x: round(x, 2)),
            list_position(choices, channel_id || '|' || product) - 1,
            count(*), count(*) FILTER (paid), sum(amount_fen), coalesce(sum(amount_fen) FILTER (paid), 0),
            sum(payment_fee_fen), sum(1 / propensity), sum(1 / (propensity * propensity)),
            sum(amount_fen / propensity),
            coalesce(sum(1 / propensity) FILTER (paid), 0), coalesce(sum(amount_fen / propensity) FILTER (paid), 0),
            sum(payment_fee_fen / propensity)
        FROM {duck.rows_of(files)}
        WHERE {where} AND first_choice AND propensity > 0 AND {_ENDED} GROUP BY ALL ORDER BY ALL
        """,
        values,
    ).fetchall()
    return [
        ChoiceCell(
            block=block,
            value=value,
            choices=tuple(among),
            chances=tuple(chances),
            chosen=int(chosen),
            count=count,
            paid=paid,
            amount_fen=int(fen),
            paid_fen=int(paid_fen),
            fees_fen=int(fees),
            inverse=inverse,
            inverse_squared=squared,
            amount_inverse=amount_inverse,
            paid_inverse=paid_inverse,
            paid_fen_inverse=paid_fen_inverse,
            fees_fen_inverse=fees_inverse,
        )
        for (
            block, value, among, chances, chosen, count, paid, fen, paid_fen, fees,
            inverse, squared, amount_inverse, paid_inverse, paid_fen_inverse, fees_inverse,
        ) in found
    ]  # fmt: skip


def refund_times(files: list[Path], scope: Scope, db: duckdb.DuckDBPyConnection) -> list[RefundTimes]:
    where, values = _window(scope)
    found = db.execute(
        f"""
        SELECT channel_id, count(surplus_refund_ms), median(surplus_refund_ms), max(surplus_refund_ms),
            sum(refunds), median(refund_ms), quantile_cont(refund_ms, 0.95)
        FROM {duck.rows_of(files)} WHERE {where} AND (refunds > 0 OR surplus_refund_ms IS NOT NULL)
        GROUP BY 1 ORDER BY 1
        """,
        values,
    ).fetchall()
    return [
        RefundTimes(
            channel_id=channel,
            surplus=surplus,
            surplus_p50_ms=_maybe(middle),
            surplus_worst_ms=_maybe(worst),
            refunds=int(count),
            refunds_p50_ms=_maybe(p50),
            refunds_p95_ms=_maybe(p95),
        )
        for channel, surplus, middle, worst, count, p50, p95 in found
    ]


def received(files: list[Path], scope: Scope, db: duckdb.DuckDBPyConnection) -> list[Received]:
    where, values = _window(scope)
    found = db.execute(
        f"""
        SELECT channel_id, sum(amount_fen), sum(fee_fen)
        FROM {duck.rows_of(files)} WHERE {where} AND state = 'succeeded' GROUP BY 1 ORDER BY 1
        """,
        values,
    ).fetchall()
    return [Received(channel_id=channel, amount_fen=int(fen), fee_fen=int(fee)) for channel, fen, fee in found]


def export(files: list[Path], scope: Scope, target: Path, db: duckdb.DuckDBPyConnection) -> int:
    where, values = _window(scope)
    written = "(FORMAT csv, HEADER)" if target.suffix == ".csv" else "(FORMAT parquet, COMPRESSION zstd)"
    row = db.execute(
        f"COPY (SELECT * FROM {duck.rows_of(files)} WHERE {where} ORDER BY payment_id, created_at_ms) "
        f"TO {duck.text(target)} {written}",
        values,
    ).fetchone()
    return 0 if row is None else int(row[0])


def _maybe(value: Any) -> float | None:
    return None if value is None else float(value)
