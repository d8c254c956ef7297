import type { Component } from "vue";
import type { Permission } from "../state/session";
import type { Both } from "../texts/language";

/** Where a page stands in the menu. */
export type Group = "now" | "money" | "switch" | "house";

export interface Page {
  /** The address under /console; may hold parameters: `/payments/:payment_id`. */
  path: string;
  title: Both;
  /** Without one, the page is not in the menu: it is opened from another page. */
  group?: Group;
  icon?: Component;
  needs: Permission;
  /** Place in the bar at the bottom of a phone, 1 to 4; the others are behind "more". */
  onPhone?: number;
  /** A number beside its name that says how much waits there; 0: nothing. */
  badge?: () => number;
  /** Shown only where it can work: asked once after sign-in. */
  when?: () => Promise<boolean>;
  load: () => Promise<Component>;
}

export const GROUPS: Record<Group, Both> = {
  now: { zh: "现在", en: "Now" },
  money: { zh: "资金", en: "Money" },
  switch: { zh: "渠道与路由", en: "Channels & routing" },
  house: { zh: "管理", en: "House" },
};
