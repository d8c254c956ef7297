// The console's pages, in the order of the menu. A new page is a folder here and one line below.
import * as icons from "@lucide/vue";
import { openAlerts } from "./alerts/badge";
import { isThere as sandboxIsThere } from "./faults/api";
import type { Page } from "./page";

export const pages: readonly Page[] = [
  { path: "/live", title: { zh: "实时", en: "Live" }, group: "now", icon: icons.Activity, needs: "view", onPhone: 1, load: () => import("./live/LivePage.vue") },
  { path: "/alerts", title: { zh: "告警", en: "Alerts" }, group: "now", icon: icons.BellRing, needs: "view", onPhone: 2, badge: openAlerts, load: () => import("./alerts/AlertsPage.vue") },
  { path: "/alerts/:group_id", title: { zh: "告警详情", en: "Alert" }, needs: "view", load: () => import("./alerts/AlertPage.vue") },
  { path: "/payments", title: { zh: "支付单", en: "Payments" }, group: "money", icon: icons.Wallet, needs: "view", onPhone: 3, load: () => import("./payments/PaymentsPage.vue") },
  { path: "/payments/:payment_id", title: { zh: "支付单", en: "Payment" }, needs: "view", load: () => import("./payments/PaymentPage.vue") },
  { path: "/refunds", title: { zh: "退款", en: "Refunds" }, group: "money", icon: icons.RotateCcw, needs: "view", load: () => import("./refunds/RefundsPage.vue") },
  { path: "/reconciliation", title: { zh: "对账", en: "Reconciliation" }, group: "money", icon: icons.Scale, needs: "view", load: () => import("./reconciliation/ReconciliationPage.vue") },
  { path: "/events", title: { zh: "商户通知", en: "Events" }, group: "money", icon: icons.Bell, needs: "view", load: () => import("./events/EventsPage.vue") },
  { path: "/failures", title: { zh: "失败分析", en: "Failures" }, group: "now", icon: icons.CircleSlash, needs: "view", load: () => import("./failures/FailuresPage.vue") },
  { path: "/reports", title: { zh: "报告", en: "Reports" }, group: "now", icon: icons.ChartNoAxesCombined, needs: "view", load: () => import("./reports/ReportsPage.vue") },
  { path: "/reports/:report_id", title: { zh: "报告", en: "Report" }, needs: "view", load: () => import("./reports/ReportPage.vue") },
  { path: "/channels", title: { zh: "渠道", en: "Channels" }, group: "switch", icon: icons.Landmark, needs: "view", onPhone: 4, load: () => import("./channels/ChannelsPage.vue") },
  { path: "/channels/new", title: { zh: "新建渠道", en: "New channel" }, needs: "configure", load: () => import("./channels/SetupPage.vue") },
  { path: "/channels/:channel_id", title: { zh: "渠道", en: "Channel" }, needs: "view", load: () => import("./channels/ChannelPage.vue") },
  { path: "/routing", title: { zh: "路由策略", en: "Routing" }, group: "switch", icon: icons.Route, needs: "view", load: () => import("./routing/RoutingPage.vue") },
  { path: "/faults", title: { zh: "故障演练", en: "Fault panel" }, group: "switch", icon: icons.Stethoscope, needs: "view", when: sandboxIsThere, load: () => import("./faults/FaultsPage.vue") },
  { path: "/shops", title: { zh: "店铺与密钥", en: "Shops & keys" }, group: "house", icon: icons.Store, needs: "view", load: () => import("./shops/ShopsPage.vue") },
  { path: "/users", title: { zh: "用户", en: "Users" }, group: "house", icon: icons.Users, needs: "manage", load: () => import("./users/UsersPage.vue") },
  { path: "/audit", title: { zh: "操作审计", en: "Audit trail" }, group: "house", icon: icons.ScrollText, needs: "view", load: () => import("./audit/AuditPage.vue") },
  { path: "/profile", title: { zh: "个人设置", en: "Profile" }, needs: "view", load: () => import("./profile/ProfilePage.vue") },
];
