import { say, type Both } from "./language";

export type Tone = "good" | "warn" | "bad" | "busy" | "quiet";

/** Every state that is shown anywhere: its word and what it means for the reader. */
const STATES: Record<string, [Tone, Both]> = {
  // channels' health
  healthy: ["good", { zh: "正常", en: "Healthy" }],
  degraded: ["warn", { zh: "变差", en: "Degraded" }],
  open: ["bad", { zh: "熔断", en: "Breaker open" }],
  probing: ["busy", { zh: "探测中", en: "Probing" }],
  maintenance: ["warn", { zh: "维护", en: "Maintenance" }],
  // channels' life
  draft: ["quiet", { zh: "草稿", en: "Draft" }],
  enabled: ["good", { zh: "已启用", en: "Enabled" }],
  disabled: ["quiet", { zh: "已停用", en: "Disabled" }],
  retired: ["quiet", { zh: "已退役", en: "Retired" }],
  // payments and attempts
  created: ["quiet", { zh: "已创建", en: "Created" }],
  pending: ["busy", { zh: "待支付", en: "Pending" }],
  closing: ["warn", { zh: "关闭中", en: "Closing" }],
  succeeded: ["good", { zh: "成功", en: "Succeeded" }],
  closed: ["quiet", { zh: "已关闭", en: "Closed" }],
  submitted: ["busy", { zh: "已提交", en: "Submitted" }],
  ready: ["busy", { zh: "待出示", en: "Ready" }],
  exposed: ["busy", { zh: "已出示", en: "Exposed" }],
  unknown: ["warn", { zh: "结果未知", en: "Unknown" }],
  failed: ["bad", { zh: "失败", en: "Failed" }],
  discarded: ["quiet", { zh: "已弃用", en: "Discarded" }],
  // refunds
  processing: ["busy", { zh: "处理中", en: "Processing" }],
  abnormal: ["bad", { zh: "异常", en: "Abnormal" }],
  // events
  delivering: ["busy", { zh: "投递中", en: "Delivering" }],
  delivered: ["good", { zh: "已送达", en: "Delivered" }],
  retry: ["warn", { zh: "重试中", en: "Retrying" }],
  dead: ["bad", { zh: "投递失败", en: "Dead" }],
  // alerts
  firing: ["bad", { zh: "告警中", en: "Firing" }],
  resolved: ["good", { zh: "已恢复", en: "Resolved" }],
  silenced: ["quiet", { zh: "已静默", en: "Silenced" }],
  // findings
  ok: ["good", { zh: "正常", en: "OK" }],
  note: ["quiet", { zh: "提示", en: "Note" }],
  warning: ["warn", { zh: "注意", en: "Warning" }],
  problem: ["bad", { zh: "问题", en: "Problem" }],
  // channel tests
  waiting: ["busy", { zh: "等待支付", en: "Waiting" }],
  refunding: ["busy", { zh: "退款中", en: "Refunding" }],
  refunded: ["good", { zh: "已退回", en: "Returned" }],
  refund_failed: ["bad", { zh: "退回失败", en: "Not returned" }],
  refused: ["bad", { zh: "被拒绝", en: "Refused" }],
  unpaid: ["quiet", { zh: "未支付", en: "Unpaid" }],
};

/** The state's word; the code itself where nobody named it. */
export function stateWord(state: string): string {
  const found = STATES[state];
  return found === undefined ? state : say(found[1]);
}

export function toneOf(state: string): Tone {
  return STATES[state]?.[0] ?? "quiet";
}
