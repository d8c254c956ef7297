import { shallowReactive } from "vue";
import { channelChoices, shopChoices } from "../api/desk";
import { Problem } from "../api/problem";
import { isProduct, productName } from "../texts/words";

/** An id that is not known is asked for again at most so often: a channel may be new. */
const AGAIN_MS = 60_000;
const names = shallowReactive(new Map<string, string>());
let askedAtMs = 0;

/** What people call this channel; its id until that is known, or where it has no name. */
export const channelName = (id: string): string => nameOf(`channel ${id}`) ?? id;
export const shopName = (id: string): string => nameOf(`shop ${id}`) ?? id;

/**
 * A sentence of the service with the names that people know: 微信支付·主 for `wechat-main`, 微信 扫码 for
 * `wechat_native`. The service speaks in ids, which are the same in logs, files and evidence. Only whole words: a number
 * that contains an id stays as it is.
 */
export function readable(sentence: string): string {
  return sentence.replace(/[A-Za-z0-9_-]+/g, (word) => (isProduct(word) ? productName(word) : (nameOf(`channel ${word}`, false) ?? nameOf(`shop ${word}`, false) ?? word)));
}

/** Somebody else signs in: other merchants, other names. */
export function forgetNames(): void {
  names.clear();
  askedAtMs = 0;
}

function nameOf(key: string, known = true): string | undefined {
  const found = names.get(key);
  if (askedAtMs === 0 || (known && found === undefined && Date.now() - askedAtMs > AGAIN_MS)) {
    askedAtMs = Date.now();
    void ask();
  }
  return found;
}

async function ask(): Promise<void> {
  const never = new AbortController().signal;
  try {
    const [channels, shops] = await Promise.all([channelChoices(never), shopChoices(never)]);
    for (const one of channels) if (one.name) names.set(`channel ${one.id}`, one.name);
    for (const one of shops) if (one.name) names.set(`shop ${one.id}`, one.name);
  } catch (error) {
    if (!(error instanceof Problem)) throw error; // the ids stand there meanwhile
  }
}
