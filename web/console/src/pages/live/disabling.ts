import { methodName } from "../../texts/words";
import { t } from "./texts";

/** Who took the channel out, when and why. */
export interface Disabling {
  operator_id: string;
  at: string;
  reason: string;
}

/** What no other enabled channel serves. */
export interface OnlyFor {
  shops: { shop_id: string; name: string }[];
  methods: string[];
}

/** What the buttons and the note need to know of a channel, on whichever page it stands. */
export interface Movable {
  channel_id: string;
  name: string;
  origin: "file" | "admin";
  state: string;
  disabled: Disabling | null;
  only_for: OnlyFor;
}

/** Only the file can enable it again. */
export function disabledInFile(channel: Movable): boolean {
  return channel.origin === "file" && channel.state === "disabled" && channel.disabled === null;
}

/** An operator has disabled it, and an operator brings it back. */
export function takenOut(channel: Movable): boolean {
  return channel.state === "disabled" && channel.disabled !== null;
}

/** What nobody could pay by while the channel is out; "" when others stand in for it. */
export function whatIsLost(only: OnlyFor): string {
  if (only.shops.length) return t.lostShops(only.shops.map((one) => one.name).join("、"));
  if (only.methods.length) return t.lostMethods(only.methods.map(methodName).join("、"));
  return "";
}
