import { api, type ListOf, type Query } from "../../api/client";

export interface EventRow {
  shop_id: string;
  event: {
    event_id: string;
    payment_id: string;
    type: string;
    sequence: number;
    state: string;
    tries: number;
    url: string | null;
    created_at: string;
    next_try_at: string | null;
    delivered_at: string | null;
    last_error: string;
    body: unknown;
  };
}

const EVENTS = "/v1/admin/events";
export const listEvents = (query: Query, signal: AbortSignal) => api.get<ListOf<EventRow>>(EVENTS, query, signal);
export const resendEvent = (id: string) => api.post<EventRow>(`${EVENTS}/${encodeURIComponent(id)}/resend`);
