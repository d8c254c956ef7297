import { c } from "./common";
import { language } from "./language";

const BEIJING = "Asia/Shanghai";
const NUMBERS = new Intl.NumberFormat("en-US");

/** 分 as yuan, exact: 1234567 is ¥12,345.67. */
export function yuan(fen: number | null | undefined): string {
  if (fen === null || fen === undefined) return "–";
  const text = NUMBERS.format(Math.trunc(Math.abs(fen) / 100));
  return `${fen < 0 ? "-" : ""}¥${text}.${String(Math.abs(fen) % 100).padStart(2, "0")}`;
}

/** A share of one as per cent; one digit, two where it would else say 100 % of something that is not all. */
export function percent(share: number | null | undefined, digits = 1): string {
  if (share === null || share === undefined) return "–";
  const text = (share * 100).toFixed(digits);
  return `${share < 1 && Number(text) === 100 ? (Math.floor(share * 10_000) / 100).toFixed(2) : text}%`;
}

/** A channel's fee in basis points of the amount, as per cent: 60 is 0.60%. */
export function feeRate(bp: number): string {
  return `${(bp / 100).toFixed(2)}%`;
}

/** Whole numbers with separators. */
export function count(number: number | null | undefined): string {
  return number === null || number === undefined ? "–" : NUMBERS.format(number);
}

/** Milliseconds for people: 84 ms, 1.25 s. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–";
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}

export type Moment = string | number | null | undefined;

function dateOf(moment: Moment): Date | null {
  if (moment === null || moment === undefined || moment === "") return null;
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? null : date;
}

const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: BEIJING, hour12: false, ...options });
const DAY = format({ year: "numeric", month: "2-digit", day: "2-digit" });
const CLOCK = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** Beijing time, whatever the browser's zone: `11-28 20:37:05`, with the year where it is not this one. */
export function dateTime(moment: Moment): string {
  const date = dateOf(moment);
  if (date === null) return "–";
  const day = DAY.format(date);
  const thisYear = DAY.format(new Date()).slice(0, 5);
  return `${day.startsWith(thisYear) ? day.slice(5) : day} ${CLOCK.format(date)}`;
}

/** Beijing time of day: `20:37:05`. */
export function clock(moment: Moment): string {
  const date = dateOf(moment);
  return date === null ? "–" : CLOCK.format(date);
}

/** The Beijing day as `2026-11-28`. */
export function day(moment: Moment): string {
  const date = dateOf(moment);
  return date === null ? "–" : DAY.format(date);
}

/** How long ago, for people. */
export function ago(moment: Moment, nowMs: number = Date.now()): string {
  const date = dateOf(moment);
  if (date === null) return c.never;
  const seconds = Math.max(0, Math.round((nowMs - date.getTime()) / 1_000));
  if (seconds < 5) return c.ago.now;
  if (seconds < 90) return c.ago.seconds(seconds);
  if (seconds < 5_400) return c.ago.minutes(Math.round(seconds / 60));
  if (seconds < 172_800) return c.ago.hours(Math.round(seconds / 3_600));
  return c.ago.days(Math.round(seconds / 86_400));
}

/** Sorting names as people of the page's language do. */
export function byName(one: string, other: string): number {
  return one.localeCompare(other, language.value === "zh" ? "zh-CN" : "en");
}
