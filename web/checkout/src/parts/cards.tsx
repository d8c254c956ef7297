/** 快捷支付: choose a card, or sign one up (agreement, SMS code); then the bank's code for this payment. */
import { useEffect, useState } from "preact/hooks";
import type { Actions } from "../app";
import { post, Unreachable } from "../service";
import type { Cards, Notice, Shown, View } from "../view";
import { say } from "../words";
import { Badge } from "./icons";

const RESEND_S = 60;
const NEW = "new";

interface Applied {
  agreement_id: string;
  state: string;
  notice: Notice | null;
}

interface CardProps {
  view: View;
  cards: Cards;
  actions: Actions;
  busy: boolean;
  back(): void;
}

export function CardStep({ view, cards, actions, busy, back }: CardProps) {
  const [card, setCard] = useState(cards.saved[0]?.agreement_id ?? NEW);
  return (
    <div class="card cards">
      <h2 class="titled">
        <Badge method="quickpay" />
        {say("method.quickpay")}
      </h2>
      {cards.saved.length > 0 && <SavedCards cards={cards} card={card} setCard={setCard} />}
      {card === NEW ? (
        <NewCard {...{ cards, actions }} />
      ) : (
        <button
          class={`button primary${busy ? " busy" : ""}`}
          id="pay"
          type="button"
          aria-busy={busy}
          onClick={() => actions.pay("quickpay", { agreement_id: card })}
        >
          {busy ? say("paying") : say("pay", { amount: view.amount })}
        </button>
      )}
      <button class="button quiet" type="button" onClick={back}>
        {say("back")}
      </button>
    </div>
  );
}

function SavedCards({ cards, card, setCard }: { cards: Cards; card: string; setCard(card: string): void }) {
  return (
      <fieldset>
        <legend>{say("card")}</legend>
        {cards.saved.map((saved) => (
          <label class="method" key={saved.agreement_id}>
            <input type="radio" name="card" checked={card === saved.agreement_id} onChange={() => setCard(saved.agreement_id)} />
            <span class="method-text method-name">
              {say(`bank.${saved.bank}`) || saved.bank} · {say("card.tail", { tail: saved.tail })}
            </span>
            <span class="tick" aria-hidden="true" />
          </label>
        ))}
        <label class="method">
          <input type="radio" name="card" checked={card === NEW} onChange={() => setCard(NEW)} />
          <span class="method-text method-name">{say("card.new")}</span>
          <span class="tick" aria-hidden="true" />
        </label>
      </fieldset>
  );
}

const FIELDS = ["card_no", "name", "id_no", "mobile"] as const;
const LABELS: Record<string, string> = { card_no: "card.no", name: "card.name", id_no: "card.id", mobile: "card.mobile" };

function NewCard({ cards, actions }: { cards: Cards; actions: Actions }) {
  const [bank, setBank] = useState("");
  const [credit, setCredit] = useState(false);
  const [values, setValues] = useState<Record<string, string>>({});
  const [agreed, setAgreed] = useState(false);
  const [applied, setApplied] = useState<Applied | null>(null);
  const [busy, setBusy] = useState(false);
  const names = [...FIELDS, ...(credit ? ["valid_until", "cvv2"] : [])];
  const complete = bank !== "" && agreed && names.every((name) => (values[name] ?? "").trim() !== "");
  const put = (name: string, value: string): void => setValues({ ...values, [name]: value });

  const apply = async (): Promise<void> => {
    setBusy(true);
    const fields: Record<string, string> = { bank, is_credit: credit ? "1" : "" };
    for (const name of names) fields[name] = (values[name] ?? "").replace(name === "name" ? /^$/ : /[\s/]/g, "");
    const answer = await calling(actions, () => post<Applied>("/cards", fields));
    if (answer?.state === "active") await actions.pay("quickpay", { agreement_id: answer.agreement_id });
    else if (answer?.agreement_id) setApplied(answer);
    setBusy(false);
  };

  if (applied) {
    const mobile = (values.mobile ?? "").replace(/^(\d{3})\d+(\d{4})$/, "$1****$2");
    return (
      <SmsForm
        hint={say("sms.sign", { mobile })}
        confirm={async (code) => {
          const answer = await calling(actions, () => post<Applied>("/cards/confirm", { agreement_id: applied.agreement_id, sms_code: code }));
          if (answer?.state === "active") await actions.pay("quickpay", { agreement_id: applied.agreement_id });
          else if (answer?.notice?.code === "agreement_over") setApplied(null);
        }}
        resend={() => calling(actions, () => post<Applied>("/cards/resend", { agreement_id: applied.agreement_id }))}
      />
    );
  }
  return (
    <div class="new-card">
      <label class="row">
        <span>{say("card.bank")}</span>
        <select class="field" name="bank" value={bank} onChange={(event) => setBank(event.currentTarget.value)}>
          <option value="">{say("card.bank.choose")}</option>
          {cards.banks.map((name) => (
            <option key={name} value={name}>
              {say(`bank.${name}`) || name.toUpperCase()}
            </option>
          ))}
        </select>
      </label>
      <div class="kinds" role="radiogroup" aria-label={say("card.bank")}>
        {[false, true].map((is) => (
          <label key={String(is)}>
            <input type="radio" name="kind" checked={credit === is} onChange={() => setCredit(is)} />
            {say(is ? "card.kind.credit" : "card.kind.debit")}
          </label>
        ))}
      </div>
      {names.map((name) => (
        <label class="row" key={name}>
          <span>{say(LABELS[name] ?? (name === "cvv2" ? "card.cvv2" : "card.valid"))}</span>
          <input
            class="field"
            name={name}
            value={values[name] ?? ""}
            inputMode={name === "name" || name === "id_no" ? "text" : "numeric"}
            autocomplete={name === "card_no" ? "cc-number" : name === "name" ? "name" : "off"}
            onInput={(event) => put(name, event.currentTarget.value)}
          />
        </label>
      ))}
      <label class="agree">
        <input type="checkbox" checked={agreed} onChange={(event) => setAgreed(event.currentTarget.checked)} />
        <span>{say("card.agree")}</span>
      </label>
      <p class="hint">{say("card.privacy")}</p>
      <button class={`button primary${busy ? " busy" : ""}`} id="pay" type="button" disabled={!complete} aria-busy={busy} onClick={apply}>
        {say("card.next")}
      </button>
    </div>
  );
}

/** The bank's code for this very payment: confirming debits. */
export function SmsStep({ shown, actions }: { view: View; shown: Shown; actions: Actions }) {
  return (
    <SmsForm
      hint={say("sms.pay", { card: shown.content })}
      confirm={async (code) => {
        const next = await calling(actions, () => post<View>("/confirm", { sms_code: code }));
        if (next?.phase) actions.take(next);
      }}
      resend={() => calling(actions, () => post<View>("/resend-sms"))}
    />
  );
}

interface SmsProps {
  hint: string;
  confirm(code: string): Promise<void>;
  resend(): Promise<unknown>;
}

function SmsForm({ hint, confirm, resend }: SmsProps) {
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [wait, setWait] = useState(RESEND_S);
  useEffect(() => {
    const timer = setInterval(() => setWait((left) => Math.max(0, left - 1)), 1_000);
    return () => clearInterval(timer);
  }, []);
  const go = async (): Promise<void> => {
    if (busy || code.length < 4) return;
    setBusy(true);
    await confirm(code);
    setCode("");
    setBusy(false);
  };
  const again = async (): Promise<void> => {
    setWait(RESEND_S);
    await resend();
  };
  return (
    <div class="sms">
      <h3>{say("sms")}</h3>
      <p class="hint">{hint}</p>
      <div class="copy">
        <input
          class="field sms-code"
          name="sms_code"
          aria-label={say("sms.code")}
          inputMode="numeric"
          autocomplete="one-time-code"
          maxLength={8}
          value={code}
          onInput={(event) => setCode(event.currentTarget.value.replace(/\D/g, ""))}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            void go();
          }}
        />
        <button class={`button primary${busy ? " busy" : ""}`} id="confirm" type="button" disabled={code.length < 4} aria-busy={busy} onClick={go}>
          {say("sms.confirm")}
        </button>
      </div>
      <button class="button quiet" type="button" disabled={wait > 0} onClick={again}>
        {wait > 0 ? say("sms.wait", { seconds: wait }) : say("sms.resend")}
      </button>
    </div>
  );
}

/** A call whose refusal is said above the form. Null when nothing came back. */
async function calling<T extends { notice: Notice | null }>(actions: Actions, call: () => Promise<T>): Promise<T | null> {
  actions.say(null);
  try {
    const answer = await call();
    if (answer.notice) actions.say(answer.notice);
    return answer;
  } catch (trouble) {
    actions.say({ code: trouble instanceof Unreachable ? "offline" : "trouble", method: null });
    return null;
  }
}
