import { useEffect, useRef } from "preact/hooks";
import type { Actions } from "../app";
import { say } from "../words";

/** Asked when the customer comes back from the wallet: paid, or another way? */
export function Sheet({ stage, method, actions }: { stage: "ask" | "checking" | "unpaid"; method: string; actions: Actions }) {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  const name = say(`method.${method}`);
  const busy = stage === "checking";
  return (
    <div class="sheet-back">
      <div class="sheet" role="dialog" aria-modal="true" aria-labelledby="sheet-title">
        <h2 id="sheet-title">{say("sheet")}</h2>
        <p class="hint" role="status">
          {stage === "ask" ? say("sheet.hint") : say(busy ? "sheet.checking" : "sheet.unpaid", { method: name })}
        </p>
        <button class={`button primary${busy ? " busy" : ""}`} ref={first} type="button" aria-busy={busy} onClick={() => actions.done()}>
          {say("done")}
        </button>
        <button class="button" type="button" onClick={() => actions.choose()}>
          {say("another")}
        </button>
      </div>
    </div>
  );
}
