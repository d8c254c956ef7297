"""Signed cards: apply, confirm with the SMS code, list, give back. In memory: a restart forgets them, as it does not
forget orders."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace

from payswitch.sandbox.banks import SandboxBank, bank_of_card
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.quickpay import words
from payswitch.sandbox.quickpay.cards import NO_MONEY, masked
from payswitch.sandbox.quickpay.merchant import Merchant
from payswitch.sandbox.quickpay.sms import SMS_CODE, SmsLog
from payswitch.sandbox.quickpay.words import Fields, Form, Refused

_CARD = re.compile(r"[0-9]{16,19}")
_MOBILE = re.compile(r"1[0-9]{10}")
_ID = re.compile(r"[0-9]{17}[0-9Xx]")
_DEBIT, _CREDIT = "00", "02"


@dataclass(frozen=True, repr=False)
class SignedCard:
    agreeid: str
    user_id: str
    card_no: str
    mobile: str
    account_type: str
    bank: SandboxBank


def passback(core: SandboxCore) -> str:
    """`thpinfo`: a JSON text that means nothing to the merchant and must come back unchanged."""
    return json.dumps({"sign": "", "tphtrxcrtime": "", "tphtrxid": 0, "trxflag": "trx", "trxsn": core.ids.nonce()[:20]})


class AgreementDesk:
    """The cards that customers signed up, by account and agreement number."""

    def __init__(self, core: SandboxCore, sms: SmsLog) -> None:
        self._core = core
        self._sms = sms
        self._cards: dict[tuple[str, str], SignedCard] = {}
        self._waiting: dict[tuple[str, str], SignedCard] = {}
        """By account and `thpinfo`: applied for, code not given yet. `agreeid` is empty."""

    def card(self, merchant: Merchant, agreeid: str) -> SignedCard | None:
        return self._cards.get((merchant.channel_id, agreeid))

    def sign(self, channel_id: str, card_no: str, *, user_id: str, mobile: str) -> str:
        """A card that was signed up before this sandbox was started."""
        bank = bank_of_card(card_no)
        if bank is None:
            raise ValueError("no bank of the sandbox has such cards")
        return self._add(channel_id, SignedCard("", user_id, card_no, mobile, _DEBIT, bank)).agreeid

    def empty(self, channel_id: str, agreeid: str) -> None:
        card = self._cards[channel_id, agreeid]
        self._cards[channel_id, agreeid] = replace(card, card_no=card.card_no[:-4] + NO_MONEY)

    def apply(self, merchant: Merchant, form: Form) -> Fields:
        wanted = self._read(merchant, form)
        thpinfo = passback(self._core)
        self._waiting[merchant.channel_id, thpinfo] = wanted
        self._sms.send(
            account=merchant.channel_id,
            mobile=wanted.mobile,
            bank=wanted.bank.slug,
            purpose="agreement",
            about=wanted.user_id,
            at_ms=self._core.clock.now_ms(),
        )
        return {"trxstatus": words.SMS_SENT, "errmsg": "请输入短信验证码", "thpinfo": thpinfo}

    def confirm(self, merchant: Merchant, form: Form) -> Fields:
        wanted, code = self._read(merchant, form), words.required(form, "smscode")
        key = (merchant.channel_id, form.get("thpinfo", ""))
        if self._waiting.get(key) != wanted:
            raise Refused(words.OTHER, "签约申请不存在或信息不一致")
        if code != SMS_CODE:
            raise Refused(words.OTHER, "短信验证码错误")
        del self._waiting[key]
        card = self._signed(merchant, wanted)
        return {
            "trxstatus": words.SUCCESS,
            "agreeid": card.agreeid,
            "bankcode": card.bank.code,
            "bankname": card.bank.name,
        }

    def _signed(self, merchant: Merchant, wanted: SignedCard) -> SignedCard:
        """A card that is signed up already keeps its number."""
        for card in self._of_user(merchant, wanted.user_id):
            if card.card_no == wanted.card_no:
                return card
        return self._add(merchant.channel_id, wanted)

    def _add(self, channel_id: str, wanted: SignedCard) -> SignedCard:
        card = replace(wanted, agreeid=self._core.ids.nonce()[:20])
        self._cards[channel_id, card.agreeid] = card
        return card

    def listing(self, merchant: Merchant, form: Form) -> Fields:
        user_id = words.required(form, "meruserid")
        entries = [
            {
                "agreeid": card.agreeid,
                "acctno": masked(card.card_no),
                "accttype": card.account_type,
                "bankcode": card.bank.code,
                "bankname": card.bank.name,
            }
            for card in self._of_user(merchant, user_id)
        ]
        listing = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
        return {"trxstatus": words.SUCCESS, "meruserid": user_id, "agreelist": listing}

    def unbind(self, merchant: Merchant, form: Form) -> Fields:
        agreeid = words.required(form, "agreeid")
        if self._cards.pop((merchant.channel_id, agreeid), None) is None:
            raise Refused(words.OTHER, "协议不存在")
        return {"trxstatus": words.SUCCESS, "agreeid": agreeid}

    def _of_user(self, merchant: Merchant, user_id: str) -> list[SignedCard]:
        return [
            card
            for (account, _), card in self._cards.items()
            if account == merchant.channel_id and card.user_id == user_id
        ]

    def _read(self, merchant: Merchant, form: Form) -> SignedCard:
        card_no, mobile = words.required(form, "acctno"), words.required(form, "mobile")
        words.required(form, "acctname")
        account_type = words.required(form, "accttype")
        bank = bank_of_card(card_no)
        if not _CARD.fullmatch(card_no) or bank is None:
            # As banks do: the number that was not liked is repeated in the message.
            raise Refused(words.OTHER, f"不支持的银行卡号:{card_no}")
        if merchant.keys.bank not in ("", bank.slug):
            raise Refused(words.OTHER, "该商户不支持此银行的卡")
        if not _MOBILE.fullmatch(mobile):
            raise Refused(words.OTHER, f"手机号格式错误:{mobile}")
        if not _ID.fullmatch(words.required(form, "idno")):
            raise Refused("3031", f"校验实名信息失败:{form['acctname']},{form['idno']}")
        if account_type == _CREDIT and not (form.get("validdate") and form.get("cvv2")):
            raise Refused(words.OTHER, "信用卡有效期或CVV2不能为空")
        return SignedCard("", words.required(form, "meruserid"), card_no, mobile, account_type, bank)
