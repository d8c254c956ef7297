// The console's pages, in the order of the menu. A new page is a folder here and one line below.
import { Activity, Stethoscope } from "@lucide/vue";
import { isThere as sandboxIsThere } from "./faults/api";
import type { Page } from "./page";

export const pages: readonly Page[] = [
  { path: "/live", title: { zh: "实时", en: "Live" }, group: "now", icon: Activity, needs: "view", onPhone: 1, load: () => import("./live/LivePage.vue") },
  { path: "/faults", title: { zh: "故障演练", en: "Fault panel" }, group: "switch", icon: Stethoscope, needs: "view", when: sandboxIsThere, load: () => import("./faults/FaultsPage.vue") },
];
