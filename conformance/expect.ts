import type { Answer } from './answer.js';
import { unmet } from './verdict.js';
import { canonical, type Json, type JsonObject, objectsAt, stringsAt } from './json.js';
import { ERROR, LIST_RESPONSE } from './names.js';

/** The answer has one of these statuses. */
export function expectStatus(answer: Answer, ...statuses: readonly number[]): void {
  if (!statuses.includes(answer.status)) unmet(answer, `status ${statuses.join(' or ')}`);
}

export function expectSuccess(answer: Answer): void {
  if (answer.status < 200 || answer.status > 299) unmet(answer, 'a status of success');
}

/** The request was refused for a reason that the client can mend: 4xx, or 501 for what is not built. */
export function expectRefusal(answer: Answer): void {
  if ((answer.status < 400 || answer.status > 499) && answer.status !== 501) unmet(answer, 'a refusal (4xx or 501)');
}

/** Whatever was sent, the server must not break over it. */
export function expectNoBreakdown(answer: Answer): void {
  if (answer.status >= 500 && answer.status !== 501) unmet(answer, 'no 5xx');
}

/** A status with one of these scimTypes. @see RFC 7644 section 3.12 */
export function expectError(answer: Answer, status: number | readonly number[], ...scimTypes: readonly string[]): void {
  expectStatus(answer, ...(typeof status === 'number' ? [status] : status));
  if (scimTypes.length > 0 && !scimTypes.includes(String(answer.body['scimType']))) unmet(answer, `scimType ${scimTypes.join(' or ')}`);
}

/** The body is a SCIM error of the status of the answer. @see RFC 7644 section 3.12 */
export function expectErrorBody(answer: Answer): void {
  if (!stringsAt(answer.body['schemas']).includes(ERROR)) unmet(answer, `a body with schemas [${ERROR}]`);
  if (answer.body['status'] !== String(answer.status)) unmet(answer, `"status": "${answer.status}", a string`);
}

export function expectEqual(answer: Answer, what: string, got: Json | undefined, expected: Json | undefined): void {
  if (canonical(got) !== canonical(expected)) unmet(answer, `${what}: ${show(expected)}`, show(got));
}

/** `holds` is what the sentence `expected` says. */
export function expectThat(answer: Answer, holds: boolean, expected: string, got?: Json | undefined): void {
  if (!holds) unmet(answer, expected, ...(got === undefined ? [] : [show(got)]));
}

/** 200 with a ListResponse; returns its resources. @see RFC 7644 section 3.4.2 */
export function expectList(answer: Answer): readonly JsonObject[] {
  expectStatus(answer, 200);
  if (!stringsAt(answer.body['schemas']).includes(LIST_RESPONSE)) unmet(answer, `a ListResponse with schemas [${LIST_RESPONSE}]`);
  return objectsAt(answer.body['Resources']);
}

/** totalResults, whether it is a number or, wrongly, its text: that it is a number is a check of its own. */
export function totalOf(answer: Answer): number {
  return Number(answer.body['totalResults']);
}

export function show(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
