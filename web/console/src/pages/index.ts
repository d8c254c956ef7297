// The console's pages, in the order of the menu. A new page is a folder here and one line below.
import { Activity, Route } from "@lucide/vue";
import type { Page } from "./page";

export const pages: readonly Page[] = [
  { path: "/live", title: { zh: "实时", en: "Live" }, group: "now", icon: Activity, needs: "view", onPhone: 1, load: () => import("./live/LivePage.vue") },
  { path: "/routing", title: { zh: "路由策略", en: "Routing" }, group: "switch", icon: Route, needs: "view", load: () => import("./routing/RoutingPage.vue") },
];
