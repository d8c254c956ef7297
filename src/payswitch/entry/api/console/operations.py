"""控制台会话: signing in and out, and a user's own password and second factor."""

from __future__ import annotations

import segno

from payswitch.domain import errors as kinds
from payswitch.entry.api.call import Answer
from payswitch.entry.api.console import views
from payswitch.entry.api.console.call import OwnCall, StrangerCall
from payswitch.entry.api.console.cookies import clear_cookie, set_cookie
from payswitch.entry.api.operation import Operation
from payswitch.services.people import profile, signing_in
from payswitch.services.people.profile import ChangePassword, ConfirmTotp, RemoveTotp
from payswitch.services.people.signing_in import SignIn


async def begin_session(call: StrangerCall) -> Answer:
    begun = await signing_in.sign_in(call.ctx, call.command, call.browser)
    operator = signing_in.operator_of(begun.user, begun.session, call.browser.address)
    view = views.own_session_view(operator, begun.user, begun.session)
    return Answer(view, status=201, headers={"Set-Cookie": set_cookie(call.ctx, begun.token)})


async def get_session(call: OwnCall) -> Answer:
    user = await profile.own_user(call.ctx, call.operator)
    return Answer(views.own_session_view(call.operator, user, call.session))


async def end_session(call: OwnCall) -> Answer:
    await signing_in.sign_out(call.ctx, call.operator, call.session)
    return Answer(views.Done(), headers={"Set-Cookie": clear_cookie(call.ctx)})


async def change_password(call: OwnCall) -> Answer:
    await profile.change_password(call.ctx, call.operator, call.command)
    return Answer(views.Done())


async def begin_totp(call: OwnCall) -> Answer:
    enrolment = await profile.begin_totp(call.ctx, call.operator)
    uri = enrolment.uri.reveal()
    return Answer(views.EnrolmentView(secret=enrolment.secret.reveal(), uri=uri, qr_svg=_qr_svg(uri)))


def _qr_svg(text: str) -> str:
    svg: str = segno.make(text, error="m", micro=False).svg_inline(scale=4)
    return svg


async def confirm_totp(call: OwnCall) -> Answer:
    return Answer(
        views.RecoveryCodesView(recovery_codes=await profile.confirm_totp(call.ctx, call.operator, call.command))
    )


async def remove_totp(call: OwnCall) -> Answer:
    await profile.remove_totp(call.ctx, call.operator, call.command)
    return Answer(views.Done())


SESSION = "/v1/console/session"
TOTP = "/v1/console/totp"

STRANGERS_OPERATIONS: tuple[Operation[StrangerCall], ...] = (
    Operation(
        name="beginSession",
        method="POST",
        path=SESSION,
        run=begin_session,
        title="Sign in to the console: the answer sets the session's cookie",
        title_zh="登录控制台：应答设置会话 Cookie",
        body=SignIn,
        answer=views.OwnSessionView,
        status=201,
        problems=(
            kinds.SIGN_IN_REFUSED,
            kinds.TOTP_REQUIRED,
            kinds.LINK_UNUSABLE,
            kinds.TOO_MANY_SIGN_INS,
            kinds.FORBIDDEN,
            kinds.REVISION_CONFLICT,
            kinds.NOT_FOUND,
        ),
    ),
)

OWN_OPERATIONS: tuple[Operation[OwnCall], ...] = (
    Operation(
        name="getSession",
        method="GET",
        path=SESSION,
        run=get_session,
        title="Who is signed in here, and what they may do",
        title_zh="当前登录用户及其权限",
        answer=views.OwnSessionView,
    ),
    Operation(
        name="endSession",
        method="DELETE",
        path=SESSION,
        run=end_session,
        title="Sign out",
        title_zh="退出登录",
        answer=views.Done,
        problems=(kinds.FORBIDDEN,),
    ),
    Operation(
        name="changePassword",
        method="POST",
        path="/v1/console/password",
        run=change_password,
        title="Another password; every other session of the user ends",
        title_zh="修改本人密码，其他会话全部退出",
        body=ChangePassword,
        answer=views.Done,
        problems=(kinds.SIGN_IN_REFUSED, kinds.TOO_MANY_SIGN_INS, kinds.FORBIDDEN, kinds.REVISION_CONFLICT),
    ),
    Operation(
        name="beginTotp",
        method="POST",
        path=TOTP,
        run=begin_totp,
        title="A new secret for the authenticator app; it counts once a code of it was seen",
        title_zh="开始启用两步验证：返回验证器密钥与二维码",
        answer=views.EnrolmentView,
        problems=(kinds.NO_MASTER_KEY, kinds.FORBIDDEN, kinds.REVISION_CONFLICT),
    ),
    Operation(
        name="confirmTotp",
        method="POST",
        path=TOTP + "/confirm",
        run=confirm_totp,
        title="The app has it: a code is asked for at every sign-in from now on",
        title_zh="确认启用两步验证，返回恢复码",
        body=ConfirmTotp,
        answer=views.RecoveryCodesView,
        problems=(kinds.NO_MASTER_KEY, kinds.FORBIDDEN, kinds.REVISION_CONFLICT),
    ),
    Operation(
        name="removeTotp",
        method="POST",
        path=TOTP + "/remove",
        run=remove_totp,
        title="Without a second factor from now on",
        title_zh="停用两步验证",
        body=RemoveTotp,
        answer=views.Done,
        problems=(kinds.SIGN_IN_REFUSED, kinds.TOO_MANY_SIGN_INS, kinds.FORBIDDEN, kinds.REVISION_CONFLICT),
    ),
)
