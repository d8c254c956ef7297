import { api } from "../../api/client";

export interface ShopKey {
  fingerprint: string;
  since: string;
  revoked_at: string | null;
}

export interface ShopView {
  shop_id: string;
  merchant_id: string;
  name: string;
  notify_url: string | null;
  accept_late_s: number | null;
  collect_url: string | null;
  keys: ShopKey[];
}

export interface OperatorKey {
  operator_id: string;
  name: string;
  merchant_ids: string[];
  fingerprint: string;
}

export interface Shops {
  data: ShopView[];
  operator_keys: OperatorKey[];
}

export const listShops = (signal: AbortSignal) => api.get<Shops>("/v1/admin/shops", {}, signal);
