import { reactive, watch } from "vue";
import { useRoute, useRouter } from "vue-router";

/**
 * A page's filters as a reactive object that lives in the address: whoever is sent the address sees the same page.
 * What equals its default is left out of the address. Changes replace the entry of the history, so that "back" leaves
 * the page.
 */
export function useQueryState<T extends Record<string, string>>(defaults: T): T {
  const route = useRoute();
  const router = useRouter();
  const path = route.path;
  const state = reactive({ ...defaults }) as T;
  const names = Object.keys(defaults) as (keyof T & string)[];

  watch(
    () => route.query,
    (query) => {
      if (route.path !== path) return;
      for (const name of names) {
        const given = query[name];
        state[name] = (typeof given === "string" ? given : defaults[name]) as T[typeof name];
      }
    },
    { immediate: true },
  );
  watch(state, () => {
    const query = { ...route.query };
    for (const name of names) {
      if (state[name] === defaults[name] || state[name] === "") delete query[name];
      else query[name] = state[name] as string;
    }
    void router.replace({ query });
  });
  return state;
}
