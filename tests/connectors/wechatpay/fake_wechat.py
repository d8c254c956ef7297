"""WeChat Pay as a test sees it: checks every request's signature as the merchant's public key allows, signs answers
with its own keys, and answers what the test has told it to."""

from __future__ import annotations

import base64
import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from payswitch.connectors.transport import MAX_ANSWER_BYTES, HttpAnswer, SendFailure
from payswitch.domain.exchange import NotifyRequest
from payswitch.kit.clock import ManualClock
from payswitch.kit.crypto import SigningKey, VerifyingKey, aes_gcm_encrypt, generate_private_pem

API_V3_KEY = "0123456789abcdefghijABCDEFGHIJ!?"
API_V2_KEY = "192006250b4c09247ec02edce69f6a2d"
APPID = "wx8888888888888888"
MCHID = "1900000001"
SUB_MCHID = "1900000109"
SUB_APPID = "wxd678efh567hg6999"
MERCHANT_SERIAL = "7132D72A03E93CDDF8C03BBD1F37EEDF5DA5E4F1"
PUBLIC_KEY_ID = "PUB_KEY_ID_0119000000012026010100000000000001"


@functools.cache
def private_pem(name: str) -> str:
    """The same key for the same name in the whole run: making one takes a tenth of a second."""
    return generate_private_pem()


@functools.cache
def signing_key(name: str) -> SigningKey:
    return SigningKey(private_pem(name))


@functools.cache
def merchant_public_key() -> VerifyingKey:
    """What WeChat has of the merchant."""
    return VerifyingKey(signing_key("merchant").public_pem)


@functools.cache
def certificate_pem(name: str, serial: int, *, until_year: int = 2040) -> str:
    private = serialization.load_pem_private_key(private_pem(name).encode(), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay.com sign")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(serial)
        .not_valid_before(datetime(2015, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(until_year, 1, 1, tzinfo=UTC))
        .sign(private, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


@dataclass(frozen=True)
class Signer:
    """One of WeChat's own keys."""

    serial: str
    key: SigningKey

    def headers(self, body: bytes, now_ms: int, nonce: str = "593BEC0C930BF1AFEB40B4A08C8FB242") -> dict[str, str]:
        timestamp = now_ms // 1_000
        message = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
        return {
            "wechatpay-timestamp": str(timestamp),
            "wechatpay-nonce": nonce,
            "wechatpay-signature": self.key.sign(message),
            "wechatpay-serial": self.serial,
            "wechatpay-signature-type": "WECHATPAY2-SHA256-RSA2048",
        }


OLD_SERIAL, NEW_SERIAL = 0x5157F09EFDC096DE15EBE81A47057A7232F1B8E1, 0x61A1B2C3D4E5F60718293A4B5C6D7E8F90A1B2C3


def platform_signer() -> Signer:
    return Signer(f"{OLD_SERIAL:X}", signing_key("platform-old"))


def renewed_platform_signer() -> Signer:
    return Signer(f"{NEW_SERIAL:X}", signing_key("platform-new"))


def public_key_signer() -> Signer:
    return Signer(PUBLIC_KEY_ID, signing_key("wechatpay-public"))


def stranger(serial: str) -> Signer:
    """Somebody who knows everything but the key."""
    return Signer(serial, signing_key("stranger"))


def account(mode: str = "public_key") -> dict[str, str]:
    """A correct `[channels.account]` table: `public_key`, `certificate` or `both` (migrating)."""
    table = {
        "base_url": "https://wechat.test",
        "appid": APPID,
        "mchid": MCHID,
        "merchant_serial_no": MERCHANT_SERIAL,
        "merchant_private_key": private_pem("merchant"),
        "api_v3_key": API_V3_KEY,
        "api_v2_key": API_V2_KEY,
        "merchant_certificate": certificate_pem("merchant", int(MERCHANT_SERIAL, 16)),
        "base_url_tls": "https://tls.wechat.test",
    }
    if mode in ("public_key", "both"):
        table |= {"wechatpay_public_key_id": PUBLIC_KEY_ID, "wechatpay_public_key": public_key_signer().key.public_pem}
    if mode in ("certificate", "both"):
        table |= {"platform_certificates": certificate_pem("platform-old", OLD_SERIAL)}
    return table


def partner_account() -> dict[str, str]:
    """A correct table of a sub-merchant: its service provider is the one that signs."""
    table = {name: value for name, value in account().items() if name not in ("appid", "mchid")}
    return table | {"sp_appid": APPID, "sp_mchid": MCHID, "sub_mchid": SUB_MCHID, "sub_appid": SUB_APPID}


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    timeout_ms: int
    max_bytes: int = MAX_ANSWER_BYTES

    @property
    def json(self) -> dict[str, object]:
        parsed = json.loads(self.body)
        assert isinstance(parsed, dict)
        return parsed


Answerer = Callable[[Request], HttpAnswer | SendFailure]


@dataclass
class FakeWechat:
    """An `HttpTransport`. Refuses, as the real one does, any request whose signature does not fit."""

    clock: ManualClock
    signer: Signer = field(default_factory=public_key_signer)
    answers: list[Answerer] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    certificates: list[tuple[str, int]] = field(default_factory=list)
    """(key name, serial) of what /v3/certificates gives out."""
    certificate_signer: Signer | None = None
    certificates_until: int = 2040

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        timeout_ms: int,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> HttpAnswer | SendFailure:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        request = Request(method, target, headers, body, timeout_ms, max_bytes)
        self._check_signature(request)
        self.requests.append(request)
        if target == "/v3/certificates":
            return self._certificate_answer()
        return self.answers.pop(0)(request)

    def _check_signature(self, request: Request) -> None:
        assert request.headers["Accept"] == "application/json"
        assert request.headers["User-Agent"]
        scheme, _, rest = request.headers["Authorization"].partition(" ")
        assert scheme == "WECHATPAY2-SHA256-RSA2048"
        fields = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        assert fields.keys() == {"mchid", "nonce_str", "signature", "timestamp", "serial_no"}
        assert (fields["mchid"], fields["serial_no"]) == (MCHID, MERCHANT_SERIAL)
        assert 0 < len(fields["nonce_str"]) <= 32
        assert int(fields["timestamp"]) == self.clock.now_ms() // 1_000
        text = f"{request.method}\n{request.target}\n{fields['timestamp']}\n{fields['nonce_str']}\n"
        assert merchant_public_key().verify(text.encode() + request.body + b"\n", fields["signature"])

    def _certificate_answer(self) -> HttpAnswer:
        entries = []
        for name, serial in self.certificates:
            nonce = "61f9c719728a"
            sealed = aes_gcm_encrypt(
                API_V3_KEY.encode(), nonce.encode(), self._certificate(name, serial), b"certificate"
            )
            entries.append(
                {
                    "serial_no": f"{serial:X}",
                    "effective_time": "2015-01-01T08:00:00+08:00",
                    "expire_time": "2040-01-01T08:00:00+08:00",
                    "encrypt_certificate": {
                        "algorithm": "AEAD_AES_256_GCM",
                        "nonce": nonce,
                        "associated_data": "certificate",
                        "ciphertext": base64.b64encode(sealed).decode(),
                    },
                }
            )
        body = json.dumps({"data": entries}).encode()
        return self.signed(200, body, signer=self.certificate_signer)

    def _certificate(self, name: str, serial: int) -> bytes:
        return certificate_pem(name, serial, until_year=self.certificates_until).encode()

    def signed(
        self, status: int, body: bytes, *, signer: Signer | None = None, request_id: str = "08A1-268435456-0"
    ) -> HttpAnswer:
        headers = (signer or self.signer).headers(body, self.clock.now_ms())
        return HttpAnswer(status=status, headers={**headers, "request-id": request_id}, body=body, latency_ms=1.0)

    def will_answer(self, status: int, message: object, *, request_id: str = "08A1-0") -> None:
        """The next request gets this, properly signed. `message` is JSON, or bytes as they are."""
        body = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
        self.answers.append(lambda _: self.signed(status, body, request_id=request_id))

    def will_answer_unsigned(self, status: int, body: bytes) -> None:
        self.answers.append(lambda _: HttpAnswer(status=status, headers={}, body=body, latency_ms=1.0))

    def will_fail(self, failure: SendFailure) -> None:
        self.answers.append(lambda _: failure)

    def notification(
        self,
        event_type: str,
        plain: Mapping[str, object],
        *,
        key: str = API_V3_KEY,
        signer: Signer | None = None,
        associated_data: str | None = "transaction",
        sent_at_ms: int | None = None,
    ) -> NotifyRequest:
        """A notification as WeChat posts it."""
        nonce = "fdasflkja484"
        sealed = aes_gcm_encrypt(
            key.encode(),
            nonce.encode(),
            json.dumps(plain, ensure_ascii=False).encode(),
            (associated_data or "").encode(),
        )
        resource: dict[str, object] = {
            "original_type": "refund" if event_type.startswith("REFUND") else "transaction",
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(sealed).decode(),
            "nonce": nonce,
        }
        if associated_data is not None:
            resource["associated_data"] = associated_data
        message = {
            "id": "EV-2018022511223320873",
            "create_time": "2026-11-11T20:37:00+08:00",
            "resource_type": "encrypt-resource",
            "event_type": event_type,
            "summary": "支付成功",
            "resource": resource,
        }
        body = json.dumps(message, ensure_ascii=False).encode().replace(b"/", b"\\/")
        return self.posted(body, signer=signer, sent_at_ms=sent_at_ms)

    def posted(self, body: bytes, *, signer: Signer | None = None, sent_at_ms: int | None = None) -> NotifyRequest:
        moment = self.clock.now_ms() if sent_at_ms is None else sent_at_ms
        headers = (signer or self.signer).headers(body, moment)
        return NotifyRequest(method="POST", path="/notify/wechat-main", query="", headers=headers, body=body)


def paid_transaction(number: str, *, total: int = 12_900, **changes: object) -> dict[str, object]:
    """A paid order with a coupon: the customer paid less than the order was for."""
    return {
        "appid": APPID,
        "mchid": MCHID,
        "out_trade_no": number,
        "transaction_id": "4200001234202611111234567890",
        "trade_type": "NATIVE",
        "trade_state": "SUCCESS",
        "trade_state_desc": "支付成功",
        "bank_type": "CMC",
        "attach": "",
        "success_time": "2026-11-11T20:37:05+08:00",
        "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
        "amount": {"total": total, "payer_total": total - 500, "currency": "CNY", "payer_currency": "CNY"},
        "promotion_detail": [{"amount": 500}],
        **changes,
    }
