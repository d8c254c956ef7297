import { refusal } from "./client";
import { unreachable } from "./problem";

/** Takes a file out of the service: posted, because that is written into the audit trail. Rejects with a `Problem`. */
export async function download(path: string): Promise<void> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "X-PaySwitch-Console": "1" },
    credentials: "same-origin",
  }).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw refusal(response.status, (await response.json().catch(() => ({}))) as object);
  const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? "download";
  const address = URL.createObjectURL(await response.blob());
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
