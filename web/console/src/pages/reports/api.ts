import { api } from "../../api/client";
import type { Loss, Rate, Switch, Totals } from "../failures/api";

export type Kind = "weekly" | "daily";

export interface ReportLine {
  report_id: string;
  merchant_id: string;
  kind: Kind;
  date: string;
  made_at: string;
}

export interface Evidence {
  decisions: number;
  effective: number;
  support: number;
  recorded: number;
  ips: number;
  snips: number;
  dr: number;
  tests: number;
  level: number;
}

export interface Proposal {
  proposal_id: string;
  title: string;
  title_zh: string;
  rule: Record<string, unknown>;
  days: number;
  affected: number;
  moved: number;
  gain: number;
  gain_low: number;
  gain_high: number;
  points: number;
  orders_fen: number;
  orders_low_fen: number;
  orders_high_fen: number;
  evidence: Evidence;
}

export interface Line {
  channel_id: string;
  product: string;
  whole: Rate;
  before: Rate;
  hours: Rate[];
  answer_p50_ms: number | null;
  answer_p95_ms: number | null;
}

export interface Change {
  channel_id: string;
  product: string;
  from_hour: number;
  to_hour: number;
  before: Rate;
  now: Rate;
}

export interface Report {
  report_id: string;
  kind: Kind;
  merchant_id: string;
  date: string;
  made_at_ms: number;
  from_ms: number;
  to_ms: number;
  before_from_ms: number;
  fresh_ms: number;
  totals: Totals;
  success: Rate;
  payable: Rate;
  success_before: Rate;
  lines: Line[];
  changes: Change[];
  tests: number;
  losses: Loss[];
  switches: Switch[];
  fees: { channel_id: string; received_fen: number; fee_fen: number; fee_bp: number }[];
  cheaper: { fees_saved_fen: number; payments: number; payments_low: number; payments_high: number; orders_fen: number; reliable: boolean } | null;
  refunds: { channel_id: string; refunds: number; refunds_p50_ms: number | null; refunds_p95_ms: number | null; surplus: number; surplus_worst_ms: number | null }[];
  proposals: Proposal[];
  looked_at: number;
  why_no_proposal: string;
  why_no_proposal_zh: string;
  expiring: { channel_id: string; what: string; ends_at_ms: number }[];
  names: Record<string, string>;
}

export interface ReportView {
  report: Report;
  summary: string;
}

const REPORTS = "/v1/admin/reports";

export const listReports = (signal: AbortSignal) => api.get<{ data: ReportLine[]; can_print: boolean }>(REPORTS, {}, signal);
export const makeReport = (kind: Kind, merchant_id?: string) => api.post<ReportView>(REPORTS, { kind, ...(merchant_id ? { merchant_id } : {}) });
export const readReport = (id: string, signal: AbortSignal) => api.get<ReportView>(`${REPORTS}/${id}`, {}, signal);
export const draftProposal = (id: string, proposal: string) =>
  api.post<{ policy_id: string; version: string }>(`${REPORTS}/${id}/proposals/${proposal}/draft`);

/** Hands a file to the browser. */
function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export async function savePage(id: string): Promise<void> {
  const page = await api.get<{ file_name: string; html: string }>(`${REPORTS}/${id}/page`);
  save(new Blob([page.html], { type: "text/html" }), page.file_name);
}

export async function savePdf(id: string): Promise<void> {
  const pdf = await api.get<{ file_name: string; pdf_base64: string }>(`${REPORTS}/${id}/pdf`);
  const bytes = Uint8Array.from(atob(pdf.pdf_base64), (letter) => letter.charCodeAt(0));
  save(new Blob([bytes], { type: "application/pdf" }), pdf.file_name);
}
