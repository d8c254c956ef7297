import { ref, watchEffect } from "vue";

export type Language = "zh" | "en";

const KEY = "payswitch.language";

function atFirst(): Language {
  const kept = localStorage.getItem(KEY);
  if (kept === "zh" || kept === "en") return kept;
  return navigator.language.toLowerCase().startsWith("en") ? "en" : "zh";
}

/** The language of the whole console; kept in this browser. */
export const language = ref<Language>(atFirst());

watchEffect(() => {
  localStorage.setItem(KEY, language.value);
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
});

/** One text in both languages. */
export interface Both {
  zh: string;
  en: string;
}

/** A text in the language of the page; reactive. */
export function say(text: Both): string {
  return text[language.value];
}

type Words = { [name: string]: string | ((...values: never[]) => string) | Words };
/** English must have exactly what Chinese has. */
type Same<T> = {
  [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...values: infer A) => string
      ? (...values: A) => string
      : Same<T[K]>;
};

/**
 * The texts of one page or component in both languages; reading one gives it in the language of the page and is
 * reactive: `export const t = texts({ zh: { title: "渠道" }, en: { title: "Channels" } })`, then `{{ t.title }}`.
 */
export function texts<T extends Words>(both: { zh: T; en: Same<NoInfer<T>> }): T {
  return new Proxy(both.zh, {
    get: (_, name: string) => (both[language.value] as T)[name],
  });
}
