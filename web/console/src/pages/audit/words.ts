import { channelName, shopName } from "../../state/names";
import { yuan } from "../../texts/format";
import { say, type Both } from "../../texts/language";
import { roleName } from "../../texts/roles";
import { stateWord } from "../../texts/states";

/** The kinds of things that the trail knows (the service's `domain/trail.py`). */
const KINDS: Record<string, Both> = {
  channel: { zh: "渠道", en: "Channel" },
  policy: { zh: "策略", en: "Policy" },
  payment: { zh: "支付单", en: "Payment" },
  refund: { zh: "退款单", en: "Refund" },
  break: { zh: "对账差异", en: "Break" },
  bill: { zh: "对账单", en: "Bill" },
  event: { zh: "商户通知", en: "Event" },
  user: { zh: "用户", en: "User" },
  session: { zh: "登录会话", en: "Session" },
  shop: { zh: "店铺", en: "Shop" },
  alert: { zh: "告警", en: "Alert" },
  alert_rule: { zh: "告警规则", en: "Alert rule" },
  alert_target: { zh: "告警接收方", en: "Alert receiver" },
  report: { zh: "报告", en: "Report" },
  export: { zh: "导出", en: "Export" },
  saved_view: { zh: "常用筛选", en: "Saved view" },
  fault: { zh: "沙箱故障", en: "Sandbox fault" },
};

const ACTIONS: Record<string, Both> = {
  create: { zh: "新建", en: "created" },
  update: { zh: "修改", en: "changed" },
  delete: { zh: "删除", en: "deleted" },
  rotate: { zh: "更换密钥", en: "rotated the keys of" },
  enable: { zh: "启用", en: "enabled" },
  disable: { zh: "停用", en: "disabled" },
  retire: { zh: "退役", en: "retired" },
  probe: { zh: "探测", en: "probed" },
  test: { zh: "测试支付", en: "paid a test with" },
  check: { zh: "体检", en: "checked" },
  activate: { zh: "激活", en: "activated" },
  rollback: { zh: "回滚", en: "rolled back" },
  query: { zh: "主动查单", en: "queried" },
  close: { zh: "关单", en: "closed" },
  refund: { zh: "退款", en: "refunded" },
  resend: { zh: "重发", en: "sent again" },
  retry: { zh: "重试", en: "tried again" },
  redirect: { zh: "改退其他银行卡", en: "sent to another card" },
  settle: { zh: "线下结清", en: "settled by hand" },
  resolve: { zh: "处理完成", en: "resolved" },
  reconcile: { zh: "对账", en: "reconciled" },
  download: { zh: "下载", en: "downloaded" },
  export: { zh: "导出", en: "exported" },
  silence: { zh: "静默", en: "silenced" },
  acknowledge: { zh: "认领", en: "acknowledged" },
  unsilence: { zh: "取消静默", en: "ended the silence" },
  take_evidence: { zh: "下载凭证", en: "took the evidence of" },
  make_ill: { zh: "设置沙箱故障", en: "made ill" },
  make_well: { zh: "解除沙箱故障", en: "made well" },
  save: { zh: "保存", en: "saved" },
  sign_in: { zh: "登录", en: "signed in" },
  sign_out: { zh: "退出登录", en: "signed out" },
  sign_in_refused: { zh: "登录失败", en: "was refused at sign-in" },
  link: { zh: "生成登录链接", en: "made a link for" },
  reset: { zh: "重置密码", en: "reset" },
  password: { zh: "设置密码", en: "set the password of" },
  revoke_sessions: { zh: "退出全部会话", en: "signed out" },
  totp_begin: { zh: "开始启用两步验证", en: "began two-step sign-in of" },
  totp_enrol: { zh: "启用两步验证", en: "turned on two-step sign-in of" },
  totp_remove: { zh: "停用两步验证", en: "turned off two-step sign-in of" },
};

/** What the trail's entries say of a thing; a field that nobody named is shown as it is. */
const FIELDS: Record<string, Both> = {
  how: { zh: "方式", en: "how" },
  user_id: { zh: "用户", en: "user" },
  name: { zh: "名称", en: "name" },
  role: { zh: "角色", en: "role" },
  state: { zh: "状态", en: "state" },
  reason: { zh: "原因", en: "reason" },
  amount_fen: { zh: "金额", en: "amount" },
  merchant_ids: { zh: "商户", en: "merchants" },
  channel_id: { zh: "渠道", en: "channel" },
  payment_id: { zh: "支付单", en: "payment" },
  date: { zh: "日期", en: "date" },
  minutes: { zh: "分钟", en: "minutes" },
  rule: { zh: "规则", en: "rule" },
  subject: { zh: "对象", en: "subject" },
  rows: { zh: "行数", en: "rows" },
};
const REPORTS: Record<string, Both> = { weekly: { zh: "周报", en: "Weekly" }, daily: { zh: "日报", en: "Daily" } };
const HOW: Record<string, Both> = { link: { zh: "一次性链接", en: "one-time link" }, password: { zh: "密码", en: "password" } };

const named = (table: Record<string, Both>) => (code: string) => (table[code] ? say(table[code]) : code);

export const kindName = named(KINDS);
export const actionName = named(ACTIONS);
export const fieldName = named(FIELDS);
const howName = named(HOW);
const reportName = named(REPORTS);

/** A value in the words of the page: roles, states, channels, yuan. */
export function valueName(field: string, value: string | undefined): string {
  if (value === undefined || value === "") return "–";
  if (field === "how") return howName(value);
  if (field === "role") return roleName(value);
  if (field === "state") return stateWord(value);
  if (field === "channel_id") return channelName(value);
  if (field.endsWith("_fen") && /^-?\d+$/.test(value)) return yuan(Number(value));
  return value;
}

/** Reports are numbered by what and when they are; what else has a name is said with it. */
export function objectName(kind: string, id: string): string {
  if (kind === "report") return id.replace(/^(weekly|daily)\b/, (word) => reportName(word));
  return kind === "channel" ? channelName(id) : kind === "shop" ? shopName(id) : id;
}

export const kindOptions = () => Object.keys(KINDS).map((value) => ({ value, label: kindName(value) }));
export const actionOptions = () => Object.keys(ACTIONS).map((value) => ({ value, label: actionName(value) }));
