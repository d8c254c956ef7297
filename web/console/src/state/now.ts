import { readonly, ref } from "vue";

const now = ref(Date.now());
window.setInterval(() => (now.value = Date.now()), 1_000);

/** This moment, once a second: for "2 min ago" and countdowns. */
export const nowMs = readonly(now);
