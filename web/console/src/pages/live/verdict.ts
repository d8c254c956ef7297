import type { Live, LiveChannel, Window } from "./api";

export type Verdict = "good" | "moved" | "warn" | "bad" | "quiet";

/** Of payable payments; below it the mission's target is missed. */
const ENOUGH = 0.95;
const AWFUL = 0.8;
/** With fewer ended payments one lost order would turn the page red. */
const LEAST_ENDED = 5;

/** Channels whose breaker is open or being probed, and that are in use. */
export function sickChannels(live: Live): LiveChannel[] {
  return live.channels.filter((one) => one.state === "enabled" && ["open", "probing"].includes(one.health));
}

/** The one word an owner looks for. Red only when the interval leaves no other reading. */
export function verdictOf(live: Live, window: Window): Verdict {
  const { share, of, high } = window.of_payable;
  if (share === null || of < 1) return "quiet";
  if (of >= LEAST_ENDED && high < AWFUL) return "bad";
  if (of >= LEAST_ENDED && share < ENOUGH) return "warn";
  return sickChannels(live).length ? "moved" : "good";
}
