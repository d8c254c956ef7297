"""用户管理: the operations on users. A key may do none of them: who may do what is decided by persons."""

from __future__ import annotations

import msgspec

from payswitch.domain import errors as kinds
from payswitch.domain.errors import NOT_FOUND
from payswitch.domain.roles import Permission
from payswitch.domain.user import User
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.admin.people import user_views as views
from payswitch.entry.api.call import Answer
from payswitch.entry.api.operation import Operation
from payswitch.services.people import user_access, users
from payswitch.services.people.users import CreateUser, UpdateUser


class ResetUser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Please take the password away, and hand me a link."""

    totp: bool = False
    """The second factor, too: the phone is lost."""


async def list_roles(_: AdminCall) -> Answer:
    return Answer(views.role_list())


async def list_users(call: AdminCall) -> Answer:
    found = await users.list_users(call.ctx, call.operator)
    return Answer(views.UserList(data=[views.user_view(user, call.operator) for user in found]))


async def get_user(call: AdminCall) -> Answer:
    return _answer(call, await users.get_user(call.ctx, call.operator, call.path["user_id"]))


async def create_user(call: AdminCall) -> Answer:
    return _invited(call, await users.create_user(call.ctx, call.operator, call.command), status=201)


async def update_user(call: AdminCall) -> Answer:
    return _answer(call, await users.update_user(call.ctx, call.operator, call.path["user_id"], call.command))


async def disable_user(call: AdminCall) -> Answer:
    return _answer(call, await users.disable_user(call.ctx, call.operator, call.path["user_id"]))


async def enable_user(call: AdminCall) -> Answer:
    return _answer(call, await users.enable_user(call.ctx, call.operator, call.path["user_id"]))


async def reset_user(call: AdminCall) -> Answer:
    command: ResetUser = call.command
    reset = user_access.reset_user(call.ctx, call.operator, call.path["user_id"], totp=command.totp)
    return _invited(call, await reset)


async def list_sessions(call: AdminCall) -> Answer:
    found = await user_access.list_sessions(call.ctx, call.operator, call.path["user_id"])
    return Answer(views.SessionList(data=[views.session_view(session, call.operator) for session in found]))


async def revoke_sessions(call: AdminCall) -> Answer:
    await user_access.revoke_sessions(call.ctx, call.operator, call.path["user_id"])
    return await list_sessions(call)


def _answer(call: AdminCall, user: User) -> Answer:
    return Answer(views.user_view(user, call.operator))


def _invited(call: AdminCall, invited: users.Invited, status: int = 200) -> Answer:
    return Answer(
        views.invited_view(invited, call.operator, call.ctx.sign_in_url(invited.token.reveal())), status=status
    )


USERS = "/v1/admin/users"
USER = USERS + "/{user_id}"

_CHANGE = (NOT_FOUND, kinds.REVISION_CONFLICT)

USER_OPERATIONS: tuple[Operation[AdminCall], ...] = (
    Operation(
        name="listRoles",
        method="GET",
        path="/v1/admin/roles",
        needs=Permission.VIEW,
        run=list_roles,
        title="The roles, and what each may do",
        title_zh="角色及其权限",
        answer=views.RoleList,
    ),
    Operation(
        name="listUsers",
        method="GET",
        path=USERS,
        needs=Permission.MANAGE,
        run=list_users,
        title="Everybody who works for a merchant of yours",
        title_zh="所管商户的全部用户",
        answer=views.UserList,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="createUser",
        method="POST",
        path=USERS,
        needs=Permission.MANAGE,
        run=create_user,
        title="A new user; the link of the answer lets them in once, then they set a password",
        title_zh="新建用户：应答中的一次性链接供其首次登录并设置密码",
        body=CreateUser,
        answer=views.InvitedView,
        status=201,
        problems=(NOT_FOUND, kinds.USER_EXISTS),
    ),
    Operation(
        name="getUser",
        method="GET",
        path=USER,
        needs=Permission.MANAGE,
        run=get_user,
        title="One user",
        title_zh="查询用户",
        answer=views.UserView,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="updateUser",
        method="PATCH",
        path=USER,
        needs=Permission.MANAGE,
        run=update_user,
        title="Another name, role, or other merchants; what is left out stays; in force with the next request",
        title_zh="修改姓名、角色或商户，未填写的项保持不变，下一次请求即生效",
        body=UpdateUser,
        answer=views.UserView,
        problems=_CHANGE,
    ),
    Operation(
        name="disableUser",
        method="POST",
        path=USER + "/disable",
        needs=Permission.MANAGE,
        run=disable_user,
        title="Cannot sign in any more; every session ends now",
        title_zh="停用用户：立即退出全部会话且不能再登录",
        answer=views.UserView,
        problems=_CHANGE,
    ),
    Operation(
        name="enableUser",
        method="POST",
        path=USER + "/enable",
        needs=Permission.MANAGE,
        run=enable_user,
        title="May sign in again",
        title_zh="启用用户",
        answer=views.UserView,
        problems=_CHANGE,
    ),
    Operation(
        name="resetUser",
        method="POST",
        path=USER + "/reset",
        needs=Permission.MANAGE,
        run=reset_user,
        title="Password (and second factor, when asked) are taken away; the link of the answer lets them in once",
        title_zh="重置密码（可同时重置两步验证）：应答中的一次性链接供其登录",
        body=ResetUser,
        answer=views.InvitedView,
        problems=_CHANGE,
    ),
    Operation(
        name="listSessions",
        method="GET",
        path=USER + "/sessions",
        needs=Permission.MANAGE,
        run=list_sessions,
        title="Where a user is signed in",
        title_zh="用户的登录会话",
        answer=views.SessionList,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="revokeSessions",
        method="POST",
        path=USER + "/sessions/revoke",
        needs=Permission.MANAGE,
        run=revoke_sessions,
        title="Sign them out everywhere; yourself everywhere but here",
        title_zh="退出该用户的全部会话（本人保留当前会话）",
        answer=views.SessionList,
        problems=_CHANGE,
    ),
)
