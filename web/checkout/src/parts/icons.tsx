import type { Qr } from "../view";

/** One character in a coloured square: a sign of our own, nobody's trademark. */
const SIGNS: Record<string, string> = {
  wechat: "微",
  alipay: "支",
  huabei: "花",
  unionpay: "云",
  quickpay: "银",
  ecny: "数",
  apple_pay: "A",
  huawei_pay: "华",
  mi_pay: "米",
  samsung_pay: "三",
  vivo_pay: "v",
};

export function Badge({ method }: { method: string }) {
  return (
    <svg class={`badge badge-${method}`} viewBox="0 0 40 40" aria-hidden="true">
      <rect width="40" height="40" rx="11" />
      <text x="20" y="27.2" text-anchor="middle">
        {SIGNS[method] ?? "付"}
      </text>
    </svg>
  );
}

export function Code({ qr, label }: { qr: Qr; label: string }) {
  return (
    <div class="code" role="img" aria-label={label}>
      <svg class="qr" viewBox={`0 0 ${qr.size} ${qr.size}`} shape-rendering="crispEdges" aria-hidden="true">
        <path class="qr-light" d={`M0 0h${qr.size}v${qr.size}H0z`} />
        <path class="qr-dark" d={qr.path} />
      </svg>
    </div>
  );
}

const MARKS: Record<string, string> = {
  ok: "M5 12.5l4.6 4.6L19 7.6",
  off: "M7 7l10 10M17 7L7 17",
};

export function Mark({ kind }: { kind: "ok" | "off" | "busy" }) {
  if (kind === "busy") return <div class="mark mark-busy" aria-hidden="true" />;
  return (
    <div class={`mark mark-${kind}`} aria-hidden="true">
      <svg viewBox="0 0 24 24" width="40" height="40">
        <path d={MARKS[kind]} />
      </svg>
    </div>
  );
}
