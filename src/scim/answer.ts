import type { Response } from 'express';
import { sendNothing, sendText } from './transport/respond.js';

/**
 * What an operation answers, before it is put on a connection. A class, so that the router's answers and ours can be
 * told apart where both pass.
 */
export class Answer {
  readonly status: number;
  /** JSON text; null: no body. */
  readonly body: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: string | null, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export function sendAnswer(response: Response, answer: Answer): void {
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  if (answer.body === null) sendNothing(response, answer.status === 304 ? 304 : 204);
  else sendText(response, answer.status, answer.body);
}
