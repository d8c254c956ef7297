"""Messages to robots, against the sandbox's robots: written apart from the sender, from the platforms' documents."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiosmtpd.controller
import aiosmtpd.smtp
import msgspec
import pytest
from aiohttp import web
from msgspec.structs import replace
from standardwebhooks.webhooks import Webhook

from payswitch.domain.alert import Message, NoticeKind, Receiver, ReceiverKind, Severity
from payswitch.domain.alert_delivery import Delivery, OpenReceiver
from payswitch.drill.ports import free_port
from payswitch.kit.clock import ManualClock, SystemClock
from payswitch.sandbox.robots.accounts import Platform, RobotSpec, make_robots
from payswitch.sandbox.robots.house import RobotHouse
from payswitch.sandbox.robots.pages import RobotPages
from payswitch.senders.alert_addresses import address_problems
from payswitch.senders.alerts import AlertCarrier

MESSAGE = Message(
    title="【严重】微信支付·主 渠道已熔断",
    lines=("微信支付·主（wechat_native）已熔断：渠道自报繁忙", "始于 20:37:04，已持续 3 秒", "涉及金额：¥1,299.00"),
    link="https://pay.example/console/alerts/grp_1",
    link_text="查看告警",
    kind=NoticeKind.RAISED,
    severity=Severity.CRITICAL,
)
NIGHT_MS = 1_762_864_620_000
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Group:
    """Three robots that listen on this machine, and the sender whose clock is theirs unless a test moves one."""

    def __init__(self, base_url: str, house: RobotHouse, carrier: AlertCarrier, robots: list[RobotSpec]) -> None:
        self.base_url = base_url
        self.house = house
        self.carrier = carrier
        self.robots = {robot.platform: robot for robot in robots}

    def receiver(self, platform: Platform, **changes: str) -> OpenReceiver:
        robot = self.robots[platform]
        address = {"url": robot.url(self.base_url), "secret": robot.secret, "keyword": robot.keyword}
        receiver = Receiver(receiver_id=robot.robot_id, name=robot.name, kind=ReceiverKind(platform.value))
        return OpenReceiver(receiver, {name: value for name, value in (address | changes).items() if value})

    async def send(self, to: OpenReceiver, message: Message = MESSAGE) -> Delivery:
        return await self.carrier.deliver(to, message, "ntc_1", 5_000)


@pytest.fixture
def night() -> ManualClock:
    return ManualClock(NIGHT_MS)


@pytest.fixture
def robots_night() -> ManualClock:
    return ManualClock(NIGHT_MS)


@pytest.fixture
async def group(night: ManualClock, robots_night: ManualClock) -> AsyncIterator[Group]:
    robots = make_robots()
    house = RobotHouse(robots, robots_night)
    app = web.Application()
    app.add_routes(RobotPages(house).routes())
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    carrier = AlertCarrier(clock=night, allow_private_networks=True)
    await carrier.open()
    yield Group(f"http://127.0.0.1:{port}", house, carrier, robots)
    await carrier.aclose()
    await runner.cleanup()


@pytest.mark.parametrize("platform", list(Platform))
async def test_each_platform_takes_the_message_as_a_card_with_its_link(group: Group, platform: Platform) -> None:
    assert await group.send(group.receiver(platform)) == Delivery()
    [received] = group.house.received
    assert (received.code, received.platform) == (0, platform)
    assert received.signed is (platform is not Platform.WECOM)
    assert "微信支付·主 渠道已熔断" in received.title
    assert all(line in received.text for line in MESSAGE.lines)
    assert received.link == MESSAGE.link
    assert received.form == {"dingtalk": "actionCard", "feishu": "interactive", "wecom": "markdown"}[platform.value]


@pytest.mark.parametrize(
    ("platform", "changes", "code"),
    [
        (Platform.DINGTALK, {"secret": "SECwrong"}, "310000"),
        (Platform.FEISHU, {"secret": "wrong"}, "19021"),
        (Platform.DINGTALK, {"url": "/robot/send?access_token=nobody"}, "300001"),
        (Platform.FEISHU, {"url": "/open-apis/bot/v2/hook/nobody"}, "19001"),
        (Platform.WECOM, {"url": "/cgi-bin/webhook/send?key=nobody"}, "93000"),
    ],
)
async def test_a_no_in_an_answer_of_http_200_is_understood(
    group: Group, platform: Platform, changes: dict[str, str], code: str
) -> None:
    if "url" in changes:
        changes = {"url": group.base_url + changes["url"]}
    outcome = await group.send(group.receiver(platform, **changes))
    assert (outcome.code, outcome.hopeless) == (code, True)
    assert "nobody" not in outcome.error


@pytest.mark.parametrize("platform", [Platform.DINGTALK, Platform.FEISHU])
async def test_a_clock_that_is_an_hour_off_is_refused(
    group: Group, robots_night: ManualClock, platform: Platform
) -> None:
    robots_night.advance(seconds=3_590)
    assert (await group.send(group.receiver(platform))).error == ""
    robots_night.advance(seconds=20)
    assert (await group.send(group.receiver(platform))).hopeless


async def test_a_robots_keyword_is_in_every_message(group: Group) -> None:
    plain = replace(MESSAGE, title="[CRITICAL] A breaker is open", lines=("out",))
    assert (await group.send(group.receiver(Platform.DINGTALK), plain)).error == ""
    assert "支付" in group.house.received[-1].text
    without = OpenReceiver(group.receiver(Platform.DINGTALK).receiver, {**group.receiver(Platform.DINGTALK).address})
    address = {name: value for name, value in without.address.items() if name != "keyword"}
    outcome = await group.send(OpenReceiver(without.receiver, address), plain)
    assert (outcome.code, outcome.hopeless) == ("310000", True)


@pytest.mark.parametrize("platform", list(Platform))
async def test_never_more_than_twenty_a_minute(group: Group, night: ManualClock, platform: Platform) -> None:
    to = group.receiver(platform)
    outcomes = [await group.send(to) for _ in range(23)]
    assert [outcome.error == "" for outcome in outcomes] == [True] * 20 + [False] * 3
    assert all(0 < outcome.retry_after_ms <= 60_001 for outcome in outcomes[20:])
    assert len(group.house.received) == 20, "the others did not even leave"
    other = OpenReceiver(replace(to.receiver, receiver_id="another"), to.address)
    busy = await group.send(other)
    expected = {"dingtalk": 600_000, "feishu": 0, "wecom": 60_000}[platform.value]
    assert busy.retry_after_ms == expected, "a platform's own limit is understood"
    night.advance(seconds=61)
    assert (await group.send(to)).retry_after_ms in (0, 600_000, 60_000)


async def test_a_long_message_is_cut_at_a_line_before_wecom_refuses_it(group: Group) -> None:
    long = replace(MESSAGE, lines=tuple(f"{n}：" + "很长的说明" * 40 for n in range(20)))
    assert (await group.send(group.receiver(Platform.WECOM), long)).error == ""
    assert group.house.received[-1].link == MESSAGE.link


async def test_private_addresses_are_refused_where_they_are_not_allowed(group: Group) -> None:
    guarded = AlertCarrier(clock=SystemClock())
    await guarded.open()
    outcome = await guarded.deliver(group.receiver(Platform.WECOM), MESSAGE, "ntc_1", 5_000)
    await guarded.aclose()
    assert "private network" in outcome.error
    assert len(group.house.received) == 0


async def test_what_does_not_answer_is_a_sentence_without_the_address(group: Group) -> None:
    gone = group.receiver(Platform.WECOM, url="http://127.0.0.1:9/cgi-bin/webhook/send?key=hidden")
    outcome = await group.send(gone)
    assert outcome.error == "the receiver's server could not be reached"
    assert not outcome.hopeless


async def test_a_webhook_is_signed_as_standard_webhooks_wants_it() -> None:
    heard: list[tuple[dict[str, str], bytes]] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append((dict(request.headers), await request.read()))
        return web.Response(status=204)

    app = web.Application()
    app.add_routes([web.post("/alerts", hear)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/alerts"
    carrier = AlertCarrier(clock=SystemClock(), allow_private_networks=True)
    await carrier.open()
    receiver = Receiver(receiver_id="hook", name="钩子", kind=ReceiverKind.WEBHOOK)
    outcome = await carrier.deliver(OpenReceiver(receiver, {"url": url, "secret": SECRET}), MESSAGE, "ntc_7", 5_000)
    await carrier.aclose()
    await runner.cleanup()
    assert outcome == Delivery()
    [(headers, body)] = heard
    assert headers["webhook-id"] == "ntc_7"
    told = Webhook(SECRET).verify(body, {name.lower(): value for name, value in headers.items()})
    assert (told["type"], told["data"]["title"]) == ("alert.raised", MESSAGE.title)


class MailBox:
    """What a mail server took, or why it takes nothing."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        if self.answer.startswith("2"):
            self.mails.append(envelope)
        return self.answer


@pytest.mark.parametrize(
    ("answer", "code", "hopeless"), [("250 OK", "", False), ("451 later", "451", False), ("554 no", "554", True)]
)
async def test_mail_arrives_or_says_why_not(answer: str, code: str, *, hopeless: bool) -> None:
    box = MailBox()
    box.answer = answer
    server = aiosmtpd.controller.Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        address = {
            "host": "127.0.0.1",
            "port": str(server.port),
            "security": "none",
            "from": "alerts@shop.example",
            "to": "owner@shop.example, duty@shop.example",
        }
        carrier = AlertCarrier(clock=SystemClock(), allow_private_networks=True)
        await carrier.open()
        receiver = Receiver(receiver_id="mail", name="邮件", kind=ReceiverKind.EMAIL)
        outcome = await carrier.deliver(OpenReceiver(receiver, address), MESSAGE, "ntc_9", 5_000)
        await carrier.aclose()
    finally:
        server.stop()
    assert (outcome.code, outcome.hopeless) == (code, hopeless)
    if not code:
        [mail] = box.mails
        assert mail.rcpt_tos == ["owner@shop.example", "duty@shop.example"]
        assert b"ntc_9@payswitch" in mail.content


@pytest.mark.parametrize(
    ("kind", "address", "fields"),
    [
        ("dingtalk", {}, ["url"]),
        ("dingtalk", {"url": "ftp://x", "sekret": "1"}, ["sekret", "url"]),
        ("wecom", {"url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"}, []),
        ("webhook", {"url": "https://x.example/h", "secret": "no base64!"}, ["secret"]),
        ("email", {"host": "mail.example", "from": "a", "to": "b@c.example, d", "port": "x"}, ["port", "from", "to"]),
        ("email", {"host": "mail.example", "from": "a@b.example", "to": "b@c.example"}, []),
    ],
)
def test_a_wrong_address_is_named_by_its_fields(kind: str, address: dict[str, str], fields: list[str]) -> None:
    found = address_problems(ReceiverKind(kind), address)
    assert [problem.partition(":")[0] for problem in found] == fields
    assert all(value not in problem for problem in found for value in address.values() if len(value) > 3)


def test_an_address_is_never_printed() -> None:
    secret = OpenReceiver(Receiver(receiver_id="a", name="b", kind=ReceiverKind.WECOM), {"url": "https://hidden"})
    assert "hidden" not in repr(secret)
    assert msgspec.json.encode(secret.receiver)
