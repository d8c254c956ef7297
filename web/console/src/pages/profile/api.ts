import { api } from "../../api/client";

export interface Enrolment {
  secret: string;
  uri: string;
  qr_svg: string;
}

// A wrong current password is an answer here, not the end of the session.
export const changePassword = (current: string | null, next: string) =>
  api.asStranger.post("/v1/console/password", current === null ? { new: next } : { current, new: next });
export const beginTotp = () => api.post<Enrolment>("/v1/console/totp");
export const confirmTotp = (code: string) => api.post<{ recovery_codes: string[] }>("/v1/console/totp/confirm", { code });
export const removeTotp = (password: string) => api.asStranger.post("/v1/console/totp/remove", { password });
