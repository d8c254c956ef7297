"""POST /v1/payments, built the conventional way: what the ratio of `make bench` is measured against.

It does the same work with the same keys and the same durability as PaySwitch does for one payment: check the API key,
validate, look for an earlier payment with the same number, choose a channel by priority, write payment and attempt,
sign, call WeChat's native endpoint, verify the answer's signature, write the result, answer. It has no failover, no
breaker, no recorded decision and no events. It is written as a competent team would write it: pooled client, keys
parsed once, WAL with synchronous=FULL, one transaction before and one after the call.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from pydantic import BaseModel, Field
from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint, event, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

BEIJING = timezone(timedelta(hours=8))


class Base(DeclarativeBase):
    pass


class Payment(Base):
    __tablename__ = "payments"
    __table_args__ = (UniqueConstraint("shop_id", "out_trade_no"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    shop_id: Mapped[str] = mapped_column(String(40))
    out_trade_no: Mapped[str] = mapped_column(String(64))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    subject: Mapped[str] = mapped_column(String(256))
    state: Mapped[str] = mapped_column(String(16))
    created_at_ms: Mapped[int] = mapped_column(BigInteger)
    expires_at_ms: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[list[Attempt]] = relationship(back_populates="payment", lazy="selectin")


class Attempt(Base):
    __tablename__ = "attempts"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    payment_id: Mapped[str] = mapped_column(ForeignKey("payments.id"), index=True)
    channel_id: Mapped[str] = mapped_column(String(40))
    channel_order_no: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    code_url: Mapped[str | None] = mapped_column(String(256))
    payment: Mapped[Payment] = relationship(back_populates="attempts")


class CreatePayment(BaseModel, extra="forbid"):
    out_trade_no: str = Field(pattern=r"^[0-9A-Za-z_-]{1,64}$")
    amount_fen: int = Field(ge=1, strict=True)
    subject: str = Field(min_length=1, max_length=127)
    environment: str = "desktop"
    expires_in_s: int = Field(default=900, ge=10, le=7200)
    metadata: dict[str, str] = {}


class CredentialView(BaseModel):
    kind: str
    content: str
    expires_at: str


class PaymentView(BaseModel):
    payment_id: str
    shop_id: str
    out_trade_no: str
    amount_fen: int
    subject: str
    state: str
    created_at: str
    expires_at: str
    credential: CredentialView | None


def _config() -> dict[str, Any]:
    with open(os.environ["BENCH_CONFIG"], encoding="utf-8") as file:
        config: dict[str, Any] = json.load(file)
    return config


CONFIG = _config()
ACCOUNT: dict[str, str] = CONFIG["account"]
PRIVATE_KEY: Any = serialization.load_pem_private_key(ACCOUNT["merchant_private_key"].encode(), None)
PUBLIC_KEY: Any = serialization.load_pem_public_key(ACCOUNT["wechatpay_public_key"].encode())

engine = create_async_engine(f"sqlite+aiosqlite:///{CONFIG['database']}")
sessions = async_sessionmaker(engine, expire_on_commit=False)


@event.listens_for(engine.sync_engine, "connect")
def _pragmas(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.close()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with httpx.AsyncClient(timeout=0.5, limits=httpx.Limits(max_connections=100)) as client:
        app.state.client = client
        yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


async def session() -> AsyncIterator[AsyncSession]:
    async with sessions() as active:
        yield active


async def shop_of(authorization: Annotated[str, Header()]) -> str:
    key = authorization.removeprefix("Bearer ")
    if not secrets.compare_digest(hashlib.sha256(key.encode()).hexdigest(), CONFIG["api_key_sha256"]):
        raise HTTPException(401, "unknown API key")
    return "shop-1"


def iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, BEIJING).isoformat(timespec="seconds")


def authorization_header(method: str, path: str, body: bytes) -> str:
    timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
    message = f"{method}\n{path}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"
    signature = base64.b64encode(PRIVATE_KEY.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()
    return (
        f'WECHATPAY2-SHA256-RSA2048 mchid="{ACCOUNT["mchid"]}",nonce_str="{nonce}",signature="{signature}",'
        f'timestamp="{timestamp}",serial_no="{ACCOUNT["merchant_serial_no"]}"'
    )


def verify(response: httpx.Response) -> None:
    headers = response.headers
    message = f"{headers['Wechatpay-Timestamp']}\n{headers['Wechatpay-Nonce']}\n".encode() + response.content + b"\n"
    signature = base64.b64decode(headers["Wechatpay-Signature"])
    PUBLIC_KEY.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())


async def create_at_channel(client: httpx.AsyncClient, payment: Payment, attempt: Attempt) -> str:
    path = "/v3/pay/transactions/native"
    body = json.dumps(
        {
            "appid": ACCOUNT["appid"],
            "mchid": ACCOUNT["mchid"],
            "description": payment.subject,
            "out_trade_no": attempt.channel_order_no,
            "time_expire": iso(payment.expires_at_ms),
            "notify_url": "http://127.0.0.1:9/notify/wechat-main",
            "amount": {"total": payment.amount_fen, "currency": "CNY"},
        },
        ensure_ascii=False,
    ).encode()
    response = await client.post(
        ACCOUNT["base_url"] + path,
        content=body,
        headers={
            "Authorization": authorization_header("POST", path, body),
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Wechatpay-Serial": ACCOUNT["wechatpay_public_key_id"],
        },
    )
    response.raise_for_status()
    verify(response)
    code_url: str = response.json()["code_url"]
    return code_url


@app.post("/v1/payments", status_code=201)
async def create_payment(
    command: CreatePayment,
    request: Request,
    shop_id: Annotated[str, Depends(shop_of)],
    db: Annotated[AsyncSession, Depends(session)],
) -> PaymentView:
    earlier = await db.scalar(
        select(Payment).where(Payment.shop_id == shop_id, Payment.out_trade_no == command.out_trade_no)
    )
    if earlier is not None:
        raise HTTPException(409, "out_trade_no exists")
    now_ms = int(time.time() * 1000)
    payment = Payment(
        id="pay_" + secrets.token_hex(12),
        shop_id=shop_id,
        out_trade_no=command.out_trade_no,
        amount_fen=command.amount_fen,
        subject=command.subject,
        state="pending",
        created_at_ms=now_ms,
        expires_at_ms=now_ms + command.expires_in_s * 1000,
    )
    attempt = Attempt(
        id="att_" + secrets.token_hex(12),
        payment_id=payment.id,
        channel_id="wechat-main",
        channel_order_no="P" + secrets.token_hex(12),
        state="created",
    )
    db.add_all([payment, attempt])
    await db.commit()
    code_url = await create_at_channel(request.app.state.client, payment, attempt)
    attempt.state, attempt.code_url = "exposed", code_url
    await db.commit()
    return PaymentView(
        payment_id=payment.id,
        shop_id=shop_id,
        out_trade_no=payment.out_trade_no,
        amount_fen=payment.amount_fen,
        subject=payment.subject,
        state=payment.state,
        created_at=iso(payment.created_at_ms),
        expires_at=iso(payment.expires_at_ms),
        credential=CredentialView(kind="qr", content=code_url, expires_at=iso(payment.expires_at_ms)),
    )
