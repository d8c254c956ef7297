"""The screens that customers look at the checkout with: what they say they are, what their apps put into the page."""

from __future__ import annotations

from dataclasses import dataclass

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
ANDROID = "Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"

PHONE_SIZE = (390, 844)
DESK_SIZE = (1280, 800)

WEIXIN_BRIDGE = """
  const bridge = { invoke: (name, params, done) =>
    window.inWallet(JSON.stringify({ name, params })).then((said) => done({ err_msg: name + ":" + said })) };
  %s
"""
"""What WeChat's browser has. `inWallet` is the customer with their password."""
AT_ONCE = WEIXIN_BRIDGE % "window.WeixinJSBridge = bridge;"
LATE = (
    WEIXIN_BRIDGE
    % """
  addEventListener("DOMContentLoaded", () => setTimeout(() => {
    window.WeixinJSBridge = bridge; document.dispatchEvent(new Event("WeixinJSBridgeReady"));
  }, 600));
"""
)
"""On Android it is often there only after the page has begun."""

ALIPAY_BRIDGE = """
  window.AlipayJSBridge = { call: (name, params, done) =>
    window.inWallet(JSON.stringify({ name, params }))
      .then((said) => done({ resultCode: said === "ok" ? "9000" : "6001" })) };
"""

APPLE_PAY = """
  window.ApplePaySession = class {
    static canMakePayments() { return true; }
    constructor(version, request) { this.request = request; }
    begin() {
      const validationURL = "https://cn-apple-pay-gateway.apple.com/paymentservices/paymentSession";
      this.onvalidatemerchant({ validationURL });
    }
    abort() { window.appleEnded = "aborted"; }
    completeMerchantValidation(session) {
      window.signApplePay(JSON.stringify({ session, amount: this.request.total.amount })).then((token) =>
        token ? this.onpaymentauthorized({ payment: { token: JSON.parse(token) } }) : this.oncancel());
    }
    completePayment(result) { window.appleEnded = result.status === 0 ? "success" : "failure"; }
  };
  window.ApplePaySession.STATUS_SUCCESS = 0;
  window.ApplePaySession.STATUS_FAILURE = 1;
"""


@dataclass(frozen=True)
class Device:
    """One kind of screen."""

    name: str
    user_agent: str
    environment: str
    """What the service takes it for."""
    pays_with: str
    """The method that its customer chooses."""
    kind: str
    """The credential that they get."""
    size: tuple[int, int] = PHONE_SIZE
    stub: str = ""

    @property
    def is_phone(self) -> bool:
        return self.size == PHONE_SIZE


DEVICES = (
    Device(
        "wechat-iphone", f"{IPHONE} MicroMessenger/8.0.50 Language/zh_CN", "wechat", "wechat", "jsapi", stub=AT_ONCE
    ),
    Device(
        "wechat-android", f"{ANDROID} MicroMessenger/8.0.49 Process/toolsmp", "wechat", "wechat", "jsapi", stub=LATE
    ),
    Device("alipay-iphone", f"{IPHONE} AliApp(AP/10.6.50) AlipayClient/10.6.50", "alipay", "alipay", "redirect"),
    Device(
        "alipay-mini-program",
        f"{ANDROID} AliApp(AP/10.6.50) AlipayClient/10.6 MiniProgram",
        "alipay",
        "alipay",
        "redirect",
    ),
    Device("unionpay-app", f"{IPHONE} UnionPay/1.0 CloudPay/1.0", "unionpay", "unionpay", "form"),
    Device("safari-iphone", f"{IPHONE} Version/18.0 Safari/604.1", "mobile", "alipay", "redirect"),
    Device("chrome-android", f"{ANDROID} Mobile Safari/537.36", "mobile", "wechat", "redirect"),
    Device("harmony", "Mozilla/5.0 (Phone; OpenHarmony 5.0) ArkWeb/4.1.6.1 Mobile", "mobile", "unionpay", "form"),
    Device("dingtalk", f"{ANDROID} AliApp(DingTalk/7.6.0) com.alibaba.android.rimet", "restricted", "alipay", "qr"),
    Device("weibo", f"{IPHONE} Weibo (iPhone14,2__weibo__14.10.0__iphone__os18.0)", "restricted", "unionpay", "qr"),
    Device("wecom-iphone", f"{IPHONE} wxwork/4.1.30 MicroMessenger/7.0.1", "restricted", "wechat", "qr"),
    Device(
        "wechat-windows",
        f"{WINDOWS} MicroMessenger/7.0.20 WindowsWechat XWEB/11275",
        "desktop",
        "wechat",
        "qr",
        DESK_SIZE,
    ),
    Device("chrome-windows", f"{WINDOWS} Safari/537.36", "desktop", "alipay", "qr", DESK_SIZE),
    Device("safari-mac", f"{MAC} Version/18.0 Safari/605.1.15", "desktop", "unionpay", "form", DESK_SIZE),
)
BY_NAME = {device.name: device for device in DEVICES}
