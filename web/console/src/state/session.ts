import { computed, reactive } from "vue";
import { api } from "../api/client";
import { Problem } from "../api/problem";
import { forgetNames } from "./names";

/** What somebody may do; the service decides, the console only hides what would be refused. */
export type Permission = "view" | "develop" | "operate" | "money" | "configure" | "manage";

export interface User {
  user_id: string;
  name: string;
  role: string;
  merchant_ids: string[];
  /** False: they came by a link and should set one. */
  has_password: boolean;
  has_totp: boolean;
  recovery_codes_left: number;
}

interface SessionView {
  user: User;
  permissions: Permission[];
}

const PATH = "/v1/console/session";
const state = reactive({ user: null as User | null, permissions: [] as Permission[], asked: false });

export const session = computed(() => ({ user: state.user, asked: state.asked }));

/** Whether the signed-in person may do this. */
export function can(permission: Permission): boolean {
  return state.permissions.includes(permission);
}

/** Asks once who is signed in, by the cookie that scripts cannot read. False: nobody. */
export async function signedIn(): Promise<boolean> {
  if (!state.asked) {
    try {
      enter(await api.asStranger.get<SessionView>(PATH));
    } catch (error) {
      if (!(error instanceof Problem) || ![401, 404].includes(error.status)) throw error;
      forget();
    }
  }
  return state.user !== null;
}

/** Rejects with the service's Problem: a wrong password, a missing code, too many tries. */
export async function signIn(user: string, password: string, totp: string): Promise<void> {
  enter(await api.asStranger.post<SessionView>(PATH, totp ? { user, password, totp } : { user, password }));
}

/** With the token of a one-time link. Rejects with `totp_required` when the user has a second factor. */
export async function signInByLink(link: string, totp: string): Promise<void> {
  enter(await api.asStranger.post<SessionView>(PATH, totp ? { link, totp } : { link }));
}

/** Reads the session anew: the profile has changed. */
export async function refresh(): Promise<void> {
  enter(await api.get<SessionView>(PATH));
}

export async function signOut(): Promise<void> {
  try {
    await api.delete(PATH);
  } finally {
    forget();
  }
}

export function forget(): void {
  forgetNames();
  Object.assign(state, { user: null, permissions: [], asked: true });
}

function enter(view: SessionView): void {
  Object.assign(state, { user: view.user, permissions: view.permissions, asked: true });
}
