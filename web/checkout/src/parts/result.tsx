import type { View } from "../view";
import { say } from "../words";
import { Mark } from "./icons";

/** 处理中, 支付成功, 已关闭: nothing to choose any more. */
export function Result({ view }: { view: View }) {
  if (view.phase === "confirming") return <Confirming view={view} />;
  const paid = view.phase === "succeeded";
  const cancelled = view.close_reason === "cancelled";
  return (
    <div class="result" role="status">
      <Mark kind={paid ? "ok" : "off"} />
      <h2>{say(paid ? "succeeded" : cancelled ? "cancelled" : "expired")}</h2>
      {paid && view.paid_with && <p class="hint">{say("succeeded.with", { method: say(`method.${view.paid_with}`) })}</p>}
      {!paid && !cancelled && !view.surplus && <p class="hint">{say("expired.hint")}</p>}
      {view.return_url && (
        <a class="button primary" href={view.return_url}>
          {say("return")}
        </a>
      )}
    </div>
  );
}

function Confirming({ view }: { view: View }) {
  return (
    <div class="result" role="status">
      <Mark kind="busy" />
      <h2>{say("confirming")}</h2>
      <p class="hint">{view.known_by ? say("confirming.by", { time: view.known_by }) : say("confirming.soon")}</p>
    </div>
  );
}
