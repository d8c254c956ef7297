import type { Actions } from "../app";
import type { Shown, View } from "../view";
import { isLink } from "../wallet";
import { say } from "../words";
import { SmsStep } from "./cards";
import { Badge, Code } from "./icons";

/** One credential is shown: a code to scan, a wallet to open, an SMS code to type. */
export function Waiting({ view, shown, actions }: { view: View; shown: Shown; actions: Actions }) {
  return (
    <div class="card pay" data-kind={shown.kind}>
      <h2>
        <Badge method={shown.method} />
        {say(`method.${shown.method}`)}
      </h2>
      <Credential view={view} shown={shown} actions={actions} />
      <p class="status" role="status">
        <span class="dots" aria-hidden="true" />
        {say("waiting")}
      </p>
      {shown.kind !== "sms" && (
        <button class="button" id="done" type="button" onClick={() => actions.done()}>
          {say("done")}
        </button>
      )}
      <button class="button quiet" id="another" type="button" onClick={() => actions.choose()}>
        {say("another")}
      </button>
    </div>
  );
}

function Credential({ view, shown, actions }: { view: View; shown: Shown; actions: Actions }) {
  const app = say(`app.${shown.method}`);
  if (shown.kind === "sms") return <SmsStep view={view} shown={shown} actions={actions} />;
  if (!shown.here) {
    return (
      <p class="hint">
        <strong>{say("not.here")}</strong>
        <br />
        {say("not.here.hint")}
      </p>
    );
  }
  if (shown.kind === "qr") {
    return (
      <>
        {shown.qr ? <Code qr={shown.qr} label={say("scan.code")} /> : <p class="hint">{say("scan.long")}</p>}
        <p class="hint">{say(view.environment === "desktop" ? "scan" : "scan.album", { app })}</p>
      </>
    );
  }
  if (shown.kind === "jsapi" || isLink(shown)) {
    const jsapi = shown.kind === "jsapi";
    return (
      <>
        <p class="hint">{jsapi ? say("in.wallet") : say("opening.hint", { app })}</p>
        <button class="button primary" id="open" type="button" onClick={() => actions.open()}>
          {jsapi ? say("open.wechat") : say("open", { app })}
        </button>
      </>
    );
  }
  return <p class="hint">{say("in.app")}</p>;
}
