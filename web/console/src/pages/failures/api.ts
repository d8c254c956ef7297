import { api } from "../../api/client";

export interface Rate {
  good: number;
  of: number;
  rate: number | null;
  low: number;
  high: number;
}

export type Fixer = "customer" | "us" | "channel" | "configuration";

export interface Loss {
  cause: string;
  fixer: Fixer;
  title: string;
  title_zh: string;
  advice: string;
  advice_zh: string;
  payments: number;
  amount_fen: number;
  code: string;
  where: string;
}

export interface Switch {
  from_channel: string;
  to_channel: string;
  switches: number;
  paid: number;
  paid_fen: number;
}

export interface Totals {
  payments: number;
  amount_fen: number;
  paid: number;
  paid_fen: number;
  closed: number;
  customers_own: number;
  saved: number;
  saved_fen: number;
  switches: number;
  hedges: number;
  surplus: number;
  surplus_fen: number;
  surplus_refunded: number;
  refunds: number;
  refunded_fen: number;
  fees_fen: number;
}

export interface Group {
  key: string;
  rate: Rate;
  lost: number;
  lost_fen: number;
  causes: Record<string, number>;
}

export type By = "channel" | "product" | "method" | "bank" | "band" | "hour" | "device" | "environment" | "shop";

export interface Failures {
  from_ms: number;
  to_ms: number;
  fresh_ms: number;
  totals: Totals;
  success: Rate;
  payable: Rate;
  losses: Loss[];
  by: By;
  groups: Group[];
  switches: Switch[];
  names: Record<string, string>;
}

export function readFailures(query: { days: string; by: string; merchant_id: string; shop_id: string }, signal: AbortSignal): Promise<Failures> {
  return api.get<Failures>("/v1/admin/failures", query, signal);
}
