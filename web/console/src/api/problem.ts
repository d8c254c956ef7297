import { language } from "../texts/language";

/** One wrong field of what was sent. The message is "english / 中文". */
export interface FieldProblem {
  field: string;
  message: string;
}

interface Document {
  code?: string;
  title?: string;
  title_zh?: string;
  detail?: string;
  detail_zh?: string;
  next_action?: string;
  request_id?: string;
  errors?: FieldProblem[];
}

/** What the service refused and why (RFC 9457), or that it could not be reached (status 0). */
export class Problem extends Error {
  readonly code: string;
  readonly requestId: string;
  readonly errors: FieldProblem[];

  constructor(
    readonly status: number,
    private readonly document: Document,
  ) {
    super(document.detail ?? document.title ?? `HTTP ${status}`);
    this.name = "Problem";
    this.code = document.code ?? "";
    this.requestId = document.request_id ?? "";
    this.errors = (document.errors ?? []).map((one) => ({ ...one, message: inOneLanguage(one.message) }));
  }

  /** What kind of problem, in the language of the page. */
  get title(): string {
    const { title, title_zh } = this.document;
    return (language.value === "zh" ? title_zh : title) ?? title ?? this.message;
  }

  /** What exactly, and what to do; empty where the title says it all. */
  get detail(): string {
    const { detail, detail_zh } = this.document;
    const text = (language.value === "zh" ? detail_zh ?? "" : detail) ?? "";
    return text === this.title ? "" : text;
  }
}

/** Messages about fields carry both languages: "must be a whole number / 须为整数". */
export function inOneLanguage(message: string): string {
  const [english, chinese] = message.split(" / ");
  return language.value === "zh" ? (chinese ?? message) : (english ?? message);
}

export function unreachable(): Problem {
  return new Problem(0, {
    code: "unreachable",
    title: "The service does not answer",
    title_zh: "服务没有应答",
    detail: "Check the network, then try again.",
    detail_zh: "请检查网络后重试。",
  });
}
