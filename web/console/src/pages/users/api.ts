import { api, type ListOf } from "../../api/client";
import type { Permission } from "../../state/session";

export interface UserView {
  user_id: string;
  name: string;
  role: string;
  merchant_ids: string[];
  state: "active" | "disabled";
  has_password: boolean;
  has_totp: boolean;
  created_at: string;
  created_by: string;
  updated_at: string;
  is_you: boolean;
}

/** A user with the link to hand over; it is shown this once. */
export interface Invited {
  user: UserView;
  sign_in_url: string;
  ends_at: string;
}

export interface SessionView {
  session_id: string;
  created_at: string;
  seen_at: string;
  ends_at: string;
  address: string;
  user_agent: string;
  is_this: boolean;
}

export interface RoleView {
  role: string;
  text: string;
  text_zh: string;
  permissions: Permission[];
}

export interface UserForm {
  user_id: string;
  name: string;
  role: string;
  merchant_ids: string[];
}

const USERS = "/v1/admin/users";
const of = (user: UserView) => `${USERS}/${encodeURIComponent(user.user_id)}`;

export const listUsers = (signal: AbortSignal) => api.get<ListOf<UserView>>(USERS, {}, signal);
export const listRoles = (signal: AbortSignal) => api.get<ListOf<RoleView>>("/v1/admin/roles", {}, signal);
export const createUser = (form: UserForm) => api.post<Invited>(USERS, form);
export const updateUser = (user: UserView, change: Partial<UserForm>) => api.patch<UserView>(of(user), change);
export const disableUser = (user: UserView) => api.post(`${of(user)}/disable`);
export const enableUser = (user: UserView) => api.post(`${of(user)}/enable`);
export const resetUser = (user: UserView, totp: boolean) => api.post<Invited>(`${of(user)}/reset`, { totp });
export const listSessions = (user: UserView, signal: AbortSignal) => api.get<ListOf<SessionView>>(`${of(user)}/sessions`, {}, signal);
export const revokeSessions = (user: UserView) => api.post(`${of(user)}/sessions/revoke`);
