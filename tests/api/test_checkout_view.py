"""Every kind of credential on the page, and every state a payment can be in."""

from __future__ import annotations

import re

import pytest
import segno
from msgspec.structs import replace

from payswitch.domain.channel import Credential, CredentialKind, Environment, Method, Product
from payswitch.domain.payment import Attempt, AttemptState, Payment, PaymentFile, PaymentState
from payswitch.entry.checkout.desk import PACKAGE
from payswitch.entry.checkout.phases import Phase, phase_of
from payswitch.entry.checkout.qr import qr_code
from payswitch.entry.checkout.view import Offer, Offered, Place, View, amount_text, build_view, form_targets
from payswitch.entry.checkout.words import Language, Words
from payswitch.entry.http.embedding import embedded_json
from payswitch.entry.http.pages import Templates, security_headers

NOW_MS = 1_794_400_620_000
HOSTILE = '"><script>alert(1)</script>'

PAYMENT = Payment(
    payment_id="pay_1",
    merchant_id="m-1",
    shop_id="shop-1",
    out_trade_no="order-1",
    amount_fen=12_900,
    subject="明前龙井",
    state=PaymentState.PENDING,
    created_at_ms=NOW_MS,
    expires_at_ms=NOW_MS + 900_000,
    checkout_token="token",
    input_hash="",
)
ATTEMPT = Attempt(
    attempt_id="att_1",
    payment_id="pay_1",
    ordinal=1,
    channel_id="alipay-main",
    channel_version=1,
    product=Product.ALIPAY_PAGE,
    method=Method.ALIPAY,
    channel_order_no="n-1",
    amount_fen=12_900,
    state=AttemptState.EXPOSED,
    created_at_ms=NOW_MS,
    started_at_ms=NOW_MS,
    deadline_ms=NOW_MS + 900_000,
    decision_id="dec_1",
)


def exposed(kind: CredentialKind, content: str = "", **params: str) -> PaymentFile:
    credential = Credential(kind=kind, content=content, params=params, expires_at_ms=NOW_MS + 900_000)
    return PaymentFile(payment=PAYMENT, attempts=(replace(ATTEMPT, credential=credential),))


def view_of(
    file: PaymentFile, now_ms: int = NOW_MS, environment: Environment = Environment.DESKTOP, *, usable_here: bool = True
) -> View:
    place = Place(
        environment=environment,
        link="https://pay.example/checkout/token",
        shop_name="云水茶铺",
        now_ms=now_ms,
        usable_here=usable_here,
    )
    return build_view(file, place, Offered(offers=[Offer(method=Method.ALIPAY), Offer(method=Method.WECHAT)]))


def rendered(view: View, language: Language = Language.ZH) -> str:
    return Templates(PACKAGE).render(
        "checkout.html",
        view=view,
        data=embedded_json(view),
        say=Words(language),
        lang=language.tag,
        size="",
        base="/checkout/token",
        path="/checkout/token",
        query="",
        other_lang="?lang=en",
        other_size="?size=large",
        css="/c.css",
        js="/c.js",
    )


def without_data(html: str) -> str:
    """What a customer sees: without the data for the script."""
    return html.split('<script type="application/json"')[0]


def test_a_form_is_posted_to_the_wallet_and_only_there() -> None:
    file = exposed(CredentialKind.FORM, "https://openapi.alipay.com/gateway.do?charset=utf-8", sign="a+b/c==")
    view = view_of(file)

    html = rendered(view)

    assert '<form method="post" action="https://openapi.alipay.com/gateway.do?charset=utf-8"' in html
    assert '<input type="hidden" name="sign" value="a+b/c==">' in html
    targets = form_targets(view.shown)
    assert targets == ("https://openapi.alipay.com", "https://*.alipay.com")
    assert (
        "form-action 'self' https://openapi.alipay.com https://*.alipay.com;"
        in security_headers(targets)["Content-Security-Policy"]
    )


@pytest.mark.parametrize(
    ("action", "targets"),
    [
        ("http://127.0.0.1:9100/gateway.do", ("http://127.0.0.1:9100",)),
        ("https://pay.example/x", ("https://pay.example",)),
        ("https://a.b;script-src *.evil.example/x", ()),
        ("javascript:alert(1)", ()),
        ("/relative", ()),
    ],
)
def test_a_policy_cannot_be_widened_by_an_address(action: str, targets: tuple[str, ...]) -> None:
    assert form_targets(view_of(exposed(CredentialKind.FORM, action)).shown) == targets


def test_a_redirect_is_a_button_that_keeps_the_referrer() -> None:
    html = rendered(view_of(exposed(CredentialKind.REDIRECT, "https://wx.tenpay.com/x?a=1&b=2")))

    assert 'id="open" href="https://wx.tenpay.com/x?a=1&amp;b=2"' in html
    assert "noreferrer" not in html


def test_a_script_is_never_a_link() -> None:
    for kind in (CredentialKind.REDIRECT, CredentialKind.FORM):
        assert "javascript:" not in without_data(rendered(view_of(exposed(kind, "javascript:alert(1)"))))


def test_jsapi_parameters_travel_as_data() -> None:
    file = exposed(CredentialKind.JSAPI, appId="wx1", paySign=HOSTILE)

    html = rendered(view_of(file, environment=Environment.WECHAT))

    assert 'data-kind="jsapi"' in html
    assert "立即支付" in html
    assert "<script>alert" not in html


def test_hostile_form_fields_are_only_text() -> None:
    html = rendered(view_of(exposed(CredentialKind.FORM, "https://openapi.alipay.com/x", **{HOSTILE: HOSTILE})))

    assert "<script>alert" not in html


def test_an_app_credential_sends_the_customer_back_to_the_app() -> None:
    assert "请回到商家的 App 或小程序完成支付" in rendered(view_of(exposed(CredentialKind.APP, "order string")))


def test_a_restricted_app_offers_the_link_to_copy() -> None:
    file = PaymentFile(payment=replace(PAYMENT, state=PaymentState.CREATED))
    html = without_data(rendered(view_of(file, environment=Environment.RESTRICTED)))

    assert 'value="https://pay.example/checkout/token"' in html


def test_a_code_is_drawn_module_by_module() -> None:
    text = "weixin://wxpay/bizpayurl?pr=p4lpSuKzz"
    code = qr_code(text)

    assert code is not None
    runs = [tuple(map(int, run)) for run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code.path)]
    dark = {(x + i, y) for x, y, length in runs for i in range(length)}
    wanted = segno.make(text, error="m", micro=False)
    assert dark == {(x, y) for y, row in enumerate(wanted.matrix_iter(border=2)) for x, bit in enumerate(row) if bit}
    assert code.size == wanted.symbol_size(border=2)[0]


def test_a_text_too_long_for_a_code_does_not_break_the_page() -> None:
    assert qr_code("x" * 5_000) is None
    assert "换一种方式" in rendered(view_of(exposed(CredentialKind.QR, "x" * 5_000)))


@pytest.mark.parametrize(
    ("payment", "attempt", "phase"),
    [
        (PaymentState.CREATED, None, "choose"),
        (PaymentState.PENDING, AttemptState.EXPOSED, "waiting"),
        (PaymentState.PENDING, AttemptState.FAILED, "choose"),
        (PaymentState.PENDING, AttemptState.CLOSING, "choose"),
        (PaymentState.PENDING, AttemptState.UNKNOWN, "confirming"),
        (PaymentState.CLOSING, AttemptState.EXPOSED, "confirming"),
        (PaymentState.SUCCEEDED, AttemptState.EXPOSED, "succeeded"),
        (PaymentState.CLOSED, AttemptState.CLOSED, "closed"),
    ],
)
def test_each_state_has_its_page(payment: PaymentState, attempt: AttemptState | None, phase: str) -> None:
    file = exposed(CredentialKind.QR, "qr")
    attempts = () if attempt is None else (replace(file.attempts[0], state=attempt),)
    file = replace(file, payment=replace(PAYMENT, state=payment), attempts=attempts)

    view = view_of(file)

    assert view.phase == phase_of(file, NOW_MS) == Phase(phase)
    assert f'data-phase="{phase}"' in rendered(view)
    assert (view.shown is not None) == (phase == "waiting")


def test_money_that_came_after_the_end_is_said_to_go_back() -> None:
    file = exposed(CredentialKind.QR, "qr")
    paid = replace(file.attempts[0], state=AttemptState.SUCCEEDED, surplus=True)
    closed = replace(PAYMENT, state=PaymentState.CLOSED)

    html = without_data(rendered(view_of(replace(file, payment=closed, attempts=(paid,)))))

    assert "付款在订单关闭后到账，¥129.00 将原路退回" in html


def test_a_credential_that_ran_out_is_not_shown() -> None:
    file = exposed(CredentialKind.QR, "qr")
    short = replace(file.attempts[0].credential, expires_at_ms=NOW_MS + 1_000) if file.attempts[0].credential else None
    file = replace(file, attempts=(replace(file.attempts[0], credential=short),))

    assert phase_of(file, NOW_MS + 1_000) == "choose"


@pytest.mark.parametrize(("fen", "text"), [(1, "0.01"), (12_900, "129.00"), (10_000_000_000, "100,000,000.00")])
def test_amounts_are_shown_exactly(fen: int, text: str) -> None:
    assert amount_text(fen) == text
