import type { Channel, MaintenanceWindow } from "./api";

/** A channel's settings as a person edits them: amounts in yuan. */
export interface Draft {
  name: string;
  upstream: string;
  tier: number | null;
  fee_bp: number | null;
  min_fen: number | null;
  max_fen: number | null;
  daily_cap_fen: number | null;
  monthly_cap_fen: number | null;
  shops: string[];
  tags: string[];
  maintenance: MaintenanceWindow[];
}

const toYuan = (fen: number | null): number | null => (fen === null ? null : fen / 100);
const toFen = (yuan: number | null): number | null => (yuan === null ? null : Math.round(yuan * 100));

export function emptyDraft(): Draft {
  return { name: "", upstream: "", tier: 1, fee_bp: 60, min_fen: 0.01, max_fen: null, daily_cap_fen: null, monthly_cap_fen: null, shops: [], tags: [], maintenance: [] };
}

export function draftOf(channel: Channel): Draft {
  return {
    name: channel.name,
    upstream: channel.upstream,
    tier: channel.tier,
    fee_bp: channel.fee_bp,
    min_fen: toYuan(channel.min_fen),
    max_fen: toYuan(channel.max_fen),
    daily_cap_fen: toYuan(channel.daily_cap_fen),
    monthly_cap_fen: toYuan(channel.monthly_cap_fen),
    shops: [...channel.shops],
    tags: [...channel.tags],
    maintenance: channel.maintenance.map((one) => ({ ...one })),
  };
}

/** In the API's units. */
export function settingsOf(draft: Draft): Record<string, unknown> {
  return {
    name: draft.name.trim(),
    upstream: draft.upstream.trim(),
    tier: draft.tier ?? 1,
    fee_bp: draft.fee_bp ?? 0,
    min_fen: toFen(draft.min_fen) ?? 1,
    max_fen: toFen(draft.max_fen),
    daily_cap_fen: toFen(draft.daily_cap_fen),
    monthly_cap_fen: toFen(draft.monthly_cap_fen),
    shops: draft.shops,
    tags: draft.tags,
    maintenance: draft.maintenance.map(({ start, end, product }) => (product ? { start, end, product } : { start, end })),
  };
}

/** Only what differs, for PATCH. */
export function changes(before: Draft, after: Draft): Record<string, unknown> {
  const was = settingsOf(before);
  return Object.fromEntries(Object.entries(settingsOf(after)).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(was[name])));
}
