import { say } from "../words";

/** The same page with one thing changed; links, so that they work without script. */
function changed(name: string, value: string): string {
  const address = new URL(location.href);
  address.searchParams.set(name, value);
  return address.pathname + address.search;
}

export function Footer() {
  const root = document.documentElement;
  const large = root.dataset.size === "large";
  const other = root.lang.startsWith("zh") ? "en" : "zh";
  return (
    <footer class="foot">
      <span class="secure">{say("secure")}</span>
      <nav>
        <a href={changed("size", large ? "usual" : "large")}>{say(large ? "size.usual" : "size.large")}</a>
        <a href={changed("lang", other)} lang={other === "en" ? "en" : "zh-CN"}>
          {say("lang")}
        </a>
      </nav>
    </footer>
  );
}
