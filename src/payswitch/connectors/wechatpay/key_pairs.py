"""Keys that are readable and yet do not belong together: found when an account is opened, not by WeChat's refusals."""

from __future__ import annotations

from collections.abc import Callable

from payswitch.connectors.contract import Account
from payswitch.connectors.wechatpay.verifying import is_certificate_serial, normal_serial
from payswitch.kit.crypto import KeyFormatError, SigningKey, VerifyingKey, load_certificate

Problem = Callable[[str, str, str], None]
"""Key, what is wrong in English, the same in Chinese."""


def check_pair(account: Account, serial_no: str, signing_key: SigningKey | None, problem: Problem) -> None:
    """`merchant_certificate` (apiclient_cert.pem) is not needed to pay. Given, it proves that the serial number and
    the private key belong together; WeChat itself only says that the signature is wrong."""
    text = account.get("merchant_certificate", "").strip()
    if not text:
        return
    try:
        certificate, public = load_certificate(text), VerifyingKey(text)
    except KeyFormatError as error:
        english, _, chinese = str(error).partition(" / ")
        problem("merchant_certificate", english, chinese)
        return
    if signing_key is not None and public.pem != signing_key.public_pem:
        problem(
            "merchant_certificate",
            "does not belong to merchant_private_key; take apiclient_cert.pem and apiclient_key.pem together",
            "与 merchant_private_key 不是一对，请使用同一次下载的 apiclient_cert.pem 与 apiclient_key.pem",
        )
    if is_certificate_serial(serial_no) and normal_serial(serial_no) != normal_serial(f"{certificate.serial_number:X}"):
        problem(
            "merchant_serial_no",
            "is not the serial number of merchant_certificate",
            "不是 merchant_certificate 的序列号",
        )


def check_not_ours(account: Account, signing_key: SigningKey | None, problem: Problem) -> None:
    """The merchant's own public key where WeChat's belongs: nothing of WeChat's would ever be believed."""
    text = account.get("wechatpay_public_key", "").strip()
    if signing_key is None or not text:
        return
    try:
        same = VerifyingKey(text).pem == signing_key.public_pem
    except KeyFormatError:
        return  # told already
    if same:
        problem(
            "wechatpay_public_key",
            "is the merchant's own public key; download WeChat Pay's from the merchant platform",
            "填成了商户自己的公钥，请在商户平台下载“微信支付公钥”",
        )
