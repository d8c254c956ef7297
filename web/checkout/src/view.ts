/** What the service tells the page. Written by `entry/checkout/view.py`; both sides change together. */

export type Phase = "choose" | "waiting" | "confirming" | "succeeded" | "closed";

export interface Qr {
  size: number;
  /** One SVG path of all dark modules. */
  path: string;
}

export interface Offer {
  method: string;
  last: boolean;
  /** Its channels fail just now. */
  ill: boolean;
}

export interface Shown {
  attempt_id: string;
  method: string;
  product: string;
  state: string;
  kind: "qr" | "redirect" | "form" | "jsapi" | "app" | "sms" | "none";
  /** False: its credential works on another device only. */
  here: boolean;
  content: string;
  params: Record<string, string>;
  qr: Qr | null;
}

export interface SavedCard {
  agreement_id: string;
  bank: string;
  tail: string;
}

export interface Cards {
  saved: SavedCard[];
  banks: string[];
}

export interface Surplus {
  amount: string;
  late: boolean;
  done: boolean;
}

export interface Notice {
  code: string;
  method: string | null;
}

export interface View {
  phase: Phase;
  /** Equal as long as the page looks the same. */
  key: string;
  /** The payment's, growing: an answer that was overtaken on its way must not take the page back. */
  version: number;
  state: string;
  close_reason: string | null;
  amount: string;
  amount_fen: number;
  shop_name: string;
  subject: string;
  out_trade_no: string;
  expires_in_s: number;
  environment: string;
  offers: Offer[];
  /** Methods that work on this phone, only not in this app. */
  elsewhere: string[];
  /** Wallets that the aggregated code (the link itself) is good for. */
  wallets: string[];
  link: string;
  link_qr: Qr | null;
  shown: Shown | null;
  cards: Cards | null;
  paid_with: string | null;
  surplus: Surplus | null;
  known_by: string | null;
  /** Closed for the customer; late money would still be taken. */
  awaits_late: boolean;
  return_url: string | null;
  notice: Notice | null;
}
