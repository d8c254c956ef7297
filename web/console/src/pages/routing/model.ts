// The policy document as the editor holds it, and the few rules of it that the editor must know itself. Everything else
// is the service's word: it is asked after each change (`check`) and says what is wrong where.

export interface Tier {
  name: string;
  rank: number;
  channels?: string[];
  tags?: string[];
}

export interface Target {
  methods?: string[];
  products?: string[];
  channels?: string[];
  tags?: string[];
}

export interface Shares {
  best: number;
  warm: number;
  explore: number;
}

export interface Split extends Shares {
  safe_within: number;
  mode: "fixed" | "learned";
}

export type Condition = Record<string, unknown>;

export interface Action {
  prefer?: Target;
  avoid?: Target;
  only?: Target;
  pin?: Target;
  tier?: string;
  split?: Shares;
}

export interface Rule {
  name: string;
  when: Condition;
  then: Action;
}

export type Triggers = Record<string, number | string[]>;

/** A time in which a channel is not asked; both ends in the same form, Beijing time. */
export interface Maintenance {
  channel: string;
  start: string | number;
  end: string | number;
  product?: string | null;
}

/** A merchant's whole policy. */
export interface Policy {
  version: string;
  tiers: Tier[];
  triggers: Triggers;
  split: Split;
  rules: Rule[];
  [other: string]: unknown;
}

/** What is written: a merchant's whole policy, or what a shop does otherwise. */
export interface Document {
  tiers?: Tier[];
  triggers?: Triggers;
  split?: Partial<Split>;
  rules?: Rule[];
  without_rules?: string[];
  [other: string]: unknown;
}

export const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
export const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Without what says nothing: null, empty lists and tables. */
export function pruned<T>(value: T): T {
  if (Array.isArray(value)) return value.map(pruned) as T;
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value)
    .map(([name, one]) => [name, pruned(one)] as const)
    .filter(([, one]) => one !== null && !(typeof one === "object" && Object.keys(one as object).length === 0));
  return Object.fromEntries(kept) as T;
}

const rule = (one: Rule): Rule => ({ name: one.name, when: pruned(one.when), then: pruned(one.then) });

/** A whole policy as a document to be edited: without the name that only the service gives. */
export function documentOf(policy: Policy): Document {
  const { version: _, ...rest } = copy(policy);
  return { ...rest, rules: rest.rules.map(rule) };
}

/** A shop's own document, or an empty one. */
export function shopDocumentOf(document: Document | null): Document {
  const own = copy(document ?? {});
  return own.rules ? { ...own, rules: own.rules.map(rule) } : own;
}

/** The tier a channel stands in when no tier names it: by one of its tags, else by its own rank; -1: in none. */
function naturalTier(tiers: Tier[], channel: { tier: number; tags: string[] }): number {
  const tagged = tiers.findIndex((tier) => tier.tags?.some((tag) => channel.tags.includes(tag)));
  return tagged >= 0 ? tagged : tiers.findIndex((tier) => tier.rank === channel.tier);
}

/** The tier a channel stands in; -1: in none. */
export function tierOf(tiers: Tier[], channel: { channel_id: string; tier: number; tags: string[] }): number {
  const named = tiers.findIndex((tier) => tier.channels?.includes(channel.channel_id));
  return named >= 0 ? named : naturalTier(tiers, channel);
}

/** The same tiers with each channel where it is wanted; named only where it would not stand there by itself. */
export function placed(
  tiers: Tier[],
  channels: { channel_id: string; tier: number; tags: string[] }[],
  wanted: Map<string, number>,
): Tier[] {
  const next = tiers.map((tier) => ({ ...tier, channels: [] as string[] }));
  for (const channel of channels) {
    const at = wanted.get(channel.channel_id) ?? -1;
    if (at >= 0 && naturalTier(tiers, channel) !== at) next[at]?.channels.push(channel.channel_id);
  }
  return next;
}

export const SHARES = ["best", "warm", "explore"] as const;
export type Share = (typeof SHARES)[number];

/** One share is set to a value; the others keep their proportion, in whole per cent, and the sum stays 100. */
export function shared(shares: Shares, changed: Share, value: number): Shares {
  const set = Math.min(100, Math.max(0, Math.round(value)));
  const [one, other] = SHARES.filter((name) => name !== changed) as [Share, Share];
  const left = 100 - set;
  const together = shares[one] + shares[other];
  const first = together === 0 ? left : Math.round((left * shares[one]) / together);
  return { ...shares, [changed]: set, [one]: first, [other]: left - first };
}

/** The problems at a place and below it: `rules[2]` has those of `rules[2].when.min_fen`. */
export function under<T extends { field: string }>(problems: readonly T[], place: string): T[] {
  return problems.filter(({ field }) => field === place || field.startsWith(`${place}.`) || field.startsWith(`${place}[`));
}
