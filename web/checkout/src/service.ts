/** Calls to the service. Nothing that a browser says is evidence of a payment: every call answers with the view. */
import type { View } from "./view";

/** `?env=`, `?lang=` and `?size=` stay as they were chosen. */
function address(path: string, ...flags: string[]): string {
  const kept = new URLSearchParams();
  const now = new URLSearchParams(location.search);
  for (const name of ["env", "lang", "size"]) {
    const value = now.get(name);
    if (value) kept.set(name, value);
  }
  for (const flag of flags) kept.set(flag, "1");
  const query = kept.toString();
  return location.pathname.replace(/\/$/, "") + path + (query ? `?${query}` : "");
}

export const eventsAddress = (): string => address("/events");
export const pageAddress = (...flags: string[]): string => address("", ...flags);

/** Raised when nothing readable came back: the network, or a proxy in front of the service. */
export class Unreachable extends Error {}

/** How long a call may take. Launching has its own 0.5 s on the server; a phone in a lift needs the rest. */
const PATIENCE_MS = 15_000;

async function answer<T>(path: string, options: RequestInit = {}): Promise<T> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const heard = await fetch(address(path), {
      cache: "no-store",
      credentials: "same-origin",
      ...options,
      signal: stop.signal,
      headers: { Accept: "application/json", ...(options.headers as Record<string, string>) },
    });
    return (await heard.json()) as T;
  } catch (trouble) {
    throw new Unreachable(String(trouble));
  } finally {
    clearTimeout(timer);
  }
}

export async function post<T = View>(path: string, fields: Record<string, string> = {}): Promise<T> {
  return answer<T>(path, { method: "POST", body: new URLSearchParams(fields) });
}

/** Makes the service ask the channel, at most once a second. */
export async function status(): Promise<View> {
  const view = await answer<View>("/status");
  if (!view.phase) throw new Unreachable("no view");
  return view;
}
