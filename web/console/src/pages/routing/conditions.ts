// The kinds of condition that the builder offers; each owns some fields of a rule's `when`.
import type { Condition } from "./model";

export const KINDS = {
  amount: ["min_fen", "max_fen"],
  customer_new: ["customer_new"],
  age: ["min_age", "max_age"],
  age_bands: ["age_bands"],
  devices: ["devices"],
  risks: ["risks"],
  environments: ["environments"],
  hours: ["from_hour", "to_hour"],
  weekdays: ["weekdays"],
  dates: ["from_date", "to_date"],
  banks: ["banks"],
  shops: ["shops"],
  goods_tags: ["goods_tags"],
  metadata: ["metadata"],
} as const;

export type Kind = keyof typeof KINDS;

const BEGINNINGS: Partial<Record<Kind, Condition>> = {
  amount: { min_fen: 100_000 },
  customer_new: { customer_new: true },
  age: { max_age: 30 },
  hours: { from_hour: 20, to_hour: 24 },
  metadata: { metadata: { "": "" } },
};

/** The kinds a condition has, in the builder's order. */
export function kindsOf(when: Condition): Kind[] {
  return (Object.keys(KINDS) as Kind[]).filter((kind) => KINDS[kind].some((field) => when[field] !== undefined && when[field] !== null));
}

/** With one more kind, at a sensible beginning. */
export function withKind(when: Condition, kind: Kind): Condition {
  return { ...when, ...(BEGINNINGS[kind] ?? { [KINDS[kind][0]]: [] }) };
}

export function withoutKind(when: Condition, kind: Kind): Condition {
  const gone = new Set<string>(KINDS[kind]);
  return Object.fromEntries(Object.entries(when).filter(([field]) => !gone.has(field)));
}
