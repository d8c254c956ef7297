"""支付环境: what real browsers and apps say they are."""

from __future__ import annotations

import pytest

from payswitch.domain.channel import Environment
from payswitch.entry.http.environment import chosen, detect

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
ANDROID = "Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"

BROWSERS = {
    "WeChat on an iPhone": (f"{IPHONE} MicroMessenger/8.0.50(0x1800323d) NetType/WIFI Language/zh_CN", "wechat"),
    "WeChat on Android": (f"{ANDROID} MQQBrowser/6.2 TBS/046 MicroMessenger/8.0.49 Process/toolsmp", "wechat"),
    "WeChat's mini-program": (f"{IPHONE} MicroMessenger/8.0.50 miniProgram/wx0123456789abcdef", "wechat_mini"),
    "Alipay's mini-program": (f"{ANDROID} AliApp(AP/10.6.50) AlipayClient/10.6.50 MiniProgram", "alipay"),
    "WeCom on an iPhone": (f"{IPHONE} wxwork/4.1.30 MicroMessenger/7.0.1 Language/zh", "restricted"),
    "WeCom on Windows": (f"{WINDOWS} wxwork/4.1.30 MicroMessenger/7.0.1 WindowsWechat", "restricted"),
    "WeChat on Windows": (f"{WINDOWS} MicroMessenger/7.0.20.1781 WindowsWechat(0x63090b13) XWEB/11275", "desktop"),
    "WeChat on a Mac": (f"{MAC} MicroMessenger/6.8.0 MacWechat/3.8.8 XWEB/30817", "desktop"),
    "WeChat on Linux": ("Mozilla/5.0 (X11; Linux x86_64) Chrome/116.0 MicroMessenger/7.0.20", "desktop"),
    "Alipay on an iPhone": (
        f"{IPHONE} NebulaSDK/1.8 AliApp(AP/10.6.50) AlipayClient/10.6.50 Language/zh-Hans",
        "alipay",
    ),
    "云闪付": (f"{IPHONE} UnionPay/1.0 CloudPay/1.0", "unionpay"),
    "DingTalk": (f"{ANDROID} AliApp(DingTalk/7.6.0) com.alibaba.android.rimet", "restricted"),
    "Feishu": (f"{IPHONE} Lark/7.25.5 LarkLocale/zh_CN", "restricted"),
    "Weibo": (f"{IPHONE} Weibo (iPhone14,2__weibo__14.10.0__iphone__os18.0)", "restricted"),
    "Douyin": (f"{ANDROID} BytedanceWebview/d8a21c6 aweme_310300", "restricted"),
    "QQ": (f"{ANDROID} V1_AND_SQ_9.0.90 QQ/9.0.90.17935 NetType/4G", "restricted"),
    "QQ Browser is a browser": (f"{ANDROID} MQQBrowser/15.5 Mobile Safari/537.36", "mobile"),
    "Safari on an iPhone": (f"{IPHONE} Version/18.0 Safari/604.1", "mobile"),
    "Chrome on Android": (f"{ANDROID} Mobile Safari/537.36", "mobile"),
    "HarmonyOS": ("Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 ArkWeb/4.1.6.1 Mobile", "mobile"),
    "Chrome on Windows": (f"{WINDOWS} Safari/537.36", "desktop"),
    "Safari on a Mac": (f"{MAC} Version/18.0 Safari/605.1.15", "desktop"),
    "a program": ("curl/8.5.0", "desktop"),
    "nobody": ("", "desktop"),
}


@pytest.mark.parametrize("browser", BROWSERS)
def test_a_browser_is_recognised(browser: str) -> None:
    user_agent, environment = BROWSERS[browser]

    assert detect(user_agent) == environment


def test_a_developer_may_choose_the_environment() -> None:
    assert chosen(BROWSERS["Safari on a Mac"][0], "wechat") is Environment.WECHAT


@pytest.mark.parametrize("name", [None, "", "spaceship", "WECHAT"])
def test_an_unknown_choice_is_ignored(name: str | None) -> None:
    assert chosen(BROWSERS["Safari on a Mac"][0], name) is Environment.DESKTOP
