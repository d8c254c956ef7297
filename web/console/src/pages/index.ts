// The console's pages, in the order of the menu. A new page is a folder here and one line below.
import { Activity, BellRing } from "@lucide/vue";
import type { Page } from "./page";

export const pages: readonly Page[] = [
  { path: "/live", title: { zh: "实时", en: "Live" }, group: "now", icon: Activity, needs: "view", onPhone: 1, load: () => import("./live/LivePage.vue") },
  { path: "/alerts", title: { zh: "告警", en: "Alerts" }, group: "now", icon: BellRing, needs: "view", onPhone: 2, load: () => import("./alerts/AlertsPage.vue") },
  { path: "/alerts/:group_id", title: { zh: "告警详情", en: "Alert" }, needs: "view", load: () => import("./alerts/AlertPage.vue") },
];
