import { api, search, type ListOf } from "../../api/client";
import type { Line } from "../live/api";
import type { Disabling, OnlyFor } from "../live/disabling";

export interface MaintenanceWindow {
  start: string;
  end: string;
  product?: string | null;
}

export interface Channel {
  channel_id: string;
  merchant_id: string;
  connector: string;
  name: string;
  origin: "file" | "admin";
  state: string;
  revision: number | null;
  version: number;
  products: string[];
  upstream: string;
  tier: number;
  fee_bp: number;
  min_fen: number;
  max_fen: number | null;
  daily_cap_fen: number | null;
  monthly_cap_fen: number | null;
  refund_days: number | null;
  refund_parts: number | null;
  shops: string[];
  tags: string[];
  maintenance: MaintenanceWindow[];
  disabled: Disabling | null;
  only_for: OnlyFor;
  notify_url: string;
  created_at: string | null;
  updated_at: string | null;
}

export interface Certificate {
  subject: string;
  issuer: string;
  serial: string;
  valid_from: string;
  valid_until: string;
}

export interface AccountEntry {
  key: string;
  kind: string;
  value: string | null;
  fingerprint: string | null;
  certificates: Certificate[];
}

export interface CredentialVersion {
  version: number;
  created_at: string;
  created_by: string;
  entries: AccountEntry[] | null;
}

export interface ChannelDetail extends Channel {
  credentials: CredentialVersion[];
}

export interface Finding {
  severity: string;
  what: string;
  fix: string;
}

export interface ChannelTest {
  test_id: string;
  state: string;
  product: string | null;
  amount_fen: number;
  checkout_url: string;
  finding: Finding | null;
}

export interface ChannelQuality {
  channel_id: string;
  limits: { daily_cap_fen: number | null; used_today_fen: number; remaining_today_fen: number | null };
  certificates: { key: string; ends_at: string; days_left: number }[];
  probe: { at: string; severity: string; what: string; fix: string; latency_ms: number } | null;
  lines: (Line & { min_fen: number; max_fen: number | null })[];
}

export interface AuditEntry {
  audit_id: string;
  at: string;
  operator_id: string;
  action: string;
  note: string;
  detail: Record<string, string>;
}

export interface AccountField {
  key: string;
  required: boolean;
  secret: boolean;
  hint: string;
}

export interface ConnectorForm {
  connector: string;
  title: string;
  title_zh: string;
  level: string;
  note: string;
  products: { product: string; method: string; push: boolean }[];
  account: AccountField[];
}

const CHANNELS = "/v1/admin/channels";
const CONNECTORS = "/v1/admin/connectors";
const at = (id: string, what = ""): string => `${CHANNELS}/${encodeURIComponent(id)}${what}`;

export const channels = {
  list: (signal?: AbortSignal) => api.get<ListOf<Channel>>(CHANNELS, {}, signal),
  quality: (signal?: AbortSignal) => api.get<ListOf<ChannelQuality>>("/v1/admin/quality", {}, signal),
  get: (id: string, signal?: AbortSignal) => api.get<ChannelDetail>(at(id), {}, signal),
  qualityOf: (id: string, signal?: AbortSignal) => api.get<ChannelQuality>(at(id, "/quality"), {}, signal),
  audit: (id: string, signal?: AbortSignal) => api.get<ListOf<AuditEntry>>(at(id, "/audit"), { limit: 50 }, signal),
  create: (channel: unknown) => api.post<Channel>(CHANNELS, channel),
  update: (id: string, changes: unknown) => api.patch<Channel>(at(id), changes),
  rotate: (id: string, revision: number, account: Record<string, string>) => api.post<Channel>(at(id, "/rotate"), { revision, account }),
  move: (id: string, move: "enable" | "disable" | "retire", reason: string) => api.post<Channel>(at(id, `/${move}`) + search({ reason })),
  check: (id: string, orders: boolean) => api.post<{ healthy: boolean; findings: Finding[] }>(at(id, "/check"), { orders }),
  probe: (id: string) => api.post<{ findings: Finding[] }>(at(id, "/probe")),
  beginTest: (id: string, product: string | null) => api.post<ChannelTest>(at(id, "/tests"), product ? { product } : {}),
  test: (id: string, test: string) => api.get<ChannelTest>(at(id, `/tests/${test}`)),
  connectors: (signal?: AbortSignal) => api.get<ListOf<ConnectorForm>>(CONNECTORS, {}, signal),
  connector: (name: string, products: string[], signal?: AbortSignal) =>
    api.get<ConnectorForm>(`${CONNECTORS}/${name}`, { products: products.join(",") }, signal),
};
