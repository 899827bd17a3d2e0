import type { JsonObject } from './json.js';

export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly body: string | null;
}

export interface Answer {
  readonly sent: Sent;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly text: string;
  /** The JSON object; empty for anything else. */
  readonly body: JsonObject;
}

/** The answer as a report shows it: the status and the start of the body. */
export function brief(answer: Answer): string {
  const text = answer.text.replaceAll(/\s+/g, ' ');
  return `${answer.status}${text === '' ? ' without a body' : ` ${text.length > 300 ? `${text.slice(0, 300)}…` : text}`}`;
}
