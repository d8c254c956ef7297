import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef, type WatchSource } from "vue";
import { Problem } from "../api/problem";

export interface Load<T> {
  data: ShallowRef<T | null>;
  problem: ShallowRef<Problem | null>;
  /** While the first answer, or that of changed filters, is waited for. */
  loading: Ref<boolean>;
  reload: () => Promise<void>;
}

/**
 * Reads something for a page, again whenever a source changes or `everyMs` have passed; a newer reading cancels the
 * older. While a repeat fails, the last answer stays on the page beside the problem.
 */
export function useLoad<T>(
  read: (signal: AbortSignal) => Promise<T>,
  options: { on?: WatchSource[]; everyMs?: number } = {},
): Load<T> {
  const data = shallowRef<T | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const loading = ref(true);
  let running: AbortController | null = null;

  async function reload(): Promise<void> {
    running?.abort();
    const mine = (running = new AbortController());
    try {
      data.value = await read(mine.signal);
      problem.value = null;
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      problem.value = error;
    } finally {
      if (running === mine) loading.value = false;
    }
  }

  if (options.on) {
    watch(options.on, () => {
      loading.value = true;
      void reload();
    });
  }
  const timer = options.everyMs
    ? window.setInterval(() => document.visibilityState === "visible" && void reload(), options.everyMs)
    : 0;
  onScopeDispose(() => {
    window.clearInterval(timer);
    running?.abort();
  });
  void reload();
  return { data, problem, loading, reload };
}
