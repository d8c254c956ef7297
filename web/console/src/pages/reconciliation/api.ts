import { api, type ListOf, type Query } from "../../api/client";

export interface Run {
  channel_id: string;
  date: string;
  state: "done" | "waiting" | "refused";
  code: string;
  lines: number;
  matched: number;
  repaired: number;
  elsewhere: number;
  carried: number;
  breaks: number;
  paid_fen: number;
  refunded_fen: number;
  fees_fen: number;
  net_fen: number;
  tries: number;
  finished_at: string;
  due_at: string | null;
}

export interface Break {
  break_id: string;
  channel_id: string;
  date: string;
  kind: string;
  title: string;
  title_zh: string;
  channel_order_no: string;
  out_refund_no: string;
  transaction_id: string;
  payment_id: string | null;
  here_fen: number | null;
  there_fen: number | null;
  owner: "shop" | "operator" | "channel";
  cause: string;
  cause_zh: string;
  action: string;
  action_zh: string;
  found_at: string;
  age_hours: number;
  state: "open" | "resolved";
  resolved_at: string | null;
  resolved_by: string;
  note: string;
}

const RUNS = "/v1/admin/reconciliations";
const BREAKS = "/v1/admin/breaks";
export const listRuns = (signal: AbortSignal) => api.get<ListOf<Run>>(RUNS, {}, signal);
export const reconcile = (date: string, channel_id: string | null) =>
  api.post<{ runs: Run[]; breaks: Break[] }>(RUNS, channel_id === null ? { date } : { date, channel_id });
export const resolveBreak = (id: string, note: string) => api.post<Break>(`${BREAKS}/${encodeURIComponent(id)}/resolve`, { note });

const PER_PAGE = 50;
/** The breaks' list says no `next`: the last one's id is the place. */
export async function listBreaks(query: Query, signal: AbortSignal): Promise<ListOf<Break>> {
  const page = await api.get<ListOf<Break>>(BREAKS, { ...query, limit: PER_PAGE }, signal);
  return { data: page.data, next: page.data.length === PER_PAGE ? (page.data.at(-1)?.break_id ?? null) : null };
}
