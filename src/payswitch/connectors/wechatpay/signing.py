"""What we sign: requests to WeChat Pay, and the parameters with which the customer's page or app opens the wallet.

All are SHA256withRSA (PKCS#1 v1.5) with the merchant's private key over lines that each end in a line feed.
"""

from __future__ import annotations

from payswitch.kit.crypto import SigningKey

SCHEME = "WECHATPAY2-SHA256-RSA2048"


def authorization(
    key: SigningKey, *, mchid: str, serial_no: str, method: str, target: str, timestamp_s: int, nonce: str, body: bytes
) -> str:
    """The `Authorization` header of one request.

    `target` is path and query exactly as sent, `body` the exact bytes (empty for GET). WeChat allows the clock to
    be 5 minutes off.
    """
    message = f"{method}\n{target}\n{timestamp_s}\n{nonce}\n".encode() + body + b"\n"
    return (
        f'{SCHEME} mchid="{mchid}",nonce_str="{nonce}",signature="{key.sign(message)}",'
        f'timestamp="{timestamp_s}",serial_no="{serial_no}"'
    )


def jsapi_params(key: SigningKey, *, appid: str, prepay_id: str, timestamp_s: int, nonce: str) -> dict[str, str]:
    """What WeixinJSBridge and `wx.requestPayment` take, in their spelling."""
    package = f"prepay_id={prepay_id}"
    message = f"{appid}\n{timestamp_s}\n{nonce}\n{package}\n".encode()
    return {
        "appId": appid,
        "timeStamp": str(timestamp_s),
        "nonceStr": nonce,
        "package": package,
        "signType": "RSA",
        "paySign": key.sign(message),
    }


def app_params(
    key: SigningKey, *, appid: str, mchid: str, prepay_id: str, timestamp_s: int, nonce: str
) -> dict[str, str]:
    """What the WeChat SDK's `PayReq` takes. Unlike JSAPI, the bare prepay id is signed."""
    message = f"{appid}\n{timestamp_s}\n{nonce}\n{prepay_id}\n".encode()
    return {
        "appid": appid,
        "partnerid": mchid,
        "prepayid": prepay_id,
        "package": "Sign=WXPay",
        "noncestr": nonce,
        "timestamp": str(timestamp_s),
        "sign": key.sign(message),
    }
