import { api, search, type ListOf, type Query } from "../../api/client";
import { download } from "../../api/download";

export interface PaymentRow {
  payment_id: string;
  shop_id: string;
  out_trade_no: string;
  subject: string;
  amount_fen: number;
  state: string;
  created_at: string;
  ended_at: string | null;
  late: boolean;
  attempts: number;
  method: string | null;
  product: string | null;
  channel_id: string | null;
  channel_order_no: string | null;
  transaction_id: string | null;
  in_doubt: boolean;
  surplus_fen: number;
  refunded_fen: number;
}

export interface PaymentPage extends ListOf<PaymentRow> {
  next: string | null;
  searched_to: string | null;
}

export interface Match {
  matched: string;
  payment: PaymentRow;
}

export interface Sentence {
  zh: string;
  en: string;
}

export interface Moment extends Sentence {
  at: string;
  kind: string;
  tone: "plain" | "good" | "warn" | "bad";
  details: Sentence[];
  attempt_id: string | null;
  refund_id: string | null;
  event_id: string | null;
  channel_id: string | null;
  amount_fen: number | null;
  took_ms: number | null;
  code: string;
}

export interface Attempt {
  attempt_id: string;
  ordinal: number;
  channel_id: string;
  method: string;
  product: string;
  channel_order_no: string;
  state: string;
  transaction_id: string | null;
  surplus: boolean;
  /** A shadow probe: made to see whether the channel is back, shown to nobody. */
  shadow: boolean;
  amount_fen: number;
}

export interface Refund {
  refund_id: string;
  kind: string;
  refund_no: string | null;
  out_refund_no: string;
  amount_fen: number;
  reason: string;
  state: string;
  trouble: string | null;
}

export interface PaymentDetail {
  payment_id: string;
  merchant_id: string;
  shop_id: string;
  out_trade_no: string;
  subject: string;
  amount_fen: number;
  state: string;
  close_reason: string | null;
  environment: string | null;
  customer_id: string | null;
  metadata: Record<string, string>;
  created_at: string;
  expires_at: string;
  succeeded_at: string | null;
  closed_at: string | null;
  late: boolean;
  winner_attempt_id: string | null;
  refunded_fen: number;
  refundable_fen: number;
  surplus_fen: number;
  in_doubt: boolean;
  may_query: boolean;
  may_close: boolean;
  may_refund: boolean;
  attempts: Attempt[];
  refunds: Refund[];
  timeline: Moment[];
}

export interface Heard {
  attempt_id: string;
  channel_id: string;
  channel_order_no: string;
  outcome: string;
  code: string;
  message: string;
  state: string;
  changed: boolean;
}

const PAYMENTS = "/v1/admin/payments";
const of = (id: string, act = "") => `${PAYMENTS}/${encodeURIComponent(id)}${act}`;

export const listPayments = (query: Query, signal: AbortSignal) => api.get<PaymentPage>(PAYMENTS, query, signal);
export const findPayments = (number: string, signal: AbortSignal) =>
  api.get<ListOf<Match>>("/v1/admin/payment-search", { number }, signal);
export const exportPayments = (query: Query) => download(`${PAYMENTS}.csv${search(query)}`);
export const getPayment = (id: string, signal: AbortSignal) => api.get<PaymentDetail>(of(id), {}, signal);
export const queryPayment = (id: string) => api.post<{ state: string; heard: Heard[] }>(of(id, "/query"));
export const closePayment = (id: string) => api.post<PaymentDetail>(of(id, "/close"));
export const refundPayment = (id: string, body: object) => api.post<Refund>(of(id, "/refunds"), body);
export const takeEvidence = (id: string) => download(of(id, "/evidence"));
