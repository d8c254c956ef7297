import { useEffect, useState } from "preact/hooks";
import type { Actions } from "../app";
import { hasApplePay } from "../apple";
import type { Offer, View } from "../view";
import { list, say } from "../words";
import { CardStep } from "./cards";
import { Guide } from "./guide";
import { Badge, Code } from "./icons";

/** So many methods are seen at once; the rest is folded. */
const SHOWN = 3;

interface ChooseProps {
  view: View;
  actions: Actions;
  busy: boolean;
  other: boolean;
  /** The method that has just been refused: another one is chosen for the customer, who may choose it again. */
  refused: string | null;
}

/** Which way to pay: one list, one button. `other`: a credential is shown already, and stays until the button. */
export function Choose({ view, actions, busy, other, refused }: ChooseProps) {
  const offers = view.offers.filter((offer) => offer.method !== "apple_pay" || hasApplePay());
  const [picked, pick] = useState<string | null>(null);
  const [card, setCard] = useState(false);
  useEffect(() => {
    if (refused) pick((method) => (method === refused ? null : method));
  }, [refused]);
  const current = offers.find((offer) => offer.method === picked) ?? offers[0];
  if (card && view.cards) {
    return <CardStep view={view} cards={view.cards} actions={actions} busy={busy} back={() => setCard(false)} />;
  }
  const byCard = (): void => setCard(true);
  if (view.environment === "restricted" || !current) {
    return (
      <>
        {view.elsewhere.length > 0 || view.environment === "restricted" ? (
          <Guide view={view} folded={false} />
        ) : (
          <Nothing />
        )}
        {current && <Methods {...{ view, offers, current, pick, busy, actions, other, byCard }} folded />}
      </>
    );
  }
  return (
    <>
      {view.link_qr && view.wallets.length > 0 && !other && <Aggregated view={view} />}
      <Methods {...{ view, offers, current, pick, busy, actions, other, byCard }} folded={false} />
      {view.elsewhere.length > 0 && <Guide view={view} folded />}
    </>
  );
}

/** 聚合码: the link itself, which any wallet opens in its own browser. Nothing is launched by looking at it. */
function Aggregated({ view }: { view: View }) {
  return (
    <div class="card aggregated">
      {view.link_qr && <Code qr={view.link_qr} label={say("scan.code")} />}
      <div>
        <h2>{say("scan.any")}</h2>
        <p class="hint">{say("scan.any.hint", { apps: list(view.wallets.map((method) => `app.${method}`)) })}</p>
        <p class="badges" aria-hidden="true">
          {view.wallets.map((method) => (
            <Badge key={method} method={method} />
          ))}
        </p>
      </div>
    </div>
  );
}

interface MethodsProps {
  view: View;
  offers: Offer[];
  current: Offer;
  pick(method: string): void;
  busy: boolean;
  actions: Actions;
  other: boolean;
  /** A bank card needs a step of its own. */
  byCard(): void;
  folded: boolean;
}

function Methods({ view, offers, current, pick, busy, actions, other, byCard, folded }: MethodsProps) {
  const [first, rest] = [offers.slice(0, SHOWN), offers.slice(SHOWN)];
  const row = (offer: Offer, index: number) => (
    <MethodRow key={offer.method} offer={offer} best={index === 0} checked={offer === current} pick={pick} />
  );
  const submit = (event: Event): void => {
    event.preventDefault();
    if (current.method === "quickpay" && view.cards) byCard();
    else void actions.pay(current.method);
  };
  const form = (
    <form class="methods" method="post" onSubmit={submit}>
      <fieldset disabled={busy}>
        <legend>{say(other ? "choose.other" : "choose")}</legend>
        {first.map(row)}
        {rest.length > 0 && (
          <details class="more" open={rest.includes(current)}>
            <summary>{say("more")}</summary>
            {rest.map((offer) => row(offer, SHOWN))}
          </details>
        )}
      </fieldset>
      <PayButton view={view} method={current.method} busy={busy} />
      {other && (
        <button class="button quiet" type="button" onClick={() => actions.back()}>
          {say("back")}
        </button>
      )}
    </form>
  );
  if (!folded) return <div class="card">{form}</div>;
  return (
    <details class="card guide">
      <summary>{say("more")}</summary>
      {form}
    </details>
  );
}

function PayButton({ view, method, busy }: { view: View; method: string; busy: boolean }) {
  return (
    <div class="pay-bar">
      <button class={`button primary${busy ? " busy" : ""}${method === "apple_pay" ? " apple" : ""}`} id="pay" aria-busy={busy}>
        {busy ? say("paying") : say("pay", { amount: view.amount })}
      </button>
    </div>
  );
}

function MethodRow(props: { offer: Offer; best: boolean; checked: boolean; pick(method: string): void }) {
  const { offer, best, checked, pick } = props;
  return (
    <label class="method">
      <input
        type="radio"
        name="method"
        value={offer.method}
        checked={checked}
        onChange={() => pick(offer.method)}
      />
      <Badge method={offer.method} />
      <span class="method-text">
        <span class="method-name">{say(`method.${offer.method}`)}</span>
        <Tag offer={offer} best={best} />
      </span>
      <span class="tick" aria-hidden="true" />
    </label>
  );
}

function Tag({ offer, best }: { offer: Offer; best: boolean }) {
  if (offer.last) return <span class="tag">{say("last")}</span>;
  if (offer.ill) return <span class="tag tag-ill">{say("ill")}</span>;
  return best ? <span class="tag">{say("recommended")}</span> : null;
}

function Nothing() {
  return (
    <div class="card">
      <p class="hint nothing">{say("nothing")}</p>
      <button class="button" type="button" onClick={() => location.reload()}>
        {say("retry")}
      </button>
    </div>
  );
}
