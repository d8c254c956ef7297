import { ref } from "vue";
import { session } from "../../state/session";
import { getSummary } from "./api";

const GAP_MS = 10_000;
const open = ref(0);
let timer = 0;

async function look(): Promise<void> {
  if (document.visibilityState !== "visible" || session.value.user === null) return;
  // A badge that cannot be read is not worth a message: the page itself says what is wrong.
  open.value = await getSummary().then((found) => found.open, () => open.value);
}

/** How many alerts are open, for the menu; asked for as long as the console is looked at. Reactive. */
export function openAlerts(): number {
  if (!timer) {
    timer = window.setInterval(() => void look(), GAP_MS);
    void look();
  }
  return open.value;
}
