import { api } from "../../api/client";

export interface Fault {
  account: string;
  kind: string;
  share: number;
  ms: number;
  active: boolean;
  struck: number;
  left_s: number | null;
  banks: string[] | null;
  min_fen: number | null;
  max_fen: number | null;
  product: string | null;
  code: string;
  when: "before" | "after";
  created: boolean;
  times: number;
  delay_s: number;
}

export interface Patient {
  channel_id: string;
  name: string;
  kinds: string[];
  call_banks: string[];
  wallet_banks: string[];
  busy_code: string;
  bank_code: string;
  faults: Fault[];
}

export interface Bank {
  bank: string;
  name: string;
}

export interface Sandbox {
  available: boolean;
  channels: Patient[];
  banks: Bank[];
}

/** What a channel shall suffer from; what is left out is as usual. */
export interface Wish {
  kind: string;
  share_percent: number;
  banks?: string[];
  min_fen?: number;
  max_fen?: number;
  lasts_s?: number;
  ms?: number;
  code?: string;
  message?: string;
  done?: boolean;
  delay_s?: number;
  times?: number;
}

const PATH = "/v1/admin/sandbox";

export const readSandbox = (signal?: AbortSignal): Promise<Sandbox> => api.get<Sandbox>(PATH, {}, signal);

export const makeIll = (channelId: string, wish: Wish): Promise<Sandbox> => api.post<Sandbox>(`${PATH}/channels/${channelId}/fault`, wish);

export const makeWell = (channelId: string): Promise<Sandbox> => api.post<Sandbox>(`${PATH}/channels/${channelId}/recover`);

export const makeAllWell = (): Promise<Sandbox> => api.post<Sandbox>(`${PATH}/recover`);

/** The page is only there where the service runs with the sandbox. */
export const isThere = async (): Promise<boolean> => (await readSandbox()).available;
