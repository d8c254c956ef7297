// The console's pages, in the order of the menu. A new page is a folder here and one line below.
import { Activity, ChartNoAxesCombined, CircleSlash } from "@lucide/vue";
import type { Page } from "./page";

export const pages: readonly Page[] = [
  { path: "/live", title: { zh: "实时", en: "Live" }, group: "now", icon: Activity, needs: "view", onPhone: 1, load: () => import("./live/LivePage.vue") },
  { path: "/failures", title: { zh: "失败分析", en: "Failures" }, group: "now", icon: CircleSlash, needs: "view", load: () => import("./failures/FailuresPage.vue") },
  { path: "/reports", title: { zh: "报告", en: "Reports" }, group: "now", icon: ChartNoAxesCombined, needs: "view", load: () => import("./reports/ReportsPage.vue") },
  { path: "/reports/:report_id", title: { zh: "报告", en: "Report" }, needs: "view", load: () => import("./reports/ReportPage.vue") },
];
