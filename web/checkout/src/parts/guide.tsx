import { useState } from "preact/hooks";
import type { View } from "../view";
import { list, say } from "../words";
import { Code } from "./icons";

/** So many methods are named; the browser shows the others. */
const NAMED = 3;

/** For apps whose web view opens no wallet: copy the link, or open it in the browser. The page keeps watching. */
export function Guide({ view, folded }: { view: View; folded: boolean }) {
  const steps = (
    <>
      <ol class="steps">
        <li>{say("guide.menu")}</li>
        <li>
          {say("guide.copy")}
          <CopyLink link={view.link} />
        </li>
      </ol>
      <p class="hint">{say("guide.watching")}</p>
    </>
  );
  if (folded) {
    return (
      <details class="card guide">
        <summary>{say("guide.elsewhere", { methods: list(view.elsewhere.slice(0, NAMED).map((method) => `method.${method}`)) })}</summary>
        {steps}
      </details>
    );
  }
  return (
    <div class="card guide">
      <h2>{say("guide")}</h2>
      <p class="hint">{say("guide.why")}</p>
      {steps}
      {view.link_qr && (
        <details>
          <summary>{say("guide.scan")}</summary>
          <Code qr={view.link_qr} label={say("scan.code")} />
        </details>
      )}
    </div>
  );
}

function CopyLink({ link }: { link: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    setCopied(await copyText(link));
  };
  return (
    <div class="copy">
      <input class="field" id="link" readOnly value={link} aria-label={say("link")} onFocus={(event) => event.currentTarget.select()} />
      <button class="button primary" id="copy" type="button" onClick={copy}>
        {say(copied ? "copied" : "copy")}
      </button>
    </div>
  );
}

/** The clipboard of an old web view: select and copy. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.getElementById("link") as HTMLInputElement | null;
    field?.focus();
    field?.select();
    return document.execCommand("copy");
  }
}
