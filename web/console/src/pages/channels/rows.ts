import type { Rate } from "../live/api";
import type { Channel, ChannelQuality, ConnectorForm } from "./api";

export interface Row {
  channel: Channel;
  /** Its life's state, or, in use, the worst of its products' breakers. */
  state: string;
  /** Of its busiest product. */
  creates: Rate;
  p95: number | null;
  used: number;
  level: string;
}

const WORST_FIRST = ["open", "probing", "degraded", "healthy"];
const NOTHING: Rate = { good: 0, of: 0, share: null, low: 0, high: 1 };

/** Trouble first, then drafts' place last, then by tier. */
export function rows(list: Channel[], quality: ChannelQuality[], connectors: ConnectorForm[]): Row[] {
  const qualityOf = new Map(quality.map((one) => [one.channel_id, one]));
  const levelOf = new Map(connectors.map((one) => [one.connector, one.level]));
  return list
    .map((channel) => {
      const found = qualityOf.get(channel.channel_id);
      const lines = found?.lines ?? [];
      const busiest = [...lines].sort((a, b) => b.creates.of - a.creates.of)[0];
      const health = WORST_FIRST.find((state) => lines.some((line) => line.state === state)) ?? "healthy";
      return {
        channel,
        state: channel.state === "enabled" ? health : channel.state,
        creates: busiest?.creates ?? NOTHING,
        p95: busiest?.p95_ms ?? null,
        used: found?.limits.used_today_fen ?? 0,
        level: levelOf.get(channel.connector) ?? "",
      };
    })
    .sort((a, b) => rank(a.state) - rank(b.state) || a.channel.tier - b.channel.tier || a.channel.channel_id.localeCompare(b.channel.channel_id));
}

function rank(state: string): number {
  const at = [...WORST_FIRST, "draft", "disabled", "retired"].indexOf(state);
  return at < 0 ? 9 : at;
}
