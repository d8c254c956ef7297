// What is asked for each kind of fault, and how the kinds are grouped for people. Which of them a channel can suffer from
// is the service's word.

import type { Fault, Patient } from "./api";

/** The usual ones first; the others behind "more". */
export const USUAL = ["latency", "hang", "refuse", "http_5xx", "error_code", "wallet_error"];
/** The order may be made (the debit done) all the same. */
export const MAY_BE_DONE = new Set(["hang", "http_5xx", "error_code"]);

export const LASTS_S = [0, 30, 60, 300, 900] as const;

export interface Aim {
  kind: string;
  share: number;
  ms: number;
  code: string;
  message: string;
  done: boolean;
  delayS: number;
  times: number;
  banks: string[];
  fromYuan: number | null;
  toYuan: number | null;
  lastsS: number;
}

export const nothing = (): Aim => ({
  kind: "",
  share: 100,
  ms: 2_000,
  code: "",
  message: "",
  done: false,
  delayS: 30,
  times: 1,
  banks: [],
  fromYuan: null,
  toYuan: null,
  lastsS: 0,
});

/** A fault that is played already, in the form's terms: pressing "change" then changes nothing but what was touched. */
export const aimOf = (fault: Fault, patient: Patient): Aim => ({
  ...nothing(),
  kind: fault.kind,
  share: Math.round(fault.share * 100),
  ms: fault.ms || nothing().ms,
  code: fault.code === patient.busy_code || fault.code === patient.bank_code ? "" : fault.code,
  done: isDone(fault),
  delayS: fault.delay_s || nothing().delayS,
  times: fault.times,
  banks: fault.banks ?? [],
  fromYuan: fault.min_fen ? fault.min_fen / 100 : null,
  toYuan: fault.max_fen === null ? null : fault.max_fen / 100,
  // Of the choices the one that is not over sooner.
  lastsS: fault.left_s === null ? 0 : (LASTS_S.find((one) => one >= (fault.left_s ?? 0) && one > 0) ?? 0),
});

/** Whether the channel does its work all the same, and only we never hear so. */
export const isDone = (fault: Fault): boolean => fault.created || fault.when === "after";

const fen = (yuan: number | null): number | undefined => (yuan === null ? undefined : Math.round(yuan * 100));

/** The form in the service's terms: only what the kind takes. */
export function wishOf(aim: Aim, banksKnown: boolean): Record<string, unknown> & { kind: string; share_percent: number } {
  const { kind } = aim;
  const minFen = fen(aim.fromYuan);
  const maxFen = fen(aim.toYuan);
  return {
    kind,
    share_percent: aim.share,
    ...(kind === "latency" ? { ms: aim.ms } : {}),
    ...(kind === "error_code" ? { code: aim.code.trim(), message: aim.message.trim() } : {}),
    ...(MAY_BE_DONE.has(kind) ? { done: aim.done } : {}),
    ...(kind === "notify_late" ? { delay_s: aim.delayS } : {}),
    ...(kind === "notify_duplicate" ? { times: aim.times } : {}),
    ...(banksKnown && aim.banks.length ? { banks: aim.banks } : {}),
    ...(minFen === undefined ? {} : { min_fen: minFen }),
    ...(maxFen === undefined ? {} : { max_fen: maxFen }),
    ...(aim.lastsS ? { lasts_s: aim.lastsS } : {}),
  };
}
