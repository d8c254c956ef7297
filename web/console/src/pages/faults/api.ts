import { api } from "../../api/client";

export interface Fault {
  account: string;
  kind: string;
  share: number;
  ms: number;
  active: boolean;
  struck: number;
}

export interface Patient {
  channel_id: string;
  name: string;
  kinds: string[];
  faults: Fault[];
}

export interface Sandbox {
  available: boolean;
  channels: Patient[];
}

const PATH = "/v1/admin/sandbox";

export const readSandbox = (signal?: AbortSignal): Promise<Sandbox> => api.get<Sandbox>(PATH, {}, signal);

export const makeIll = (channelId: string, kind: string, sharePercent: number, ms: number): Promise<Sandbox> =>
  api.post<Sandbox>(`${PATH}/channels/${channelId}/fault`, { kind, share_percent: sharePercent, ms });

export const makeWell = (channelId: string): Promise<Sandbox> => api.post<Sandbox>(`${PATH}/channels/${channelId}/recover`);

/** The page is only there where the service runs with the sandbox. */
export const isThere = async (): Promise<boolean> => (await readSandbox()).available;
