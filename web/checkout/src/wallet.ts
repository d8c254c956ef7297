/** Opening the customer's wallet with a credential. Whatever a wallet answers here only makes the service ask. */
import { pageAddress } from "./service";
import type { Shown } from "./view";

interface WeixinBridge {
  invoke(name: string, params: Record<string, unknown>, done: (answer: unknown) => void): void;
}
interface AlipayBridge {
  call(name: string, params: Record<string, string>, done: (answer: unknown) => void): void;
}
declare global {
  interface Window {
    WeixinJSBridge?: WeixinBridge;
    AlipayJSBridge?: AlipayBridge;
  }
}

/** Schemes that a wallet's link may have: never `javascript:`, whatever an answer says. */
const OPENABLE = /^(https?|weixin|alipays?|unionpay|upwallet):/i;
/** Of the shop's mini program: takes the parameters for `wx.requestPayment` (docs/reference/checkout.md). */
const MINI_PROGRAM_PAGE = "/pages/payswitch/pay";
const BRIDGE_WAIT_MS = 5_000;

/** This browser has opened this attempt's wallet already: coming back must ask, not open it again. */
export const openedHere = {
  has: (attemptId: string): boolean => remembered() === attemptId,
  note: (attemptId: string): void => {
    try {
      sessionStorage.setItem("opened", attemptId);
    } catch {
      /* private mode: the page asks all the same when it comes back */
    }
  },
};

function remembered(): string | null {
  try {
    return sessionStorage.getItem("opened");
  } catch {
    return null;
  }
}

/** Whether pressing one button opens something (a code on the screen is only looked at). */
export function opens(shown: Shown): boolean {
  return shown.here && (shown.kind === "jsapi" || isLink(shown));
}

export function isLink(shown: Shown): boolean {
  return (shown.kind === "redirect" || shown.kind === "form") && OPENABLE.test(shown.content);
}

/** Opens the wallet. Resolves when a sheet over this page has closed; a page that is left never resolves. */
export async function openWallet(shown: Shown): Promise<void> {
  if (shown.kind === "jsapi") {
    openedHere.note(shown.attempt_id);
    return bridge(shown);
  }
  if (!isLink(shown)) return;
  if (shown.kind === "redirect") {
    openedHere.note(shown.attempt_id);
    location.href = shown.content; // by the page itself: WeChat's H5 page wants the referrer of the registered domain
    return;
  }
  if (document.getElementById("app")?.dataset.form !== shown.attempt_id) {
    // A page may post only to the origins that its own headers name: the page with this form in it does.
    location.replace(pageAddress("go"));
    return;
  }
  openedHere.note(shown.attempt_id);
  const form = document.createElement("form");
  form.method = "post";
  form.action = shown.content;
  form.acceptCharset = "utf-8";
  form.hidden = true;
  for (const [name, value] of Object.entries(shown.params)) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

async function bridge(shown: Shown): Promise<void> {
  if (shown.product === "wechat_mini") {
    // A web view in a mini program opens no password sheet: the shop's own page there does, with these parameters.
    await ready(() => window.WeixinJSBridge, "WeixinJSBridgeReady");
    const url = `${MINI_PROGRAM_PAGE}?${new URLSearchParams(shown.params)}`;
    window.WeixinJSBridge?.invoke("invokeMiniProgramAPI", { name: "navigateTo", arg: { url } }, () => undefined);
    return;
  }
  if (shown.product.startsWith("alipay")) {
    await ready(() => window.AlipayJSBridge, "AlipayJSBridgeReady");
    const params = { tradeNO: shown.params.tradeNO ?? "" };
    await new Promise((done) => window.AlipayJSBridge?.call("tradePay", params, done) ?? done(null));
    return;
  }
  await ready(() => window.WeixinJSBridge, "WeixinJSBridgeReady");
  await new Promise((done) => window.WeixinJSBridge?.invoke("getBrandWCPayRequest", shown.params, done) ?? done(null));
}

/** In-app browsers put their bridge in place after the page has begun. */
function ready(here: () => unknown, event: string): Promise<void> {
  if (here()) return Promise.resolve();
  return new Promise((done) => {
    const timer = setTimeout(done, BRIDGE_WAIT_MS);
    document.addEventListener(
      event,
      () => {
        clearTimeout(timer);
        done();
      },
      { once: true },
    );
  });
}
