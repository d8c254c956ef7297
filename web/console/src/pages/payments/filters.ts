import type { Query } from "../../api/client";

/** The page's filters as they stand in the address; amounts in yuan, moments in Unix milliseconds. */
export const NONE = {
  shop: "",
  state: "",
  method: "",
  channel: "",
  min: "",
  max: "",
  from: "",
  until: "",
  surplus: "",
  switched: "",
  doubt: "",
};
export type Filters = typeof NONE;

/** Exact fen of a yuan text; null for what is no amount. */
export function fenOf(yuan: string): number | null {
  const parts = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(yuan.trim());
  return parts === null ? null : Number(parts[1]) * 100 + Number((parts[2] ?? "").padEnd(2, "0"));
}

/** What the service is asked. */
export function queryOf(filters: Filters): Query {
  return {
    shop_id: filters.shop,
    state: filters.state,
    method: filters.method,
    channel_id: filters.channel,
    min_fen: fenOf(filters.min),
    max_fen: fenOf(filters.max),
    from_ms: filters.from,
    to_ms: filters.until,
    surplus: filters.surplus,
    switched: filters.switched,
    in_doubt: filters.doubt,
  };
}

const EAST_8_MS = 8 * 3_600_000;
const here = (ms: number): number => -new Date(ms).getTimezoneOffset() * 60_000;

/** The date picker shows the browser's zone: what it shows shall read as Beijing time, wherever the browser is. */
export const toPicker = (ms: string): number | null => (ms === "" ? null : Number(ms) + EAST_8_MS - here(Number(ms)));
export const fromPicker = (picked: number | null): string => (picked === null ? "" : String(picked - EAST_8_MS + here(picked)));
