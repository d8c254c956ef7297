import type { Permission } from "../state/session";
import { say, type Both } from "./language";

/** What people are here, and what each may do (the service's `domain/roles.py`). */
export const ROLES = ["owner", "operator", "finance", "developer", "read_only"] as const;
export type Role = (typeof ROLES)[number];

const NAMES: Record<string, Both> = {
  owner: { zh: "负责人", en: "Owner" },
  operator: { zh: "运营", en: "Operator" },
  finance: { zh: "财务", en: "Finance" },
  developer: { zh: "开发", en: "Developer" },
  read_only: { zh: "只读", en: "Read only" },
};

const PERMISSIONS: Record<Permission, Both> = {
  view: { zh: "查看", en: "view" },
  develop: { zh: "重发通知与测试支付", en: "resend events, test payments" },
  operate: { zh: "操作渠道与支付单", en: "operate channels and payments" },
  money: { zh: "退款与对账", en: "refunds and reconciliation" },
  configure: { zh: "渠道、策略与告警配置", en: "channels, policies, alert rules" },
  manage: { zh: "用户管理", en: "users" },
};

export function roleName(role: string): string {
  const found = NAMES[role];
  return found ? say(found) : role;
}

export function permissionName(permission: Permission): string {
  return say(PERMISSIONS[permission]);
}
