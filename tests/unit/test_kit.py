"""The tools everything stands on: money, ids, clock, crypto, secrets, schedules."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payswitch.kit.clock import ManualClock, beijing, beijing_hour, iso_utc
from payswitch.kit.crypto import (
    KeyFormatError,
    SigningKey,
    VerifyingKey,
    aes_gcm_decrypt,
    aes_gcm_encrypt,
    generate_private_pem,
)
from payswitch.kit.ids import SeededIds, SystemIds
from payswitch.kit.money import fen_from_yuan, yuan_from_fen
from payswitch.kit.retry import Schedule
from payswitch.kit.secrets import Secret


@given(st.integers(min_value=0, max_value=10**13))
def test_money_survives_the_trip_through_yuan(amount_fen: int) -> None:
    assert fen_from_yuan(yuan_from_fen(amount_fen)) == amount_fen


@pytest.mark.parametrize(("text", "fen"), [("0.01", 1), ("12", 1200), ("12.5", 1250), ("0", 0), ("1299.00", 129900)])
def test_yuan_as_channels_write_it(text: str, fen: int) -> None:
    assert fen_from_yuan(text) == fen


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.", ".5", "1.234", "1e3", "01", " 1", "1,000", "１", "nan"])
def test_an_unreadable_amount_is_never_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        fen_from_yuan(text)


def test_a_negative_amount_is_never_written() -> None:
    with pytest.raises(ValueError, match="negative"):
        yuan_from_fen(-1)


def test_ids_sort_by_time_and_do_not_repeat() -> None:
    ids = SystemIds()
    early = ids.new("pay_", 1_700_000_000_000)
    late = ids.new("pay_", 1_700_000_000_001)
    assert early < late
    assert len({ids.new("pay_", 1) for _ in range(2_000)}) == 2_000
    assert len(early) == len("pay_") + 22


def test_seeded_ids_replay() -> None:
    first, second = SeededIds(7), SeededIds(7)
    assert [first.new("x", 5), first.token(), first.nonce()] == [second.new("x", 5), second.token(), second.nonce()]


async def test_a_sleeper_wakes_when_its_time_has_come() -> None:
    clock = ManualClock()
    sleeper = asyncio.create_task(clock.sleep(10))
    await asyncio.sleep(0)
    clock.advance(seconds=9.9)
    await asyncio.sleep(0)
    assert not sleeper.done()
    clock.advance(seconds=0.1)
    await sleeper


def test_times_for_people_and_wires() -> None:
    assert iso_utc(1_762_864_620_007) == "2025-11-11T12:37:00.007Z"
    assert beijing(1_762_864_620_007).isoformat(timespec="seconds") == "2025-11-11T20:37:00+08:00"


@given(st.integers(min_value=0, max_value=4_000_000_000_000))
def test_the_hour_in_beijing(ms: int) -> None:
    assert beijing_hour(ms) == beijing(ms).hour


@pytest.fixture(scope="module")
def pem() -> str:
    return generate_private_pem()


def test_a_signature_is_over_exactly_these_bytes(pem: str) -> None:
    key = SigningKey(pem)
    verifier = VerifyingKey(key.public_pem)
    signature = key.sign(b"amount=1")
    assert verifier.verify(b"amount=1", signature)
    assert not verifier.verify(b"amount=2", signature)
    assert not verifier.verify(b"amount=1", signature[:-4] + "AAA=")
    assert not verifier.verify(b"amount=1", "not base64 at all")


def test_bare_base64_keys_are_read_as_alipay_shows_them(pem: str) -> None:
    bare = "".join(line for line in pem.splitlines() if not line.startswith("-----"))
    assert SigningKey(bare).public_pem == SigningKey(pem).public_pem


@pytest.mark.parametrize("text", ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "abc", "密钥"])
def test_an_unreadable_key_is_named_but_never_quoted(text: str) -> None:
    with pytest.raises(KeyFormatError) as caught:
        SigningKey(text)
    assert not text or text not in str(caught.value)
    with pytest.raises(KeyFormatError):
        VerifyingKey(text)


SM2_PRIVATE = """-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgic0mR8terowaGfhn
HSBUUR1Oo1zyofdbWYripxuQZjKhRANCAATU/HWUEQwhIQf4AzqhYvo5idHx/l8o
8m/DdsUwBdPZCOM/td27UpsgcRAbToftEkNEwtZ1kPGUs9n1RGVSvGid
-----END PRIVATE KEY-----"""
SM2_PUBLIC = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAE1Px1lBEMISEH+AM6oWL6OYnR8f5f
KPJvw3bFMAXT2QjjP7Xdu1KbIHEQG06H7RJDRMLWdZDxlLPZ9URlUrxonQ==
-----END PUBLIC KEY-----"""


def test_a_key_of_the_national_standard_is_refused_in_words() -> None:
    """国密 (SM2): the channels' consoles hand these out, too."""
    with pytest.raises(KeyFormatError, match="不是 RSA 密钥"):
        SigningKey(SM2_PRIVATE)
    with pytest.raises(KeyFormatError, match="不是 RSA 密钥"):
        VerifyingKey(SM2_PUBLIC)


def test_one_changed_bit_is_noticed() -> None:
    key, nonce = b"k" * 32, b"n" * 12
    sealed = aes_gcm_encrypt(key, nonce, b"paid", b"transaction")
    assert aes_gcm_decrypt(key, nonce, sealed, b"transaction") == b"paid"
    assert aes_gcm_decrypt(key, nonce, bytes([sealed[0] ^ 1]) + sealed[1:], b"transaction") is None
    assert aes_gcm_decrypt(key, nonce, sealed, b"other") is None
    assert aes_gcm_decrypt(b"w" * 32, nonce, sealed, b"transaction") is None


def test_a_secret_cannot_be_printed_by_accident() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "hunter2"
    assert secret == Secret("hunter2")
    assert secret != Secret("hunter3")
    assert Secret("密钥") == Secret("密钥") != secret


def test_a_schedule_ends_or_repeats_its_last_gap() -> None:
    ending = Schedule((1, 5))
    assert [ending.gap_s(tries) for tries in (1, 2, 3)] == [1, 5, None]
    assert ending.next_ms(2, 1_000) == 6_000
    assert Schedule((1, 5), repeat_last=True).gap_s(99) == 5
    with pytest.raises(ValueError, match="zero or more"):
        Schedule(())
