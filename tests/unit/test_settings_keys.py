"""Secrets, key files, operators' keys and the master key in `payswitch.toml`: read, and never repeated."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from tests.unit.configuration import API_KEY, KEY_TEXT, SECRET, SERVICE, SHOP, WHOLE, loaded, problems


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (f'webhook_secret = "{SECRET}"', f'webhook_secret = ["{SECRET}"]'),
        (f'webhook_secret = "{SECRET}"', f'webhook_secert = "{SECRET}"'),
        (f'webhook_secret = "{SECRET}"', f'webhook_secret = "{SECRET.replace("whsec_", "whsek_")}"'),
        ('api_v3_key = "0123456789abcdef0123456789abcdef"', 'api_v3_key = ["0123456789abcdef0123456789abcdef"]'),
        (hashlib.sha256(API_KEY.encode()).hexdigest(), API_KEY),
        ("port = 9000", f'port = "{API_KEY}"'),
    ],
)
def test_no_message_repeats_a_secret(tmp_path: Path, right: str, wrong: str) -> None:
    assert right in WHOLE

    told = "\n".join(problems(tmp_path, WHOLE.replace(right, wrong)))

    assert SECRET[6:] not in told
    assert "0123456789abcdef" not in told
    assert API_KEY not in told


@pytest.mark.parametrize("key", [KEY_TEXT, "MIIEvQIBADANBgkq" * 100])
def test_a_key_where_a_file_name_belongs_is_not_repeated(tmp_path: Path, key: str) -> None:
    """The careless paste: the key itself behind `..._file`."""
    found = problems(tmp_path, WHOLE + f"merchant_private_key_file = '''{key}'''\n")

    assert len(found) == 1
    assert "account.merchant_private_key_file: must be the name of a file" in found[0]
    assert "MIIEvQ" not in found[0]


def test_a_key_file_that_is_not_there(tmp_path: Path) -> None:
    found = problems(tmp_path, WHOLE + 'merchant_private_key_file = "keys/gone.pem"\n')

    assert found == [
        "channels[wechat-main].account.merchant_private_key_file: cannot read "
        f"{tmp_path / 'keys' / 'gone.pem'} / 无法读取: No such file or directory"
    ]


def test_a_key_file_that_is_not_pem_but_der(tmp_path: Path) -> None:
    (tmp_path / "key.der").write_bytes(b"\x30\x82\x04\xbe\xff\xfe")

    found = problems(tmp_path, WHOLE + 'merchant_private_key_file = "key.der"\n')

    assert len(found) == 1
    assert "PEM is needed" in found[0]


def test_a_key_and_a_key_file_together_are_a_question(tmp_path: Path) -> None:
    found = problems(tmp_path, WHOLE + 'api_v3_key_file = "key.txt"\n')

    assert len(found) == 1
    assert "give either this or api_v3_key" in found[0]


OPERATOR = f"""
[[operators]]
operator_id = "op-lin"
name = "林"
merchant_ids = ["m-1"]
api_key_sha256 = "{hashlib.sha256(b"key-of-the-operator").hexdigest()}"
"""
MASTER_KEY = "psmk_" + "A" * 43


def test_operators_have_keys_and_merchants(tmp_path: Path) -> None:
    [operator] = loaded(tmp_path, WHOLE + OPERATOR).operators

    assert operator.operator().manages("m-1")
    assert not operator.operator().manages("m-2")


def test_with_operators_the_file_need_not_declare_a_channel(tmp_path: Path) -> None:
    assert loaded(tmp_path, SERVICE + SHOP + OPERATOR).channels == ()


def test_what_is_wrong_with_operators_is_told_at_once(tmp_path: Path) -> None:
    shops_key = hashlib.sha256(API_KEY.encode()).hexdigest()
    wrong = f"""
[[operators]]
operator_id = "a b"
name = "吴"
merchant_ids = []
api_key_sha256 = "{shops_key}"
"""
    found = "\n".join(problems(tmp_path, WHOLE + OPERATOR + OPERATOR + wrong))

    for expected in (
        "op-lin is configured twice",
        "one stands twice",
        "operator_id",
        "at least one merchant",
        "a shop's",
    ):
        assert expected in found


def test_the_master_key_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "master.key").write_text(f"# 2026\n{MASTER_KEY}\n", encoding="utf-8")
    by_file = loaded(tmp_path, WHOLE.replace("port = 9000", 'port = 9000\nmaster_key_file = "master.key"'))
    by_environment = loaded(tmp_path, environ={"PAYSWITCH_MASTER_KEY": MASTER_KEY})

    assert by_file.key_ring is not None
    assert by_environment.key_ring is not None
    assert by_file.key_ring.key_ids == by_environment.key_ring.key_ids
    assert loaded(tmp_path).key_ring is None
    assert "AAAA" not in repr(by_file)


def test_a_wrong_master_key_is_told_and_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "master.key").write_text("psmk_short", encoding="utf-8")
    in_file = WHOLE.replace("port = 9000", 'port = 9000\nmaster_key_file = "master.key"')

    assert "service.master_key_file" in problems(tmp_path, in_file)[0]
    assert "short" not in problems(tmp_path, in_file)[0]
    assert "PAYSWITCH_MASTER_KEY: must be psmk_" in problems(tmp_path, WHOLE, {"PAYSWITCH_MASTER_KEY": "nonsense"})[0]
    assert "not both" in problems(tmp_path, in_file, {"PAYSWITCH_MASTER_KEY": MASTER_KEY})[0]
