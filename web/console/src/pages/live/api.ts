import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from "vue";
import { api } from "../../api/client";
import { Problem } from "../../api/problem";
import type { Disabling, OnlyFor } from "./disabling";

export interface Rate {
  good: number;
  of: number;
  share: number | null;
  low: number;
  high: number;
}

export interface Times {
  count: number;
  p50_ms: number | null;
  p95_ms: number | null;
}

export type WindowName = "15m" | "1h" | "today";

export interface Window {
  window: WindowName;
  since: string;
  created: number;
  created_fen: number;
  paid: number;
  paid_fen: number;
  lost: number;
  lost_fen: number;
  lost_by_customer: number;
  of_all: Rate;
  of_payable: Rate;
  credential: Times;
  switch: Times;
  switches: number;
  hedges: number;
  saved: number;
  saved_fen: number;
  surplus: number;
  surplus_fen: number;
}

export interface Line {
  product: string;
  state: string;
  since: string | null;
  reason: string;
  reason_zh: string;
  next_probe_at: string | null;
  calls: number;
  creates: Rate;
  completions: Rate;
  p50_ms: number | null;
  p95_ms: number | null;
  last_error: { outcome: string; code: string; at: string } | null;
}

export interface Traffic {
  product: string;
  exposed: number;
  paid: number;
  share: number | null;
  wanted_share: number | null;
  trend: number[];
}

export interface LiveChannel {
  channel_id: string;
  name: string;
  health: string;
  creates: Rate;
  p95_ms: number | null;
  exposed: number;
  share: number | null;
  wanted_share: number | null;
  trend: number[];
  origin: "file" | "admin";
  state: string;
  disabled: Disabling | null;
  only_for: OnlyFor;
  tier: number;
  quality: {
    limits: { daily_cap_fen: number | null; used_today_fen: number };
    certificates: { key: string; days_left: number }[];
    probe: { at: string; severity: string; what: string } | null;
    lines: Line[];
  };
  traffic: Traffic[];
}

export interface Moment {
  kind: string;
  at: string;
  payment_id: string;
  channel_id: string;
  to_channel: string;
  product: string;
  before: string;
  after: string;
  code: string;
  reason: string;
  reason_zh: string;
  took_ms: number | null;
  amount_fen: number | null;
}

export interface Heap {
  count: number;
  amount_fen: number;
  oldest: string | null;
}

export interface OpenItems {
  in_doubt: Heap;
  surplus: Heap;
  alerts: number;
}

export interface Live {
  open_items: OpenItems | null;
  at: string;
  started_at: string;
  windows: Window[];
  minutes: { created: number[]; paid: number[]; switches: number[] };
  channels: LiveChannel[];
  moments: Moment[];
  splits: { merchant_id: string; policy_version: string; mode: string; best: number; warm: number; explore: number }[];
}

const PATH = "/v1/admin/live";
const AGAIN_MS = 3_000;

/**
 * The board, as the service tells it: within two seconds of a change. While the line is broken, `connected` is false
 * and the last board stays.
 */
export function useLive(): {
  live: ShallowRef<Live | null>;
  connected: Ref<boolean>;
  problem: ShallowRef<Problem | null>;
  again: () => void;
} {
  const live = shallowRef<Live | null>(null);
  const connected = ref(false);
  const problem = shallowRef<Problem | null>(null);
  let source: EventSource | null = null;
  let timer = 0;
  let gone = false;

  function connect(): void {
    if (gone || document.visibilityState === "hidden") return;
    source = new EventSource(PATH);
    source.addEventListener("live", (event: MessageEvent<string>) => {
      live.value = JSON.parse(event.data) as Live;
      connected.value = true;
      problem.value = null;
    });
    source.onerror = () => {
      connected.value = false;
      const ended = source?.readyState === EventSource.CLOSED; // else the browser tries again by itself
      if (ended || live.value === null) void whyNot().then(() => ended && (timer = window.setTimeout(connect, AGAIN_MS)));
    };
  }

  /** A stream only says that it failed; the same address once says why. */
  async function whyNot(): Promise<void> {
    try {
      live.value = await api.get<Live>(PATH);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problem.value = error;
    }
  }

  /** Connects anew; not while nobody looks, which would cost a phone. */
  function lookedAt(): void {
    window.clearTimeout(timer);
    source?.close();
    connect();
  }

  document.addEventListener("visibilitychange", lookedAt);
  onScopeDispose(() => {
    gone = true;
    document.removeEventListener("visibilitychange", lookedAt);
    window.clearTimeout(timer);
    source?.close();
  });
  connect();
  return { live, connected, problem, again: lookedAt };
}
