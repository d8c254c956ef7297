/** The page's one piece of state, and what the customer can do with it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { payWithApple } from "./apple";
import { watch, type Watcher } from "./live";
import { Choose } from "./parts/choose";
import { NoticeLine, Offline, SurplusNote } from "./parts/notes";
import { Result } from "./parts/result";
import { Sheet } from "./parts/sheet";
import { Summary } from "./parts/summary";
import { Footer } from "./parts/footer";
import { Waiting } from "./parts/waiting";
import { post, Unreachable } from "./service";
import type { Notice, View } from "./view";
import { openedHere, openWallet, opens } from "./wallet";

export interface Actions {
  pay(method: string, fields?: Record<string, string>): Promise<void>;
  open(): void;
  done(): Promise<void>;
  choose(): void;
  back(): void;
  take(view: View): void;
  say(notice: Notice | null): void;
}

export interface Arrived {
  /** A button of the page without script was pressed, or the page was loaded anew for a form: open the wallet once. */
  go: boolean;
  /** The wallet sent the customer back. */
  back: boolean;
}

export function App({ first, arrived }: { first: View; arrived: Arrived }) {
  const [view, setView] = useState(first);
  const [notice, say] = useState<Notice | null>(first.notice);
  const [choosing, setChoosing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [sheet, setSheet] = useState<"" | "ask" | "checking" | "unpaid">("");
  const [well, setWell] = useState(true);
  const watcher = useRef<Watcher | null>(null);
  const now = useRef(view);
  now.current = view;

  const take = (next: View): void => {
    if (next.version < now.current.version) return; // overtaken by a newer one
    if (next.notice) say(next.notice);
    if (next.key === now.current.key && next.phase !== "choose") return;
    if (next.phase !== "waiting") setSheet("");
    if (next.phase !== "waiting" && next.phase !== "choose") {
      setChoosing(false);
      say(null);
    }
    now.current = next; // what comes before the next drawing is compared with this one
    setView(next);
  };

  useEffect(() => {
    watcher.current = watch(take, setWell);
    const ask = (): void => {
      const shown = now.current.shown;
      // Back from the wallet: the server asks the channel (live.ts does), the customer is asked, too.
      if (document.visibilityState === "visible" && shown && openedHere.has(shown.attempt_id)) setSheet("ask");
      setBusy(false);
    };
    const shownAgain = (event: PageTransitionEvent): void => {
      if (event.persisted) ask();
    };
    document.addEventListener("visibilitychange", ask);
    window.addEventListener("pageshow", shownAgain);
    const shown = first.shown;
    if (shown && arrived.go && !openedHere.has(shown.attempt_id) && opens(shown)) {
      void enter(first);
    } else if (shown && opens(shown) && (arrived.back || openedHere.has(shown.attempt_id))) {
      setSheet("ask");
      void watcher.current.ask();
    }
    return () => watcher.current?.stop();
  }, []);

  const enter = async (next: View): Promise<void> => {
    take(next);
    if (!next.shown || !opens(next.shown)) return;
    await openWallet(next.shown);
    // A sheet over this page has closed (JSAPI). Its word is no fact: ask.
    await watcher.current?.ask();
    if (now.current.phase === "waiting") setSheet("ask");
  };

  const actions: Actions = {
    take,
    say,
    pay: async (method, fields = {}) => {
      if (busy) return;
      setBusy(true);
      say(null);
      try {
        if (method === "apple_pay") {
          take(await payWithApple(now.current));
        } else {
          const path = now.current.phase === "waiting" ? "/switch" : "/start";
          const next = await post(path, { method, ...fields });
          if (next.phase === "waiting" && !next.notice) setChoosing(false);
          await enter(next);
        }
      } catch (trouble) {
        say({ code: trouble instanceof Unreachable ? "offline" : "trouble", method: null });
      }
      setBusy(false);
    },
    open: () => {
      if (view.shown) void enter(view);
    },
    done: async () => {
      setSheet("checking");
      const next = await watcher.current?.ask();
      setSheet(next && next.phase !== "waiting" ? "" : "unpaid");
    },
    choose: () => {
      setSheet("");
      setChoosing(true);
    },
    back: () => setChoosing(false),
  };

  const choose = view.phase === "choose" || (view.phase === "waiting" && choosing);
  return (
    <main class={`page phase-${view.phase}`} data-phase={view.phase} data-environment={view.environment}>
      <Summary view={view} />
      <section class="body" inert={sheet !== "" && !choosing}>
        {notice && <NoticeLine notice={notice} />}
        {view.surplus && <SurplusNote surplus={view.surplus} />}
        {choose ? (
          <Choose view={view} actions={actions} busy={busy} other={view.phase === "waiting"} refused={notice?.method ?? null} />
        ) : view.phase === "waiting" && view.shown ? (
          <Waiting view={view} shown={view.shown} actions={actions} />
        ) : (
          <Result view={view} />
        )}
        {!well && <Offline />}
      </section>
      {sheet && view.shown && !choosing && <Sheet stage={sheet} method={view.shown.method} actions={actions} />}
      <Footer />
    </main>
  );
}
