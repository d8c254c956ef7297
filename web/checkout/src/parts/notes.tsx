import type { Notice, Surplus } from "../view";
import { say } from "../words";

export function NoticeLine({ notice }: { notice: Notice }) {
  const method = say(notice.method ? `method.${notice.method}` : "method");
  const text = say(`notice.${notice.code}`, { method }) || say(notice.code) || say("trouble");
  return (
    <p class="note note-warn" role="alert">
      {text}
    </p>
  );
}

/** Money that came twice, or too late: said as soon as it is known, until it is back. */
export function SurplusNote({ surplus }: { surplus: Surplus }) {
  const key = (surplus.late ? "late" : "surplus") + (surplus.done ? ".done" : "");
  return (
    <p class={`note ${surplus.done ? "note-ok" : "note-info"}`} role="status" data-surplus={surplus.done ? "done" : "on-its-way"}>
      {say(key, { amount: surplus.amount })}
    </p>
  );
}

export function Offline() {
  return (
    <p class="note note-warn offline" role="status">
      {say("offline")}
    </p>
  );
}
