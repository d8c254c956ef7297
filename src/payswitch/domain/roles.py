"""权限与角色: what may be done here, and who may do it. Every operation of the admin API needs exactly one permission.

A role is only a name for a set of permissions: nothing ever asks for a role, so that a new one is one line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """What an operation needs."""

    VIEW = "view"
    """See what there is, and try out what changes nothing (check a document, simulate a policy)."""
    DEVELOP = "develop"
    """What a shop's developer does: send an event again, pay a test payment."""
    OPERATE = "operate"
    """What the night needs: disable, enable and probe a channel, query and close a payment, silence an alert."""
    MONEY = "money"
    """What moves money or says that it was moved: refunds, settling by hand, reconciliation and its breaks."""
    CONFIGURE = "configure"
    """What stays: channels and their keys, policies, alert rules."""
    MANAGE = "manage"
    """Who may do what: users, their roles and sessions; shops. Persons only, never a key."""


class Role(StrEnum):
    """What a person is here."""

    OWNER = "owner"
    OPERATOR = "operator"
    FINANCE = "finance"
    DEVELOPER = "developer"
    READ_ONLY = "read_only"


_P = Permission

PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.OWNER: frozenset(_P),
    Role.OPERATOR: frozenset({_P.VIEW, _P.DEVELOP, _P.OPERATE, _P.CONFIGURE}),
    Role.FINANCE: frozenset({_P.VIEW, _P.MONEY}),
    Role.DEVELOPER: frozenset({_P.VIEW, _P.DEVELOP}),
    Role.READ_ONLY: frozenset({_P.VIEW}),
}
"""What each role may. Who runs the channels does not pay out, and who pays out does not choose where payments go."""

KEY_PERMISSIONS: Final = frozenset(_P) - {_P.MANAGE}
"""What an operator's key may: everything but deciding about people. A key that leaks can be taken out of the file, and
must not have left a user behind."""

ROLE_TEXTS: Final[Mapping[Role, tuple[str, str]]] = {
    Role.OWNER: ("owner: everything, users too", "负责人：全部权限，含用户管理"),
    Role.OPERATOR: ("operator: channels, policies, alerts; moves no money", "运营：渠道、策略与告警，不经手资金"),
    Role.FINANCE: ("finance: refunds and reconciliation", "财务：退款与对账"),
    Role.DEVELOPER: ("developer: events and test payments", "开发：商户通知与测试支付"),
    Role.READ_ONLY: ("read only: sees everything, changes nothing", "只读：可查看，不可修改"),
}
"""In one line each, English and Chinese."""

PERMISSION_TEXTS: Final[Mapping[Permission, tuple[str, str]]] = {
    _P.VIEW: ("see", "查看"),
    _P.DEVELOP: ("send events again and pay test payments", "重发商户通知与测试支付"),
    _P.OPERATE: ("operate channels and payments", "操作渠道与支付单"),
    _P.MONEY: ("refund and reconcile", "退款与对账"),
    _P.CONFIGURE: ("configure channels, policies and alerts", "配置渠道、策略与告警"),
    _P.MANAGE: ("manage users and shops", "管理用户与店铺"),
}


def roles_with(permission: Permission) -> tuple[Role, ...]:
    """Who may do it, for the person who may not and has to ask somebody."""
    return tuple(role for role in Role if permission in PERMISSIONS[role])
