// What the form shows beside the four strategies: every other field of the policy document, as the service's schema has
// it. A field that is added there appears here by itself.
import { say } from "../../texts/language";
import { count } from "../../texts/format";
import { t } from "./texts";

/** One property as its JSON Schema. */
export interface Property {
  type?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  title?: string;
  description?: string;
  enum?: string[];
  "x-unit"?: string;
  "x-title-zh"?: string;
  "x-description-zh"?: string;
  "x-unit-zh"?: string;
}

export interface Part {
  description?: string;
  properties?: Record<string, Property & { $ref?: string }>;
  enum?: string[];
}

export type Schema = Record<string, Part>;

export interface Figure {
  /** Where it stands in the document: `hedging.share`. */
  place: string;
  section: string;
  field: string;
  title: string;
  about: string;
  unit: string;
  range: string;
  usual: number;
  whole: boolean;
}

/** The fields of triggers that its sentences hold already. */
function inSentences(): Set<string> {
  const texts = Object.values(t.triggers as Record<string, unknown>).filter((one): one is string => typeof one === "string");
  return new Set(texts.flatMap((one) => [...one.matchAll(/\{(\w+)%?\}/g)].map((found) => found[1] ?? "")));
}

function rangeOf({ minimum, maximum, exclusiveMinimum }: Property): string {
  const least = exclusiveMinimum ?? minimum;
  if (least === undefined) return "";
  const from = exclusiveMinimum === undefined ? "" : "> ";
  return maximum === undefined ? `${from || "≥ "}${count(least)}` : `${from}${count(least)} – ${count(maximum)}`;
}

function figure(section: string, field: string, property: Property): Figure {
  return {
    place: `${section}.${field}`,
    section,
    field,
    title: say({ zh: property["x-title-zh"] ?? field, en: property.title ?? field }),
    about: say({ zh: property["x-description-zh"] ?? "", en: property.description ?? "" }),
    unit: say({ zh: property["x-unit-zh"] ?? "", en: property["x-unit"] ?? "" }),
    range: rangeOf(property),
    usual: Number(property.default),
    whole: property.type === "integer",
  };
}

/** What a changed figure is called: `hedging.share` is 对冲 · 占比上限. */
export function titlesOf(schema: Schema): Map<string, string> {
  const all = figuresOf(schema).flatMap(({ figures }) => figures);
  return new Map(all.map(({ place, section, title }) => [place, `${t.advanced.sections[section] ?? section} · ${title}`]));
}

/** Sections in the document's order, each with the figures that no card above shows. */
export function figuresOf(schema: Schema): { section: string; figures: Figure[] }[] {
  const shown = new Set([...inSentences()].map((field) => `triggers.${field}`));
  return Object.entries(schema["Policy"]?.properties ?? {})
    .filter(([section, property]) => property.$ref !== undefined && section !== "split")
    .map(([section, property]) => ({
      section,
      figures: Object.entries(schema[property.$ref ?? ""]?.properties ?? {})
        .filter(([field, one]) => (one.type === "number" || one.type === "integer") && !shown.has(`${section}.${field}`))
        .map(([field, one]) => figure(section, field, one)),
    }))
    .filter(({ figures }) => figures.length > 0);
}
