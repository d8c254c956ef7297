import { useMessage, useNotification } from "naive-ui";
import { h, ref, type Ref } from "vue";
import { Problem } from "../api/problem";
import { c } from "../texts/common";

/** Shows what the service refused: what, why, which field, and the number to quote. */
export function useProblems(): (error: unknown) => void {
  const notification = useNotification();
  return (error) => {
    if (!(error instanceof Problem)) throw error;
    const lines = error.errors.map((one) => h("li", null, `${one.field}: ${one.message}`));
    notification.error({
      title: error.title,
      content: () => h("div", null, [error.detail, lines.length ? h("ul", { class: "problem-fields" }, lines) : null]),
      ...(error.requestId ? { meta: `${c.requestId} ${error.requestId}` } : {}),
      duration: 12_000,
      keepAliveOnHover: true,
    });
  };
}

/**
 * For buttons: `await act(() => api.post(...), t.closed)` shows the text, or the problem. True when it worked. `busy`
 * while it runs: a second press does nothing.
 */
export function useAct(): { act: (work: () => Promise<unknown>, done?: string) => Promise<boolean>; busy: Ref<boolean> } {
  const message = useMessage();
  const show = useProblems();
  const busy = ref(false);
  async function act(work: () => Promise<unknown>, done: string = c.done): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    try {
      await work();
      message.success(done);
      return true;
    } catch (error) {
      show(error);
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { act, busy };
}
