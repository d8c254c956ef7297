import { useEffect, useState } from "preact/hooks";
import type { View } from "../view";
import { say } from "../words";

/** Whom the money goes to, how much it is, what for, and how long there is time. */
export function Summary({ view }: { view: View }) {
  const open = view.phase === "choose" || view.phase === "waiting";
  return (
    <header class="summary">
      <p class="shop">
        <span class="shop-sign" aria-hidden="true">
          {Array.from(view.shop_name)[0] ?? ""}
        </span>
        <span class="shop-name">{view.shop_name}</span>
      </p>
      <p class="amount-label">{say("amount")}</p>
      <h1 class="amount">
        <span class="yen">¥</span>
        {view.amount}
      </h1>
      {open && <Countdown seconds={view.expires_in_s} />}
      <details class="order" open={view.environment === "desktop"}>
        <summary>{say("order")}</summary>
        <dl>
          <dt>{say("order.subject")}</dt>
          <dd>{view.subject}</dd>
          <dt>{say("order.number")}</dt>
          <dd class="number">{view.out_trade_no}</dd>
          <dt>{say("order.shop")}</dt>
          <dd>{view.shop_name}</dd>
        </dl>
      </details>
    </header>
  );
}

function Countdown({ seconds }: { seconds: number }) {
  const [end, setEnd] = useState(Date.now() + seconds * 1_000);
  const [, tick] = useState(0);
  useEffect(() => setEnd(Date.now() + seconds * 1_000), [seconds]);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 500);
    return () => clearInterval(timer);
  }, []);
  const left = Math.max(0, Math.round((end - Date.now()) / 1_000));
  return (
    <p class={`countdown${left < 60 ? " countdown-short" : ""}`}>
      {say("left")}{" "}
      <span class="clock">
        {Math.floor(left / 60)}:{String(left % 60).padStart(2, "0")}
      </span>
    </p>
  );
}
