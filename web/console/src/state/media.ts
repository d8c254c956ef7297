import { readonly, ref, type Ref } from "vue";

/** Whether a media query holds, now and whenever it changes. For the life of the page. */
export function useMediaQuery(query: string): Readonly<Ref<boolean>> {
  const media = window.matchMedia(query);
  const holds = ref(media.matches);
  media.addEventListener("change", () => (holds.value = media.matches));
  return readonly(holds);
}
