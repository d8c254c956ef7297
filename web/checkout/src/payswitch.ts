/**
 * payswitch.js: opens the checkout from a shop's own page. Nothing to install, no dependency, 1 KB.
 *
 *   <script src="https://pay.example.com/payswitch.js" async></script>
 *   <a href="{checkout_url}" data-payswitch>去支付</a>
 *   PaySwitch.open(checkoutUrl, { onChange: (phase) => ... })
 *
 * Phones go to the checkout in the same window; on a desktop it opens in a window of its own, and the shop's page hears
 * how it stands. It is a page of the service, never a frame in somebody else's: a customer must see whom they pay.
 * What it says is for display only: deliver when the event arrives or the API says `succeeded`.
 */

interface Options {
  /** Called with `choose`, `waiting`, `confirming`, `succeeded` or `closed`, each time it changes. */
  onChange?: (phase: string) => void;
  /** Stay on the shop's page even on a phone: open a new tab. */
  newWindow?: boolean;
}

interface Handle {
  /** Stops watching; the checkout itself stays open. */
  stop(): void;
}

const GAP_MS = 2_000;
const ENDS = ["succeeded", "closed"];

function open(checkoutUrl: string, options: Options = {}): Handle {
  const url = new URL(checkoutUrl, location.href);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw new Error("PaySwitch: not a checkout link");
  const phone = /Android|iPhone|iPad|iPod|HarmonyOS|Mobile/i.test(navigator.userAgent);
  if (phone && !options.newWindow) {
    location.href = url.href;
    return { stop: () => undefined };
  }
  const left = Math.max(0, (screen.availWidth - 960) / 2);
  const opened = window.open(url.href, "_blank", `width=960,height=760,left=${left},top=60`);
  if (!opened) {
    location.href = url.href; // a pop-up blocker: then in this window
    return { stop: () => undefined };
  }
  return watch(url, options.onChange ?? (() => undefined));
}

function watch(url: URL, onChange: (phase: string) => void): Handle {
  let told = "";
  let stopped = false;
  const ask = async (): Promise<void> => {
    try {
      const heard = await fetch(`${url.origin}${url.pathname}/phase`, { cache: "no-store", credentials: "omit" });
      const phase = heard.ok ? ((await heard.json()) as { phase: string }).phase : told;
      if (!stopped && phase !== told) onChange((told = phase));
    } catch {
      /* the next question may come through */
    }
    if (!stopped && ENDS.indexOf(told) < 0) setTimeout(ask, GAP_MS);
  };
  void ask();
  return { stop: () => (stopped = true) };
}

document.addEventListener("click", (event) => {
  const link = (event.target as Element | null)?.closest<HTMLAnchorElement>("a[data-payswitch]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.button !== 0) return;
  event.preventDefault();
  open(link.href, {
    onChange: (phase) => link.dispatchEvent(new CustomEvent("payswitch", { detail: { phase }, bubbles: true })),
  });
});

(window as unknown as { PaySwitch: { open: typeof open } }).PaySwitch = { open };

export {};
