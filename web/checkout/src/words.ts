/** The page's words. `words.json` is also what the service writes the page without script with. */
import all from "./words.json";

export type Key = keyof typeof all;

const language = document.documentElement.lang.startsWith("zh") ? 0 : 1;

/** The text in the page's language, with `{name}` filled in. An unknown key is shown as nothing. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  const pair = (all as Record<string, string[]>)[key];
  const text = pair ? (pair[language] ?? "") : "";
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** `微信支付、支付宝` or `WeChat Pay, Alipay`. */
export function list(keys: string[]): string {
  return keys.map((key) => say(key)).join(language === 0 ? "、" : ", ");
}
