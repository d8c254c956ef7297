import { Problem } from "../../api/problem";

/** What the service found wrong, by field: "account.appid", "maintenance[0]". */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof Problem)) return {};
  return Object.fromEntries(error.errors.map((one) => [one.field, one.message]));
}
