import { Problem, unreachable } from "./problem";

export type Query = Record<string, string | number | boolean | null | undefined>;

/** Called when the session has ended: set by the router, which shows the login page. */
let onSignedOut: () => void = () => undefined;

export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** A 401 is an answer here (the login itself), not the end of a session. */
  stranger?: boolean;
}

/** One call of the service's own API, with the session's cookie. Rejects with a `Problem`, or with an AbortError. */
async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-PaySwitch-Console"] = "1";
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  const response = await ask(path + search(options.query), {
    method,
    headers,
    body: options.body === undefined ? null : JSON.stringify(options.body),
    signal: options.signal ?? null,
    credentials: "same-origin",
    redirect: "error",
  });
  if (response.status === 204) return undefined as T;
  const said: unknown = await response.json().catch(() => ({}));
  if (response.ok) return said as T;
  throw refusal(response.status, said as object, options.stranger);
}

/** What the service refused. Where it no longer knows who asks, the sign-in page is shown as well. */
export function refusal(status: number, said: object, stranger = false): Problem {
  if (status === 401 && !stranger) onSignedOut();
  return new Problem(status, said);
}

async function ask(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachable();
  }
}

/** `?a=1&b=2`; what is empty, null or undefined is left out. */
export function search(query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>("GET", path, { query, signal } as Options),
  post: <T>(path: string, body?: unknown, options: Options = {}) => call<T>("POST", path, { body, ...options }),
  patch: <T>(path: string, body: unknown) => call<T>("PATCH", path, { body }),
  put: <T>(path: string, body: unknown) => call<T>("PUT", path, { body }),
  delete: <T>(path: string, body?: unknown) => call<T>("DELETE", path, { body }),
  /** Before anybody is signed in: a refusal is an answer. */
  asStranger: {
    get: <T>(path: string) => call<T>("GET", path, { stranger: true }),
    post: <T>(path: string, body: unknown) => call<T>("POST", path, { body, stranger: true }),
  },
};

/** One page of a list: `next` goes into the next call's `before`; null when there is no more. */
export interface ListOf<T> {
  data: T[];
  next?: string | null;
}
