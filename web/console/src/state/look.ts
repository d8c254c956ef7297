import { useMediaQuery } from "./media";
import { computed, ref, watchEffect } from "vue";

/** Light, dark, or as the device has it. */
export type Look = "auto" | "light" | "dark";

const KEY = "payswitch.look";
const kept = localStorage.getItem(KEY);

export const look = ref<Look>(kept === "light" || kept === "dark" ? kept : "auto");

const deviceIsDark = useMediaQuery("(prefers-color-scheme: dark)");
export const dark = computed(() => (look.value === "auto" ? deviceIsDark.value : look.value === "dark"));
/** A phone, or a window as narrow. */
export const narrow = useMediaQuery("(max-width: 760px)");

watchEffect(() => {
  localStorage.setItem(KEY, look.value);
  document.documentElement.dataset["look"] = dark.value ? "dark" : "light";
});
