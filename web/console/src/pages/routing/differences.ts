// The service's list of differences in the words of the page: rules as the sentences that they are.
import { say } from "../../texts/language";
import { methodName, productName } from "../../texts/words";
import type { Difference } from "./api";
import { pruned, SHARES, type Maintenance, type Policy, type Rule, type Share } from "./model";
import { ruleSentence, type Names } from "./sentences";
import { t } from "./texts";

export interface Row {
  place: string;
  title: string;
  before: string;
  after: string;
}

const SECTIONS = ["tiers", "triggers", "split", "rules"] as const;

/** One row for each changed place; for a rule one row, whatever was changed in it. */
export function differenceRows(differences: Difference[], before: Policy, after: Policy, names: Names, titles: ReadonlyMap<string, string>): Row[] {
  const rows = new Map<string, Row>();
  for (const one of differences) {
    const rule = ruleOf(one.place, [...before.rules, ...after.rules]);
    const row = rule === null ? plain(one, names, titles) : changedRule(rule, before, after, names);
    rows.set(row.place, row);
  }
  return [...rows.values()];
}

/** `rules.large-amount.when.min_fen` is about large-amount; names may hold dots. */
function ruleOf(place: string, rules: Rule[]): string | null {
  const names = rules.map(({ name }) => name).sort((one, other) => other.length - one.length);
  return names.find((name) => place === `rules.${name}` || place.startsWith(`rules.${name}.`)) ?? null;
}

function changedRule(name: string, before: Policy, after: Policy, names: Names): Row {
  const sentence = (policy: Policy): string => {
    const rule = policy.rules.find((one) => one.name === name);
    return rule ? ruleSentence({ ...rule, when: pruned(rule.when), then: pruned(rule.then) }, names) : t.reviews.absent;
  };
  return { place: `rules.${name}`, title: t.reviews.ruleOf(name), before: sentence(before), after: sentence(after) };
}

function plain({ place, before, after }: Difference, names: Names, titles: ReadonlyMap<string, string>): Row {
  if (place === "maintenance") return { place, title: t.maintenance.title, before: windows(before, names), after: windows(after, names) };
  if (place === "on_request") return { place, title: t.onRequest.title, before: listed(before, methodName), after: listed(after, methodName) };
  if (place === "rules") return { place, title: t.reviews.order, before: listed(before), after: listed(after) };
  return { place, title: titles.get(place) ?? titleOf(place), before: figure(before), after: figure(after) };
}

/** As people write it: 8, not 8.0. */
const figure = (text: string | null): string => text?.replace(/^(-?\d+)\.0$/, "$1") ?? t.reviews.absent;

/** Maintenance windows, one after the other. */
function windows(text: string | null, names: Names): string {
  const found = JSON.parse(text ?? "[]") as Maintenance[];
  const said = found.map(({ channel, product, start, end }) => [names.channel(channel), product ? productName(product) : "", `${start} – ${end}`].filter(Boolean).join(" "));
  return said.join(say({ zh: "；", en: "; " })) || t.reviews.absent;
}

/** A JSON list as people write one. */
function listed(text: string | null, name: (one: string) => string = String): string {
  const found: unknown = JSON.parse(text ?? "[]");
  return Array.isArray(found) && found.length ? found.map((one) => name(String(one))).join(say({ zh: "、", en: ", " })) : t.reviews.absent;
}

function titleOf(place: string): string {
  const [head = "", ...rest] = place.split(".");
  const section = SECTIONS.find((one) => one === head);
  if (section === undefined) return place;
  const share = SHARES.find((one: Share) => one === rest[0]);
  const tail = section === "split" && share ? t.split[share] : rest.join(".");
  return tail ? `${t[section].title} · ${tail}` : t[section].title;
}
