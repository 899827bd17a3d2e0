import { messageOf, type UpstreamResponse } from '../http.js';

/** Failures are short; a longer body is a page of data and not worth parsing twice. */
const FAILURE_MAX = 4096;
const REFUSED =
  /access[_ ]token|api[_ ]key|unauthori[sz]ed|not authori[sz]ed|authenticat|access[_ ]denied|permission|credentials|not active anymore/i;
/** No refresh helps: a person has to connect again. */
const FOR_GOOD = /not active anymore/i;
const TOO_FAST = /too many requests|rate limit/i;
const GONE = /not found|not exist|n't exist|no such|no longer|deleted|invalid/i;

/** `success: false`, which Cloudbeds sends under 200 as well as under 4xx. */
export function isFailure({ text }: Pick<UpstreamResponse, 'text'>): boolean {
  if (text.length > FAILURE_MAX) return false;
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'success' in body && body.success === false;
  } catch {
    return false;
  }
}

/** Does this answer mean that our credentials are not accepted? Nobody has said what an expired token looks like, so all forms count. */
export function refusalOf(response: UpstreamResponse): 'none' | 'renewable' | 'final' {
  const said = response.text.length > FAILURE_MAX ? '' : messageOf(response);
  if (isFailure(response) && FOR_GOOD.test(said)) return 'final';
  if (response.status === 401 || response.status === 403) return 'renewable';
  return isFailure(response) && REFUSED.test(said) ? 'renewable' : 'none';
}

/** "Too fast" in a success:false: how a 429 of Cloudbeds looks is not documented. */
export function isThrottled(response: UpstreamResponse): boolean {
  return isFailure(response) && TOO_FAST.test(messageOf(response));
}

/**
 * Does the source itself say that there is no such reservation? Only in its own envelope and by naming the reservation: a
 * 404 of a proxy, or of a wrong base address, must not take access away.
 */
export function saysReservationGone(response: UpstreamResponse): boolean {
  if (!isFailure(response) || (response.status !== 200 && response.status !== 400 && response.status !== 404)) return false;
  const said = messageOf(response);
  return /reservation/i.test(said) && GONE.test(said);
}
