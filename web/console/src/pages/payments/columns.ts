import type { DataTableColumns } from "naive-ui";
import { h } from "vue";
import MoneyText from "../../components/MoneyText.vue";
import TimeText from "../../components/TimeText.vue";
import { channelName, shopName } from "../../state/names";
import { methodName } from "../../texts/words";
import type { PaymentRow } from "./api";
import RowTags from "./RowTags.vue";
import { t } from "./texts";

const two = (first: string, second: string, mono = false) =>
  h("div", { class: "two" }, [
    h("div", { class: mono ? "mono" : "" }, first),
    h("div", { class: "quiet", style: "font-size: 12.5px" }, second),
  ]);

export const columns: DataTableColumns<PaymentRow> = [
  { key: "created_at", title: () => t.when, width: 132, render: (row) => h(TimeText, { at: row.created_at }) },
  { key: "order", title: () => t.order, minWidth: 200, ellipsis: true, render: (row) => two(row.out_trade_no, row.subject, true) },
  { key: "amount", title: () => t.amount, width: 120, align: "right", render: (row) => h(MoneyText, { fen: row.amount_fen, strong: true }) },
  { key: "state", title: () => t.state, minWidth: 150, render: (row) => h(RowTags, { row }) },
  { key: "way", title: () => t.way, minWidth: 160, render: (row) => (row.channel_id ? two(channelName(row.channel_id), row.method ? methodName(row.method) : "") : "–") },
  { key: "attempts", title: () => t.attempts, width: 92, render: (row) => (row.attempts ? t.times(String(row.attempts)) : "–") },
  { key: "shop", title: () => t.shop, width: 150, ellipsis: true, render: (row) => shopName(row.shop_id) },
];
