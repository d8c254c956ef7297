import { computed, shallowReactive } from "vue";
import { useRoute } from "vue-router";
import { GROUPS, type Group, type Page } from "../pages/page";
import { pages } from "../pages";
import { can, session } from "../state/session";

/** Pages that asked whether they can work here, and the answer. */
const answers = shallowReactive(new Map<string, boolean>());

export async function askWhichPagesWork(): Promise<void> {
  await Promise.all(
    pages.map(async (page) => {
      if (page.when && can(page.needs)) answers.set(page.path, await page.when().catch(() => false));
    }),
  );
}

/** The pages of the menu that this person may open. */
export const open = computed<Page[]>(() =>
  session.value.user === null
    ? []
    : pages.filter((page) => page.group && can(page.needs) && (!page.when || answers.get(page.path) === true)),
);

/** Whether the address belongs to a page of the menu: its own, or one that was opened from it. */
export function useAt(): (path: string) => boolean {
  const route = useRoute();
  return (path) => route.path === path || route.path.startsWith(`${path}/`);
}

export const groups = computed(() =>
  (Object.keys(GROUPS) as Group[])
    .map((group) => ({ group, title: GROUPS[group], pages: open.value.filter((page) => page.group === group) }))
    .filter((one) => one.pages.length > 0),
);

export const phoneBar = computed(() =>
  open.value.filter((page) => page.onPhone).sort((one, other) => (one.onPhone ?? 9) - (other.onPhone ?? 9)).slice(0, 4),
);
