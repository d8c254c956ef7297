"""Signing in: who gets in, who does not and learns nothing by it, and how a session ends."""

from __future__ import annotations

import asyncio
from typing import Any

import pyotp
import pytest

from payswitch.domain.roles import Role
from payswitch.kit.totp import STEP_MS
from tests.api.people import OWN_PAGE, PASSWORD, SESSION, Person, desk_of, hired, link_for, signed_in
from tests.api.support import Evening

CHANNELS = "/v1/admin/channels"
MINUTE, HOUR, DAY = 60, 3_600, 86_400


async def test_a_user_signs_in_sees_who_they_are_and_works(tonight: Evening) -> None:
    lin = await hired(tonight, role=Role.OPERATOR)
    assert not await lin.is_in()

    heard = await lin.sign_in()

    assert heard.status == 201
    assert heard.json["user"]["user_id"] == "lin"
    assert heard.json["permissions"] == ["view", "develop", "operate", "configure"]
    assert (await lin.get(SESSION)).json == heard.json
    assert (await lin.get(CHANNELS)).status == 200
    kept = heard.headers["set-cookie"]
    assert "HttpOnly" in kept
    assert "SameSite=Strict" in kept
    assert "Path=/" in kept


async def test_behind_https_the_cookie_travels_over_https_alone(tonight: Evening) -> None:
    tonight.night.ctx.public_url = "https://pay.example.com"
    lin = await hired(tonight)

    heard = await lin.sign_in()

    assert heard.headers["set-cookie"].startswith("__Host-payswitch_session=")
    assert heard.headers["set-cookie"].endswith("; Secure")
    assert await lin.is_in()


async def test_signing_out_ends_it_at_once_for_whoever_has_the_cookie(tonight: Evening) -> None:
    lin = await signed_in(tonight)
    copied = Person(tonight, cookie=lin.cookie, address="198.51.100.66")
    assert await copied.is_in()

    left = await lin.delete(SESSION)

    assert left.status == 200
    assert "Max-Age=0" in left.headers["set-cookie"]
    assert not await copied.is_in()


async def test_a_session_ends_when_it_is_not_used_and_after_a_week_all_the_same(tonight: Evening) -> None:
    forgotten, busy = await signed_in(tonight), Person(tonight)
    await busy.sign_in()
    clock = tonight.night.clock
    clock.advance(seconds=12 * HOUR - 1)
    assert await busy.is_in()
    clock.advance(seconds=1)
    assert not await forgotten.is_in()

    for _ in range(14):
        assert await busy.is_in()
        clock.advance(seconds=11 * HOUR)
    assert await busy.is_in()
    clock.advance(seconds=7 * DAY - (12 + 14 * 11) * HOUR)
    assert not await busy.is_in()


async def test_a_stranger_cannot_tell_a_wrong_name_from_a_wrong_password(tonight: Evening) -> None:
    await hired(tonight)
    wrong_password = await Person(tonight, "lin").sign_in("something else")
    wrong_name = await Person(tonight, "nobody").sign_in()

    for heard in (wrong_password, wrong_name):
        assert (heard.status, heard.json["code"]) == (401, "sign_in_refused")
    same = [{k: v for k, v in heard.json.items() if k != "request_id"} for heard in (wrong_password, wrong_name)]
    assert same[0] == same[1]


async def test_the_password_of_nobody_is_looked_at_as_long(tonight: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes the time is the hash: it is computed whoever is asked for."""
    passwords = desk_of(tonight).passwords
    hashed: list[str] = []
    verify = passwords._verify
    monkeypatch.setattr(passwords, "_verify", lambda stored, given: hashed.append(stored) or verify(stored, given))
    await hired(tonight)

    await Person(tonight, "lin").sign_in("something else")
    await Person(tonight, "nobody").sign_in()

    assert len(hashed) == 2
    assert all(stored.startswith("$argon2id$") for stored in hashed)


async def test_guessing_is_slowed_for_a_name_and_the_owner_gets_in_elsewhere(tonight: Evening) -> None:
    lin = await hired(tonight)
    thief = Person(tonight, address="198.51.100.66")
    for number in range(5):
        assert (await thief.sign_in(f"guess number {number}")).status == 401

    slowed = await thief.sign_in()  # the right one, but too late

    assert (slowed.status, slowed.json["code"]) == (429, "too_many_sign_ins")
    assert int(slowed.headers["retry-after"]) == 15 * MINUTE + 1
    assert "payswitch user link" in slowed.json["detail"]
    assert (await lin.sign_in()).status == 201, "from another address, a wrong try of somebody else is in nobody's way"

    tonight.night.clock.advance(seconds=15 * MINUTE + 1)
    assert (await thief.sign_in("another guess")).status == 401


async def test_names_that_do_not_exist_are_slowed_the_same(tonight: Evening) -> None:
    stranger = Person(tonight, "nobody")
    answers = [(await stranger.sign_in()).status for _ in range(6)]
    assert answers == [401] * 5 + [429]


async def test_a_crowd_of_addresses_is_slowed_by_the_name_and_a_list_of_names_by_the_address(tonight: Evening) -> None:
    await hired(tonight)
    crowd = [(await Person(tonight, address=f"198.51.100.{n}").sign_in("guess")).status for n in range(31)]
    assert crowd == [401] * 30 + [429]

    one_address = [(await Person(tonight, f"name-{n}", "203.0.113.200").sign_in("guess")).status for n in range(61)]
    assert one_address == [401] * 60 + [429]

    there = [f"2001:db8:0:1::{n:x}" for n in range(1, 62)]
    one_network = [(await Person(tonight, f"other-{n}", at).sign_in("guess")).status for n, at in enumerate(there)]
    assert one_network == [401] * 60 + [429], "an IPv6 customer has billions of addresses in one network"


async def test_guesses_at_the_same_moment_are_counted_too(tonight: Evening) -> None:
    await hired(tonight)
    thief = Person(tonight, address="198.51.100.66")

    heard = await asyncio.gather(*(thief.sign_in(f"guess {number}") for number in range(20)))

    assert sorted(one.status for one in heard) == [401] * 5 + [429] * 15


async def test_a_session_that_was_planted_is_worth_nothing_after_the_sign_in(tonight: Evening) -> None:
    """Session fixation: a thief lets the victim's browser use a session whose token the thief knows."""
    thief = await signed_in(tonight, "wu", Role.READ_ONLY)
    lin = await hired(tonight)
    lin.cookie = planted = thief.cookie

    await lin.sign_in()

    assert lin.cookie != planted
    assert not await thief.is_in()
    assert await lin.is_in()


async def test_a_token_that_the_browser_brings_is_never_taken_over(tonight: Evening) -> None:
    lin = await hired(tonight)
    lin.cookie = "payswitch_session=chosen-by-the-thief"

    await lin.sign_in()

    assert "chosen-by-the-thief" not in lin.cookie
    assert not await Person(tonight, cookie="payswitch_session=chosen-by-the-thief").is_in()


async def test_a_link_signs_in_once(tonight: Evening) -> None:
    await hired(tonight)
    token = await link_for(tonight, "lin")
    first, second = Person(tonight), Person(tonight)

    assert (await first.sign_in_by(token)).status == 201
    again = await second.sign_in_by(token)

    assert (again.status, again.json["code"]) == (401, "link_unusable")
    assert await first.is_in()


async def test_a_link_ends_after_ten_minutes_and_a_newer_one_ends_it(tonight: Evening) -> None:
    await hired(tonight)
    old = await link_for(tonight, "lin")
    new = await link_for(tonight, "lin")
    assert (await Person(tonight).sign_in_by(old)).status == 401

    tonight.night.clock.advance(seconds=600)
    assert (await Person(tonight).sign_in_by(new)).status == 401
    assert (await Person(tonight).sign_in_by("never-made")).status == 401


async def enrolled(person: Person) -> str:
    """The secret of the app that the person's second factor is in from now on."""
    secret: str = (await person.post("/v1/console/totp")).json["secret"]
    code = pyotp.TOTP(secret).at(person.evening.night.clock.now_ms() // 1_000)
    assert (await person.post("/v1/console/totp/confirm", {"code": code})).status == 200
    return secret


async def test_with_a_second_factor_the_password_alone_opens_nothing(tonight: Evening) -> None:
    lin = await signed_in(tonight)
    secret = await enrolled(lin)
    tonight.night.clock.advance(ms=STEP_MS)
    elsewhere = Person(tonight)

    asked = await elsewhere.sign_in()
    assert (asked.status, asked.json["code"]) == (401, "totp_required")
    assert (await elsewhere.sign_in(totp="000000")).json["code"] == "sign_in_refused"
    code = pyotp.TOTP(secret).at(tonight.night.clock.now_ms() // 1_000)
    assert (await elsewhere.sign_in(totp=code)).status == 201


async def test_a_code_signs_in_once(tonight: Evening) -> None:
    """Somebody looked over the shoulder: within the same half minute the code is worth nothing any more."""
    lin = await signed_in(tonight)
    secret = await enrolled(lin)
    tonight.night.clock.advance(ms=STEP_MS)
    code = pyotp.TOTP(secret).at(tonight.night.clock.now_ms() // 1_000)

    rivals = await asyncio.gather(*(Person(tonight).sign_in(totp=code) for _ in range(3)))

    statuses = sorted(heard.status for heard in rivals)
    assert statuses[0] == 201
    assert all(status in (401, 409) for status in statuses[1:])
    assert (await Person(tonight).sign_in(totp=code)).status == 401


async def test_codes_are_guessed_as_slowly_as_passwords(tonight: Evening) -> None:
    lin = await signed_in(tonight)
    await enrolled(lin)
    thief = Person(tonight, address="198.51.100.66")

    answers = [(await thief.sign_in(totp=f"{number:06d}")).status for number in range(6)]

    assert answers == [401] * 5 + [429]


async def test_a_recovery_code_signs_in_once_where_the_phone_is_lost(tonight: Evening) -> None:
    lin = await signed_in(tonight)
    secret = (await lin.post("/v1/console/totp")).json["secret"]
    code = pyotp.TOTP(secret).at(tonight.night.clock.now_ms() // 1_000)
    codes = (await lin.post("/v1/console/totp/confirm", {"code": code})).json["recovery_codes"]
    assert len(set(codes)) == 10

    in_by = await Person(tonight).sign_in(totp=codes[0].lower())

    assert in_by.json["user"]["recovery_codes_left"] == 9
    assert (await Person(tonight).sign_in(totp=codes[0])).status == 401
    assert (await Person(tonight).sign_in(totp=codes[1])).status == 201


async def test_a_link_does_not_go_round_the_second_factor(tonight: Evening) -> None:
    lin = await signed_in(tonight)
    await enrolled(lin)
    token = await link_for(tonight, "lin")

    assert (await Person(tonight).sign_in_by(token)).json["code"] == "totp_required"


async def test_a_stolen_cookie_changes_nothing_without_the_pages_own_header(tonight: Evening) -> None:
    lin = await signed_in(tonight)
    stolen: dict[str, dict[str, str]] = {
        "a form on another website": {},
        "the header, from another website": {
            **OWN_PAGE,
            "origin": "https://evil.example",
            "sec-fetch-site": "cross-site",
        },
        "another port of this machine": {**OWN_PAGE, "origin": "http://127.0.0.1:9999"},
        "a neighbour domain": {**OWN_PAGE, "sec-fetch-site": "same-site"},
        "another value": {**OWN_PAGE, "x-payswitch-console": "true"},
        "a page that hides where it is from": {**OWN_PAGE, "origin": "null"},
    }
    for story, headers in stolen.items():
        for method, path in (("POST", f"{CHANNELS}/wechat-main/disable"), ("DELETE", SESSION)):
            heard = await lin.web.send(method, path, headers=headers)
            assert (heard.status, heard.json["code"]) == (403, "forbidden"), story
    assert await lin.is_in(), "nobody signed them out either"


async def test_nobody_is_signed_in_behind_their_back(tonight: Evening) -> None:
    """Login CSRF: a foreign page signs the victim's browser in as the thief, who then reads what they enter."""
    await hired(tonight)
    body = b'{"user": "lin", "password": "four short dull words"}'
    web = Person(tonight).web

    for headers in ({"content-type": "application/json"}, {**OWN_PAGE, "origin": "https://evil.example"}):
        assert (await web.send("POST", SESSION, body, headers=headers)).status == 403


async def test_a_wrong_key_is_not_mended_by_a_cookie(tonight: Evening) -> None:
    lin = await signed_in(tonight)
    heard = await lin.web.get(CHANNELS, authorization="Bearer no-such-key")
    assert heard.status == 401


async def test_a_session_opens_nothing_of_the_shops(tonight: Evening) -> None:
    lin = await signed_in(tonight)
    assert (await lin.get("/v1/payments")).status == 401


async def test_keys_have_no_profile(tonight: Evening) -> None:
    for method, path in (("GET", SESSION), ("POST", "/v1/console/totp"), ("DELETE", SESSION)):
        assert (await tonight.operator.send(method, path)).status == 401


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("short", "10"),
        ("lin-is-the-best-name", "name"),
        ("aaaaaaaaaaaa", "tries first"),
        ("password123", "tries first"),
    ],
)
async def test_a_password_that_is_no_good_is_refused_with_the_reason(tonight: Evening, new: str, why: str) -> None:
    lin = await signed_in(tonight)
    heard = await lin.post("/v1/console/password", {"current": PASSWORD, "new": new})
    assert (heard.status, heard.fields) == (400, ["new"])
    assert why in heard.json["errors"][0]["message"]


async def test_a_new_password_needs_the_old_one_and_ends_every_other_session(tonight: Evening) -> None:
    here, elsewhere = await signed_in(tonight), Person(tonight)
    await elsewhere.sign_in()
    new = "something quite different"

    wrong = await here.post("/v1/console/password", {"current": "not this one", "new": new})
    right = await here.post("/v1/console/password", {"current": PASSWORD, "new": new})

    assert (wrong.status, wrong.fields) == (401, ["current"])
    assert right.status == 200
    assert await here.is_in()
    assert not await elsewhere.is_in()
    assert (await Person(tonight).sign_in()).status == 401
    assert (await Person(tonight).sign_in(new)).status == 201


async def test_whoever_came_by_an_invitation_sets_the_first_password(tonight: Evening) -> None:
    owner = await signed_in(tonight)
    made = await owner.post(
        "/v1/admin/users", {"user_id": "wu", "name": "吴", "role": "finance", "merchant_ids": ["m-1"]}
    )
    token = made.json["sign_in_url"].partition("#link=")[2]
    wu = Person(tonight, "wu")

    began = await wu.sign_in_by(token)
    assert began.json["user"]["has_password"] is False
    assert (await wu.post("/v1/console/password", {"new": PASSWORD})).status == 200
    assert (await Person(tonight, "wu").sign_in()).status == 201


async def test_no_answer_and_no_row_holds_a_secret(tonight: Evening) -> None:
    """Tokens, passwords and codes are kept as hashes, the app's secret under the master key."""
    lin = await signed_in(tonight)
    secret = await enrolled(lin)
    token = lin.cookie.partition("=")[2]
    link = await link_for(tonight, "lin")
    rows: list[Any] = [repr(await desk_of(tonight).store.users()), *await desk_of(tonight).store.sessions_of("lin", 9)]
    raw = tonight.night.store.path.read_bytes() if hasattr(tonight.night.store, "path") else b""
    trail = repr(await desk_of(tonight).store.trail("m-1", limit=99))

    for hidden in (token, link, secret, PASSWORD):
        assert hidden.encode() not in raw
        assert hidden not in trail
        assert hidden not in repr(rows)
