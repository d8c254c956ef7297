import { useMessage } from "naive-ui";
import { api, search } from "../../api/client";
import { useAct } from "../../state/act";
import { confirm } from "../../state/confirm";
import { language } from "../../texts/language";
import { whatIsLost, type Movable } from "./disabling";
import { t } from "./texts";

interface Finding {
  severity: string;
  what: string;
}

/** Both languages stand in what a probe says: "english / 中文". */
function oneLanguage(text: string): string {
  const [english, chinese] = text.split(" / ");
  return (language.value === "zh" ? chinese : english) ?? text;
}

/** What an operator can do with a channel at once; each asks first, and its reason goes into the audit trail. */
export function useChannelActs() {
  const { act, busy } = useAct();
  const message = useMessage();

  async function move(channel: Movable): Promise<boolean> {
    const disable = channel.state === "enabled";
    const reason = await confirm({
      title: disable ? t.disableTitle(channel.name) : t.enableTitle(channel.name),
      text: disable ? t.disableText : t.enableText,
      warning: disable ? whatIsLost(channel.only_for) : "",
      suggestions: Object.values(disable ? t.disableReasons : t.enableReasons),
      action: disable ? t.disable : t.enable,
      danger: disable,
      reason: true,
    });
    if (reason === null) return false;
    const what = disable ? "disable" : "enable";
    return act(() => api.post(`/v1/admin/channels/${channel.channel_id}/${what}${search({ reason })}`), t.done[what]);
  }

  async function probe(channel: { channel_id: string; name: string }): Promise<void> {
    const reason = await confirm({ title: t.probeTitle(channel.name), text: t.probeText, action: t.probe });
    if (reason === null) return;
    await act(async () => {
      const { findings } = await api.post<{ findings: Finding[] }>(`/v1/admin/channels/${channel.channel_id}/probe`);
      const worst = findings.find((one) => one.severity !== "ok") ?? findings[0];
      if (worst) message[worst.severity === "ok" ? "info" : "warning"](t.probed(oneLanguage(worst.what)), { duration: 8_000 });
    });
  }

  return { move, probe, busy };
}
