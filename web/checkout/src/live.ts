/** Watching the payment: server-sent events, and polling with growing gaps where they do not come through. */
import { eventsAddress, status } from "./service";
import type { View } from "./view";

const FIRST_GAP_MS = 1_000;
const LAST_GAP_MS = 4_000;
const EAGER_MS = 15_000;
/** After the end a second payment may still arrive: it is said at once. */
const AFTER_END_MS = 60_000;
/** A stream that is silent for so long is dead: the service says something every 15 s. */
const SILENCE_MS = 40_000;
const MOST_STREAM_FAILURES = 2;

export interface Watcher {
  /** Ask now: the customer has come back, or says "I have paid". */
  ask(): Promise<View | null>;
  stop(): void;
}

export function watch(heard: (view: View) => void, reachable: (well: boolean) => void): Watcher {
  let stream: EventSource | null = null;
  let streamFailures = 0;
  let misses = 0;
  let timer = 0;
  let silence = 0;
  let eagerSince = Date.now();
  let endedAt = 0;
  let stopped = false;

  function take(view: View): void {
    misses = 0;
    reachable(true);
    const ended = (view.phase === "succeeded" || view.phase === "closed") && !view.awaits_late;
    if (ended) endedAt = endedAt || Date.now();
    heard(view);
  }

  const over = (): boolean => stopped || (endedAt > 0 && Date.now() - endedAt > AFTER_END_MS);

  function listen(): void {
    if (stream || over() || document.visibilityState === "hidden") return;
    if (typeof EventSource === "undefined" || streamFailures >= MOST_STREAM_FAILURES) {
      poll();
      return;
    }
    stream = new EventSource(eventsAddress());
    alive();
    stream.addEventListener("view", (event) => {
      alive();
      streamFailures = 0;
      take(JSON.parse((event as MessageEvent<string>).data) as View);
      if (over()) hush();
    });
    stream.addEventListener("beat", alive);
    stream.onerror = failed;
  }

  function alive(): void {
    clearTimeout(silence);
    silence = window.setTimeout(failed, SILENCE_MS);
  }

  function failed(): void {
    hush();
    streamFailures += 1;
    if (streamFailures >= MOST_STREAM_FAILURES) poll();
    else timer = window.setTimeout(listen, FIRST_GAP_MS);
  }

  function hush(): void {
    clearTimeout(silence);
    clearTimeout(timer);
    stream?.close();
    stream = null;
  }

  function gap(): number {
    if (misses) return Math.min(LAST_GAP_MS * misses, 12_000);
    const age = Date.now() - eagerSince;
    return age < EAGER_MS ? FIRST_GAP_MS : Math.min(LAST_GAP_MS, FIRST_GAP_MS + (age - EAGER_MS) / 15);
  }

  function poll(): void {
    clearTimeout(timer);
    if (over() || document.visibilityState === "hidden") return;
    timer = window.setTimeout(async () => {
      await ask();
      if (!stream) poll();
    }, gap());
  }

  async function ask(): Promise<View | null> {
    try {
      const view = await status();
      take(view);
      return view;
    } catch {
      misses += 1;
      if (misses >= 2) reachable(false);
      return null;
    }
  }

  /** Back on the page: what happened meanwhile is asked for at once, and the stream is tried anew. */
  function awake(): void {
    eagerSince = Date.now();
    hush(); // a stream from before may be dead without saying so: a phone was asleep, a network came back
    if (document.visibilityState === "hidden") return;
    streamFailures = 0;
    void ask();
    listen();
  }

  document.addEventListener("visibilitychange", awake);
  window.addEventListener("pageshow", (event) => event.persisted && awake());
  window.addEventListener("online", awake);
  window.addEventListener("offline", () => reachable(false));
  window.addEventListener("pagehide", hush);
  listen();
  return {
    ask,
    stop: () => {
      stopped = true;
      hush();
    },
  };
}
