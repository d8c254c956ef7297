import { api, type ListOf, type Query } from "../../api/client";

export interface Entry {
  audit_id: string;
  at: string;
  operator_id: string;
  operator_kind: "user" | "key" | "command";
  role: string | null;
  address: string;
  merchant_id: string;
  action: string;
  kind: string;
  object_id: string;
  before: Record<string, string>;
  after: Record<string, string>;
  note: string;
}

export const readTrail = (query: Query, signal: AbortSignal) => api.get<ListOf<Entry>>("/v1/admin/audit-trail", query, signal);
