import { api, type ListOf } from "../../api/client";

export interface OpenRefund {
  refund: {
    refund_id: string;
    payment_id: string;
    kind: string;
    refund_no: string | null;
    out_refund_no: string;
    amount_fen: number;
    reason: string;
    state: string;
    trouble: string | null;
    created_at: string;
  };
  out_trade_no: string;
  shop_id: string;
  channel_id: string;
  channel_order_no: string;
  code: string;
  message: string;
  advice: string;
  advice_zh: string;
  tries: number;
  next_try_at: string | null;
  may_retry: boolean;
  may_settle: boolean;
  redirect_banks: string[];
}

const REFUNDS = "/v1/admin/refunds";
const of = (id: string, act: string) => `${REFUNDS}/${encodeURIComponent(id)}/${act}`;
export const listOpenRefunds = (signal: AbortSignal) => api.get<ListOf<OpenRefund>>(REFUNDS, { limit: 100 }, signal);
export const retryRefund = (id: string) => api.post<OpenRefund>(of(id, "retry"));
export const settleRefund = (id: string, note: string) => api.post<OpenRefund>(of(id, "settle"), { note });
export const redirectRefund = (id: string, card: { bank: string; card_no: string; name: string }) =>
  api.post<OpenRefund>(of(id, "redirect"), card);
