// A rule as one sentence that an owner can read aloud, in both languages.
import { say, type Both } from "../../texts/language";
import { methodName, productName } from "../../texts/words";
import { yuan } from "../../texts/format";
import type { Action, Condition, Rule, Target } from "./model";

export interface Names {
  channel: (id: string) => string;
  shop: (id: string) => string;
}

export const ENVIRONMENTS: Record<string, Both> = {
  wechat: { zh: "微信内", en: "inside WeChat" },
  wechat_mini: { zh: "微信小程序", en: "WeChat mini program" },
  alipay: { zh: "支付宝内", en: "inside Alipay" },
  unionpay: { zh: "云闪付内", en: "inside UnionPay" },
  mobile: { zh: "手机浏览器", en: "mobile browser" },
  desktop: { zh: "电脑", en: "desktop" },
  app: { zh: "APP 内", en: "in the shop's app" },
  counter: { zh: "线下收银", en: "at the counter" },
};

export const AGE_BANDS: Record<string, Both> = {
  under_18: { zh: "18 岁以下", en: "under 18" },
  "18_24": { zh: "18–24 岁", en: "18–24" },
  "25_30": { zh: "25–30 岁", en: "25–30" },
  "31_40": { zh: "31–40 岁", en: "31–40" },
  "41_50": { zh: "41–50 岁", en: "41–50" },
  "51_60": { zh: "51–60 岁", en: "51–60" },
  over_60: { zh: "60 岁以上", en: "over 60" },
};

export const WEEKDAYS: Both[] = [
  { zh: "周一", en: "Mon" }, { zh: "周二", en: "Tue" }, { zh: "周三", en: "Wed" }, { zh: "周四", en: "Thu" },
  { zh: "周五", en: "Fri" }, { zh: "周六", en: "Sat" }, { zh: "周日", en: "Sun" },
];

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const any = (words: string[]): string => words.join(say({ zh: "、", en: " or " }));
const hour = (value: unknown): string => `${String(value ?? 0).padStart(2, "0")}:00`;
const has = (when: Condition, name: string): boolean => when[name] !== undefined && when[name] !== null;
const named = (table: Record<string, Both>, code: string): string => (table[code] ? say(table[code]) : code);

function range(when: Condition, from: string, to: string, show: (value: unknown) => string, what: Both): string | null {
  if (has(when, from) && has(when, to)) {
    return say({ zh: `${what.zh}在 ${show(when[from])} 至 ${show(when[to])} 之间`, en: `${what.en} from ${show(when[from])} to ${show(when[to])}` });
  }
  if (has(when, from)) return say({ zh: `${what.zh}不低于 ${show(when[from])}`, en: `${what.en} at least ${show(when[from])}` });
  if (has(when, to)) return say({ zh: `${what.zh}不超过 ${show(when[to])}`, en: `${what.en} at most ${show(when[to])}` });
  return null;
}

function hours(when: Condition): string | null {
  if (!has(when, "from_hour") && !has(when, "to_hour")) return null;
  const [from, to] = [hour(when["from_hour"]), hour(when["to_hour"] ?? 24)];
  return say({ zh: `北京时间 ${from}–${to}`, en: `between ${from} and ${to} in Beijing` });
}

function dates(when: Condition): string | null {
  const [from, to] = [when["from_date"], when["to_date"]];
  if (from && to) return say({ zh: `${String(from)} 至 ${String(to)}`, en: `${String(from)} to ${String(to)}` });
  if (from) return say({ zh: `${String(from)} 起`, en: `from ${String(from)}` });
  return to ? say({ zh: `${String(to)} 止`, en: `until ${String(to)}` }) : null;
}

function words(when: Condition, name: string, what: Both, show: (code: string) => string): string | null {
  const found = list(when[name]);
  return found.length ? say({ zh: `${what.zh}${any(found.map(show))}`, en: `${what.en} ${any(found.map(show))}` }) : null;
}

function metadata(when: Condition): string[] {
  return Object.entries((when["metadata"] ?? {}) as Record<string, unknown>).map(([key, value]) => {
    const wanted = any(Array.isArray(value) ? value.map(String) : [String(value)]);
    return say({ zh: `附加字段 ${key} 为 ${wanted}`, en: `metadata ${key} is ${wanted}` });
  });
}

/** Each condition in words. */
export function conditionTexts(when: Condition, names: Names): string[] {
  const plain = (code: string) => code;
  const isNew = when["customer_new"];
  const found: (string | null)[] = [
    range(when, "min_fen", "max_fen", (value) => yuan(Number(value)), { zh: "金额", en: "the amount is" }),
    typeof isNew === "boolean" ? say(isNew ? { zh: "顾客是新客户", en: "the customer is new" } : { zh: "顾客是老客户", en: "the customer has paid before" }) : null,
    range(when, "min_age", "max_age", (value) => say({ zh: `${String(value)} 岁`, en: String(value) }), { zh: "年龄", en: "the age is" }),
    words(when, "age_bands", { zh: "年龄段为 ", en: "aged" }, (code) => named(AGE_BANDS, code)),
    words(when, "devices", { zh: "设备为 ", en: "the device is" }, plain),
    words(when, "risks", { zh: "风险等级为 ", en: "the risk is" }, plain),
    words(when, "environments", { zh: "在", en: "the customer is" }, (code) => named(ENVIRONMENTS, code)),
    hours(when),
    words(when, "weekdays", { zh: "", en: "on" }, (code) => say(WEEKDAYS[Number(code) - 1] ?? { zh: code, en: code })),
    dates(when),
    words(when, "banks", { zh: "银行为 ", en: "the bank is" }, plain),
    words(when, "shops", { zh: "店铺为 ", en: "the shop is" }, names.shop),
    words(when, "goods_tags", { zh: "商品标签为 ", en: "the goods are tagged" }, plain),
    ...metadata(when),
  ];
  return found.filter((one) => one !== null);
}

export function targetText(target: Target, names: Names): string {
  const parts = [
    any((target.methods ?? []).map(methodName)),
    any((target.products ?? []).map(productName)),
    any((target.channels ?? []).map(names.channel)),
    any((target.tags ?? []).map((tag) => `#${tag}`)),
  ].filter(Boolean);
  return parts.join(say({ zh: " 的 ", en: " by " })) || say({ zh: "（未指定）", en: "(nothing named)" });
}

/** Each action in words. */
export function actionTexts(then: Action, names: Names): string[] {
  const found: string[] = [];
  const add = (target: Target | undefined, zh: (what: string) => string, en: (what: string) => string): void => {
    if (target) found.push(say({ zh: zh(targetText(target, names)), en: en(targetText(target, names)) }));
  };
  add(then.prefer, (what) => `优先 ${what}`, (what) => `prefer ${what}`);
  add(then.pin, (what) => `固定先走 ${what}`, (what) => `always begin with ${what}`);
  add(then.avoid, (what) => `尽量避开 ${what}`, (what) => `put ${what} last`);
  add(then.only, (what) => `只走 ${what}，不再切换到其他`, (what) => `use only ${what}, nothing else even if it fails`);
  if (then.tier) found.push(say({ zh: `优先“${then.tier}”档`, en: `ask the tier “${then.tier}” first` }));
  if (then.split) {
    const { best = 0, warm = 0, explore = 0 } = then.split;
    found.push(say({ zh: `按 ${best}/${warm}/${explore} 分流`, en: `split ${best}/${warm}/${explore}` }));
  }
  return found;
}

export function ruleSentence(rule: Rule, names: Names): string {
  const conditions = conditionTexts(rule.when, names);
  const actions = actionTexts(rule.then, names).join(say({ zh: "；", en: "; " }));
  if (!actions) return say({ zh: "还没有动作", en: "No action yet" });
  if (!conditions.length) return say({ zh: `所有支付：${actions}`, en: `Every payment: ${actions}` });
  return say({ zh: `当${conditions.join("，且")}时，${actions}`, en: `When ${conditions.join(" and ")}: ${actions}` });
}
