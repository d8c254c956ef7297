import { shallowRef } from "vue";

export interface Question {
  title: string;
  /** What will happen, and what will not. */
  text: string;
  /** What is lost by it, in red; "" where nothing is. */
  warning?: string;
  /** The word on the button: the act itself, never "OK". */
  action: string;
  /** A reason must be written; it is kept in the audit trail. */
  reason?: boolean;
  /** Reasons that a thumb can choose instead of typing. */
  suggestions?: string[];
  danger?: boolean;
}

export const asked = shallowRef<{ question: Question; answer: (reason: string | null) => void } | null>(null);

/** Asks before something is done. The reason ("" where none is asked for), or null: not done. */
export function confirm(question: Question): Promise<string | null> {
  return new Promise((resolve) => {
    asked.value?.answer(null);
    asked.value = { question, answer: resolve };
  });
}

/** Takes the question back: whoever was asked is not there any more. */
export function withdraw(): void {
  asked.value?.answer(null);
  asked.value = null;
}
