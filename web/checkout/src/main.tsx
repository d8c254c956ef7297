/** Takes over the page that the service wrote: same markup, then alive. Without it every button is a form. */
import { render } from "preact";
import { App, type Arrived } from "./app";
import "./checkout.css";
import type { View } from "./view";

const SIZE = "size";

function begin(): void {
  const data = document.getElementById("view");
  const root = document.getElementById("app");
  if (!data || !root) return;
  const arrived = cleanAddress();
  document.documentElement.classList.add("js");
  render(<App first={JSON.parse(data.textContent ?? "null") as View} arrived={arrived} />, root);
  document.documentElement.dataset.ready = "yes";
}

/** `?go` (a button of the page without script) and `?check` (a wallet's way back) are said once. */
function cleanAddress(): Arrived {
  const address = new URL(location.href);
  const arrived = { go: address.searchParams.has("go"), back: address.searchParams.has("check") };
  for (const name of ["go", "check", "noid"]) address.searchParams.delete(name);
  // WeChat's login leaves its fragment behind.
  address.hash = "";
  if (address.href !== location.href) history.replaceState(null, "", address.pathname + address.search);
  return arrived;
}

/** 大字 stays chosen on this phone. */
function rememberSize(): void {
  const asked = new URLSearchParams(location.search).get(SIZE);
  try {
    if (asked) localStorage.setItem(SIZE, asked);
    const size = asked ?? localStorage.getItem(SIZE);
    if (size) document.documentElement.dataset.size = size;
  } catch {
    /* no storage here: the link in the footer still works */
  }
}

rememberSize();
begin();
