/** Apple Pay on the web. The token debits by itself: the sheet says "done" only when the service does. */
import { post } from "./service";
import type { View } from "./view";

interface Session {
  begin(): void;
  abort(): void;
  completeMerchantValidation(session: unknown): void;
  completePayment(result: { status: number }): void;
  onvalidatemerchant: (event: { validationURL: string }) => void;
  onpaymentauthorized: (event: { payment: { token: unknown } }) => void;
  oncancel: () => void;
}
interface SessionClass {
  new (version: number, request: unknown): Session;
  canMakePayments(): boolean;
  STATUS_SUCCESS: number;
  STATUS_FAILURE: number;
}

const VERSION = 3;

function sessionClass(): SessionClass | undefined {
  return (window as unknown as { ApplePaySession?: SessionClass }).ApplePaySession;
}

export function hasApplePay(): boolean {
  try {
    return sessionClass()?.canMakePayments() === true;
  } catch {
    return false; // not over https
  }
}

/** Must run in the tap itself: Apple opens its sheet for a gesture only. Resolves with the view after it. */
export function payWithApple(view: View): Promise<View> {
  const Apple = sessionClass() as SessionClass;
  const session = new Apple(VERSION, {
    countryCode: "CN",
    currencyCode: "CNY",
    supportedNetworks: ["chinaUnionPay"],
    merchantCapabilities: ["supports3DS", "supportsEMV"],
    total: { label: view.shop_name, amount: (view.amount_fen / 100).toFixed(2) },
  });
  return new Promise((done) => {
    const failed = (): void => done({ ...view, notice: { code: "apple_pay", method: "apple_pay" } });
    session.onvalidatemerchant = (event) => {
      post<unknown>("/apple-pay-session", { validation_url: event.validationURL, domain: location.hostname })
        .then((answer) => {
          if (answer && typeof answer === "object" && "notice" in answer) throw new Error("no session");
          session.completeMerchantValidation(answer);
        })
        .catch(() => {
          session.abort();
          failed();
        });
    };
    session.onpaymentauthorized = (event) => {
      post("/confirm", { apple_pay_token: JSON.stringify(event.payment.token) })
        .then((next) => {
          session.completePayment({ status: next.phase === "succeeded" ? Apple.STATUS_SUCCESS : Apple.STATUS_FAILURE });
          done(next);
        })
        .catch(() => {
          // The token may have been debited: the view that the service tells next says so.
          session.completePayment({ status: Apple.STATUS_FAILURE });
          done(view);
        });
    };
    session.oncancel = () => done(view);
    session.begin();
  });
}
