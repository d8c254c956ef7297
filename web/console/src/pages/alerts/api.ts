import { api, type ListOf } from "../../api/client";

export type Severity = "info" | "warning" | "critical";

export interface AlertItem {
  alert_id: string;
  rule: string;
  rule_title: string;
  rule_title_zh: string;
  subject: string;
  severity: Severity;
  text: string;
  text_zh: string;
  since: string;
  raised_at: string;
  resolved_at: string | null;
}

export interface AlertGroup {
  group_id: string;
  merchant_id: string;
  family: string;
  state: "open" | "acknowledged" | "resolved";
  severity: Severity;
  title: string;
  title_zh: string;
  since: string;
  opened_at: string;
  resolved_at: string | null;
  acknowledged_at: string | null;
  acknowledged_by: string;
  note: string;
  told_at: string | null;
  reopened: number;
  risk_fen: number;
  moved: number;
  saved: number;
  saved_fen: number;
  action: string;
  action_zh: string;
  alerts: AlertItem[];
}

export interface Notice {
  notice_id: string;
  receiver_id: string;
  kind: string;
  state: string;
  title: string;
  created_at: string;
  delivered_at: string | null;
  next_try_at: string | null;
  tries: number;
  last_error: string;
}

export interface AlertDetail {
  group: AlertGroup;
  notices: Notice[];
}

export interface AlertSummary {
  open: number;
  unacknowledged: number;
  critical: number;
  receivers: number;
  last_round_at: string | null;
}

export interface Threshold {
  name: string;
  value: number;
  default: number;
  least: number;
  most: number;
  unit: string;
  title: string;
  title_zh: string;
}

export interface Rule {
  rule: string;
  family: string;
  severity: Severity;
  title: string;
  title_zh: string;
  about: string;
  about_zh: string;
  enabled: boolean;
  calm_s: number;
  thresholds: Threshold[];
  updated_at: string | null;
  updated_by: string;
}

export interface Silence {
  silence_id: string;
  merchant_id: string;
  rule: string | null;
  subject: string;
  from_at: string;
  until_at: string;
  active: boolean;
  created_by: string;
  why: string;
}

export type ReceiverKind = "dingtalk" | "feishu" | "wecom" | "email" | "webhook";

export interface Receiver {
  receiver_id: string;
  merchant_id: string;
  name: string;
  kind: ReceiverKind;
  least: Severity;
  after_minutes: number;
  language: "zh" | "en";
  enabled: boolean;
  address: Record<string, string>;
  readable: boolean;
  last_delivered_at: string | null;
  failing: boolean;
  last_error: string;
}

export interface Tested {
  receiver_id: string;
  delivered: boolean;
  code: string;
  error: string;
}

export interface NewReceiver {
  receiver_id: string;
  merchant_id?: string | null;
  name: string;
  kind: ReceiverKind;
  address: Record<string, string> | null;
  least: Severity;
  after_minutes: number;
  language: "zh" | "en";
  enabled: boolean;
}

const ADMIN = "/v1/admin";

export const listAlerts = (state: string, before: string | null, signal?: AbortSignal) =>
  api.get<ListOf<AlertGroup>>(`${ADMIN}/alerts`, { state, before }, signal);
export const getAlert = (id: string, signal?: AbortSignal) => api.get<AlertDetail>(`${ADMIN}/alerts/${id}`, {}, signal);
export const getSummary = (signal?: AbortSignal) => api.get<AlertSummary>(`${ADMIN}/alert-summary`, {}, signal);
export const acknowledge = (id: string, note: string) =>
  api.post<AlertDetail>(`${ADMIN}/alerts/${id}/acknowledge`, { note });
export const listRules = (merchantId: string, signal?: AbortSignal) =>
  api.get<ListOf<Rule>>(`${ADMIN}/alert-rules`, { merchant_id: merchantId }, signal);
export const setRule = (rule: string, body: { merchant_id: string; enabled: boolean; thresholds: Record<string, number> }) =>
  api.patch<Rule>(`${ADMIN}/alert-rules/${rule}`, body);
export const listSilences = (signal?: AbortSignal) => api.get<ListOf<Silence>>(`${ADMIN}/alert-silences`, {}, signal);
export const makeSilence = (body: { merchant_id: string; rule: string | null; subject: string; minutes: number; why: string }) =>
  api.post<Silence>(`${ADMIN}/alert-silences`, body);
export const endSilence = (id: string) => api.post<Silence>(`${ADMIN}/alert-silences/${id}/end`);
export const listReceivers = (signal?: AbortSignal) => api.get<ListOf<Receiver>>(`${ADMIN}/alert-receivers`, {}, signal);
export const saveReceiver = (body: NewReceiver) => api.post<Receiver>(`${ADMIN}/alert-receivers`, body);
export const removeReceiver = (id: string) => api.post(`${ADMIN}/alert-receivers/${id}/remove`);
export const testReceiver = (id: string) => api.post<Tested>(`${ADMIN}/alert-receivers/${id}/test`);
