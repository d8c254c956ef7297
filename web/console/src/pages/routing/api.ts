import { api, type ListOf } from "../../api/client";
import type { FieldProblem } from "../../api/problem";
import type { Schema } from "./advanced";
import type { Document, Policy, Rule } from "./model";

export interface NamedChannel {
  channel_id: string;
  name: string;
  enabled: boolean;
  tier: number;
  tags: string[];
  products: string[];
  fee_bp: number;
}

export interface InForce {
  merchant_id: string;
  shop_id: string | null;
  policy_version: string;
  policy_id: string | null;
  number: number;
  revision: number;
  document: Document | null;
  resolved: Policy;
  inherited: Policy;
  channels: NamedChannel[];
  shops: { shop_id: string; name: string }[];
}

export interface Activation {
  revision: number;
  at: string;
  operator_id: string;
  action: "activate" | "rollback";
  policy_version: string;
  note: string;
}

export interface Version {
  policy_id: string;
  name: string;
  merchant_id: string;
  shop_id: string | null;
  number: number;
  state: "draft" | "active" | "superseded";
  revision: number;
  note: string;
  created_at: string;
  created_by: string;
  activations: Activation[];
}

export interface VersionDetail extends Version {
  document: Document;
  policy_version: string;
  resolved: Policy;
}

export interface Difference {
  place: string;
  before: string | null;
  after: string | null;
}

export interface Diff {
  before: string;
  after: string;
  differences: Difference[];
}

export interface Estimate {
  ips: number | null;
  snips: number | null;
  low: number | null;
  high: number | null;
  outcomes: number;
  effective: number;
  support: number;
  reliable: boolean;
}

export interface Simulation {
  since: string;
  until: string;
  recorded: number;
  looked_at: number;
  replayed: number;
  repeated: number;
  elsewhere: number;
  nowhere: number;
  still_open: number;
  shares: { channel_id: string; before: number; after: number }[];
  rules: { rule: string; before: number; after: number }[];
  paid_share: number | null;
  fee_share: number | null;
  paid_estimate: Estimate;
  fee_estimate: Estimate;
}

export interface Sentence {
  zh: string;
  en: string;
}

export interface Planned {
  channel_id: string;
  product: string;
  method: string;
  estimate: number;
  score_fen: number;
  propensity: number;
  soft_limit_ms: number;
  reasons: Sentence[];
}

export interface Tried {
  policy_version: string;
  candidates: Planned[];
  excluded: { channel_id: string; product: string; reason: Sentence }[];
  rules_fired: string[];
}

/** A payment that nobody makes. */
export interface MadeUp {
  amount_fen: number;
  environment: string;
  methods: string[];
  customer_new: boolean | null;
  age: number | null;
  device: string;
  goods_tag: string;
}

export interface Scope {
  merchant_id: string;
  shop_id: string | null;
}

const BASE = "/v1/admin/policies";

export const policies = {
  inForce: (scope: Scope, signal: AbortSignal) =>
    api.get<InForce>(`${BASE}/in-force`, { merchant_id: scope.merchant_id, shop_id: scope.shop_id }, signal),
  schema: (signal: AbortSignal) => api.get<{ parts: Schema }>(`${BASE}/schema`, {}, signal),
  list: (signal: AbortSignal) => api.get<ListOf<Version>>(BASE, {}, signal),
  one: (id: string, signal?: AbortSignal) => api.get<VersionDetail>(`${BASE}/${id}`, {}, signal),
  diff: (id: string, signal: AbortSignal) => api.get<Diff>(`${BASE}/${id}/diff`, {}, signal),
  check: (scope: Scope, document: Document) =>
    api.post<{ valid: boolean; errors: FieldProblem[] }>(`${BASE}/check`, { ...scope, document, refuse: false }),
  draft: (scope: Scope, document: Document, note: string) => api.post<Version>(BASE, { ...scope, document, note }),
  simulate: (id: string, days: number) => api.post<Simulation>(`${BASE}/${id}/simulate`, { days }),
  activate: (id: string, revision: number, note: string) => api.post<Version>(`${BASE}/${id}/activate`, { revision, note }),
  rollBack: (scope: Scope, revision: number, note: string, to?: number) =>
    api.post<{ policy_version: string }>(`${BASE}/rollback`, { ...scope, revision, note, ...(to === undefined ? {} : { to }) }),
  tryPayment: (scope: Scope, payment: MadeUp, document: Document | null) =>
    api.post<Tried>(`${BASE}/try`, { ...scope, ...payment, ...(document ? { document } : {}) }),
};

export type { Document, Policy, Rule };
