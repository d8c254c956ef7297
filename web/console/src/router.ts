import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteRecordRaw } from "vue-router";
import { whenSignedOut } from "./api/client";
import { Problem } from "./api/problem";
import { askWhichPagesWork } from "./layout/menu";
import { pages } from "./pages";
import type { Page } from "./pages/page";
import { withdraw } from "./state/confirm";
import { can, forget, signedIn } from "./state/session";

declare module "vue-router" {
  interface RouteMeta {
    page?: Page;
    /** No menu around it, and nobody need be signed in. */
    bare?: boolean;
  }
}

const plain = () => import("./layout/PlainPage.vue");

const routes: RouteRecordRaw[] = [
  { path: "/", redirect: () => pages.find((page) => page.group && can(page.needs))?.path ?? "/live" },
  { path: "/sign-in", component: () => import("./pages/login/LinkPage.vue"), meta: { bare: true } },
  { path: "/login", component: () => import("./pages/login/LoginPage.vue"), meta: { bare: true } },
  { path: "/sign-in", component: () => import("./pages/login/LinkPage.vue"), meta: { bare: true } },
  ...pages.map((page) => ({ path: page.path, component: page.load, meta: { page } })),
  { path: "/unreachable", component: plain, props: { kind: "unreachable" }, meta: { bare: true } },
  { path: "/no-permission", component: plain, props: { kind: "noPermission" } },
  { path: "/:rest(.*)*", component: plain, props: { kind: "notFound" } },
];

export const router = createRouter({
  history: createWebHistory("/console/"),
  routes,
  scrollBehavior: (_to, _from, kept) => kept ?? { top: 0 },
});

let asked = false;

router.beforeEach(async (to) => {
  if (to.meta.bare) return true;
  const known = await signedIn().catch(noAnswer);
  if (known === null) return { path: "/unreachable", query: { next: to.fullPath }, replace: true };
  if (!known) return login(to);
  if (!asked) {
    asked = true;
    await askWhichPagesWork();
  }
  const page = to.meta.page;
  return !page || can(page.needs) ? true : { path: "/no-permission" };
});

function noAnswer(error: unknown): null {
  if (error instanceof Problem) return null;
  throw error;
}

/** `ended`: somebody was signed in a moment ago, and is told why they are asked again. */
function login(to: RouteLocationNormalized, ended = false) {
  return { path: "/login", query: { ...(to.fullPath === "/" ? {} : { next: to.fullPath }), ...(ended ? { ended: "1" } : {}) } };
}

// After an update of the service the old pages' files are gone: the address opens anew, with the new ones.
window.addEventListener("vite:preloadError", () => window.location.reload());

whenSignedOut(() => {
  forget();
  asked = false;
  const now = router.currentRoute.value;
  if (now.meta.bare) return;
  withdraw();
  void router.replace(login(now, true));
});
