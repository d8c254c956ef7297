"""The world: accounts with the keys of both sides, and what of them the switch may see."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from payswitch.kit.crypto import SigningKey, VerifyingKey
from payswitch.sandbox.keys import AlipayKeys, WechatKeys, make_wechat_keys
from payswitch.sandbox.world import World

SECRET_FIELDS = ("platform_private_key", "public_key_private_key", "alipay_private_key")


def test_the_demo_has_five_accounts_in_every_key_mode(world: World) -> None:
    seen = {account.channel_id: sorted(account.connector_account()) for account in world.accounts[:5]}
    wechat = ["api_v3_key", "appid", "base_url", "mchid", "merchant_certificate", "merchant_private_key"]
    wechat += ["api_v2_key", "merchant_serial_no", "app_secret", "login_base_url", "login_api_base_url"]
    alipay = ["app_id", "app_private_key", "gateway", "seller_id"]
    assert seen == {
        "wechat-main": sorted([*wechat, "platform_certificates"]),
        "wechat-backup": sorted([*wechat, "wechatpay_public_key", "wechatpay_public_key_id"]),
        "alipay-main": sorted([*alipay, "alipay_public_key"]),
        "alipay-backup": sorted([*alipay, "app_certificate", "alipay_certificate", "alipay_root_certificate"]),
        "bank-alipay": sorted([*alipay, "alipay_public_key"]),
    }


def test_the_switch_never_gets_a_key_of_the_channels_side(world: World) -> None:
    for account in world.accounts:
        given = set(account.connector_account().values())
        for name in SECRET_FIELDS:
            assert getattr(account.keys, name, None) not in given - {""}


def test_the_keys_of_the_two_sides_belong_together(world: World) -> None:
    for account in world.accounts:
        keys, given = account.keys, account.connector_account()
        if isinstance(keys, AlipayKeys):
            shown = given.get("alipay_public_key") or given["alipay_certificate"]
            assert VerifyingKey(shown).verify(b"x", SigningKey(keys.alipay_private_key).sign(b"x"))
            if keys.certificate_mode:
                assert VerifyingKey(given["app_certificate"]).pem == keys.app_public_key
            continue
        if keys.platform_certificate:
            signature = SigningKey(keys.platform_private_key).sign(b"x")
            assert VerifyingKey(given["platform_certificates"]).verify(b"x", signature)
        if keys.public_key_id:
            signature = SigningKey(keys.public_key_private_key).sign(b"x")
            assert VerifyingKey(given["wechatpay_public_key"]).verify(b"x", signature)
        assert VerifyingKey(keys.merchant_certificate).pem == SigningKey(given["merchant_private_key"]).public_pem
        assert len(keys.api_v3_key) == 32


def test_serial_numbers_are_forty_hexadecimal_characters(world: World) -> None:
    keys = world.account("wechat-migrating").keys
    assert isinstance(keys, WechatKeys)
    for pem, serial in (
        (keys.merchant_certificate, keys.merchant_serial_no),
        (keys.platform_certificate, keys.platform_serial_no),
    ):
        assert len(serial) == 40
        assert int(serial, 16) == x509.load_pem_x509_certificate(pem.encode()).serial_number


def test_alipays_root_bundle_holds_the_issuer_and_a_root_of_another_kind(world: World) -> None:
    keys = world.account("alipay-backup").keys
    assert isinstance(keys, AlipayKeys)
    ours, foreign = x509.load_pem_x509_certificates(keys.alipay_root_certificate.encode())
    for pem in (keys.app_certificate, keys.alipay_certificate):
        x509.load_pem_x509_certificate(pem.encode()).verify_directly_issued_by(ours)
    assert ours.issuer.rfc4514_string() == "CN=Sandbox Root CA,OU=Certification Authority,O=Sandbox Pay,C=CN"
    assert not isinstance(foreign.public_key(), rsa.RSAPublicKey)


def test_a_world_is_a_file_for_its_owner(world: World, tmp_path: Path) -> None:
    path = tmp_path / "sandbox.json"
    world.save(path)
    assert World.load(path) == world
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_world_moves_with_its_keys(world: World) -> None:
    moved = world.at("http://127.0.0.1:9999/")
    assert moved.account("alipay-main").connector_account()["gateway"] == "http://127.0.0.1:9999/gateway.do"
    assert [account.keys for account in moved.accounts] == [account.keys for account in world.accounts]


def test_accounts_that_show_a_certificate_know_where_and_whom_to_trust(world: World) -> None:
    moved = world.at("http://127.0.0.1:9999", "https://127.0.0.1:9443/")
    given = moved.account("wechat-main").connector_account()
    assert given["base_url_tls"] == "https://127.0.0.1:9443"
    ca = x509.load_pem_x509_certificate(given["ca_certificate"].encode())
    x509.load_pem_x509_certificate(given["merchant_certificate"].encode()).verify_directly_issued_by(ca)
    assert "base_url_tls" not in moved.account("alipay-main").connector_account()
    assert World.from_json(moved.to_json()) == moved


def test_an_unknown_account_is_answered_with_the_known_ones(world: World) -> None:
    with pytest.raises(KeyError, match="wechat-main"):
        world.account("wechat-mian")


def test_keys_do_not_print_themselves(world: World) -> None:
    shown = repr(world)
    assert "PRIVATE KEY" not in shown
    assert all(
        account.keys.api_v3_key not in shown for account in world.accounts if isinstance(account.keys, WechatKeys)
    )


def test_an_account_needs_some_way_to_be_verified() -> None:
    with pytest.raises(ValueError, match="platform certificate"):
        make_wechat_keys(platform_certificate=False, public_key=False)
