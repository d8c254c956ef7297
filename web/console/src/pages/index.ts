// The console's pages, in the order of the menu. A new page is a folder here and one line below.
import { Activity, BellRing, ScrollText, Store, Users } from "@lucide/vue";
import { openAlerts } from "./alerts/badge";
import type { Page } from "./page";

export const pages: readonly Page[] = [
  { path: "/live", title: { zh: "实时", en: "Live" }, group: "now", icon: Activity, needs: "view", onPhone: 1, load: () => import("./live/LivePage.vue") },
  { path: "/alerts", title: { zh: "告警", en: "Alerts" }, group: "now", icon: BellRing, needs: "view", onPhone: 2, badge: openAlerts, load: () => import("./alerts/AlertsPage.vue") },
  { path: "/alerts/:group_id", title: { zh: "告警详情", en: "Alert" }, needs: "view", load: () => import("./alerts/AlertPage.vue") },
  { path: "/shops", title: { zh: "店铺与密钥", en: "Shops & keys" }, group: "house", icon: Store, needs: "view", load: () => import("./shops/ShopsPage.vue") },
  { path: "/users", title: { zh: "用户", en: "Users" }, group: "house", icon: Users, needs: "manage", load: () => import("./users/UsersPage.vue") },
  { path: "/audit", title: { zh: "操作审计", en: "Audit trail" }, group: "house", icon: ScrollText, needs: "view", load: () => import("./audit/AuditPage.vue") },
  { path: "/profile", title: { zh: "个人设置", en: "Profile" }, needs: "view", load: () => import("./profile/ProfilePage.vue") },
];
