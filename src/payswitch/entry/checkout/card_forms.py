"""What a customer typed about a card, as the service's commands. Nothing of it is ever logged or shown again."""

from __future__ import annotations

import re
from typing import Final

from payswitch.domain.channel import Environment
from payswitch.domain.errors import INVALID_REQUEST, PaySwitchError
from payswitch.kit.secrets import Secret
from payswitch.services.commands import ApplyAgreement, ConfirmPayment, OpenApplePaySession

_SHAPES: Final = {
    "bank": re.compile(r"[a-z]{2,16}"),
    "card_no": re.compile(r"[0-9]{12,19}"),
    "id_no": re.compile(r"[0-9A-Za-z]{5,20}"),
    "name": re.compile(r".{1,60}"),
    "mobile": re.compile(r"1[0-9]{10}"),
}
_CREDIT_SHAPES: Final = {
    "valid_until": re.compile(r"(?:0[1-9]|1[0-2])[0-9]{2}"),
    "cvv2": re.compile(r"[0-9]{3,4}"),
}
_CODE: Final = re.compile(r"[0-9]{4,8}")
_MOST_TOKEN: Final = 32_768


def new_card(fields: dict[str, str]) -> ApplyAgreement:
    """Raises `invalid_request` with the fields that cannot be right, never with what stood in them."""
    is_credit = fields.get("is_credit") == "1"
    shapes = {**_SHAPES, **(_CREDIT_SHAPES if is_credit else {})}
    found = {name: fields.get(name, "").strip() for name in shapes}
    _check({name: shape.fullmatch(found[name]) is not None for name, shape in shapes.items()})
    return ApplyAgreement(
        customer_id="",
        bank=found["bank"],
        card_no=Secret(found["card_no"]),
        id_no=Secret(found["id_no"].upper()),
        name=Secret(found["name"]),
        mobile=Secret(found["mobile"]),
        is_credit=is_credit,
        valid_until=Secret(found["valid_until"]) if is_credit else None,
        cvv2=Secret(found["cvv2"]) if is_credit else None,
    )


def sms_code(fields: dict[str, str]) -> Secret:
    code = fields.get("sms_code", "").strip()
    _check({"sms_code": _CODE.fullmatch(code) is not None})
    return Secret(code)


def consent(fields: dict[str, str], environment: Environment) -> ConfirmPayment:
    """An SMS code or an Apple Pay token: whichever was sent."""
    token = fields.get("apple_pay_token")
    if token is not None:
        _check({"apple_pay_token": 0 < len(token) <= _MOST_TOKEN})
        return ConfirmPayment(apple_pay_token=token, environment=environment)
    return ConfirmPayment(sms_code=sms_code(fields).reveal())


def apple_session(fields: dict[str, str]) -> OpenApplePaySession:
    return OpenApplePaySession(validation_url=fields.get("validation_url", ""), domain=fields.get("domain", ""))


def _check(fine: dict[str, bool]) -> None:
    wrong = [name for name, is_fine in fine.items() if not is_fine]
    if wrong:
        named = ", ".join(wrong)
        errors = [{"field": name, "message": "please check it / 请核对"} for name in wrong]
        raise PaySwitchError(INVALID_REQUEST, f"please check: {named}", f"请核对：{named}", errors=errors)
