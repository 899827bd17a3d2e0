import { DateTime } from 'luxon';
import { epochMs, type Instant, instant } from '../../domain/time.js';
import { messageOf, type UpstreamResponse } from '../http.js';
import { Throttled, UpstreamContract, type UpstreamError, UpstreamRefused, UpstreamUnavailable } from '../upstream-errors.js';
import { checkError } from './schema.js';

/** Why Google said no, in its own codes: of both forms of the envelope, which may be present at once. */
export interface Fault {
  readonly reasons: ReadonlySet<string>;
  readonly message: string;
}

/** Reasons that pass by themselves, whatever the status. */
const PASSING: readonly string[] = [
  'quotaExceeded',
  'rateLimitExceeded',
  'sharingRateLimitExceeded',
  'userRateLimitExceeded',
  'backendError',
  'badGateway',
  'gatewayTimeout',
  'internalError',
  'transientError',
];
/** A quota answer of Google's front end that is no JSON. */
const PLAIN_QUOTA = 'Request rate higher than configured';

const NOT_ENABLED = ['accessNotConfigured', 'SERVICE_DISABLED'];
const SCOPE_MISSING = ['insufficientPermissions', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'];

/** Reads an error body, whatever it is: an envelope, text or HTML. */
export function faultOf(response: UpstreamResponse): Fault {
  try {
    const { error } = checkError(response.json());
    const reasons = [
      error.status,
      ...(error.errors ?? []).map(({ reason }) => reason),
      ...(error.details ?? []).map(({ reason }) => reason),
    ];
    return { reasons: new Set(reasons.filter((reason) => reason !== undefined)), message: messageOf(response) };
  } catch (error) {
    if (error instanceof UpstreamContract) return { reasons: new Set(), message: messageOf(response) };
    throw error;
  }
}

/** Quotas come as 403 too, one of them as plain text. */
export function isThrottled(response: UpstreamResponse): boolean {
  if (response.status < 400 || response.status >= 500) return false;
  return response.text.trimStart().startsWith(PLAIN_QUOTA) || has(faultOf(response), PASSING);
}

/** The group belongs to somebody else's domain, or the admin may not read at all: Google has one word for both. */
export function isForbidden(response: UpstreamResponse): boolean {
  return response.status === 403 && has(faultOf(response), ['forbidden']);
}

/**
 * Did Google itself say that this is not there? The 404 of anything else on the way (a proxy, a wrong base URL) proves
 * nothing.
 *
 * @param what as Google names it: `userKey`, `groupKey`
 */
export function isGone(response: UpstreamResponse, what: string): boolean {
  if (response.status !== 404) return false;
  const fault = faultOf(response);
  return has(fault, ['notFound']) && fault.message.includes(what);
}

/** Is the page token too old or not for these parameters? */
export function isBadPageToken(response: UpstreamResponse): boolean {
  if (response.status !== 400) return false;
  const fault = faultOf(response);
  return has(fault, ['invalid']) && !fault.message.includes('Invalid Customer Id');
}

/** What an answer that is no success means for whoever waits for it. */
export function failure(response: UpstreamResponse, now: Instant): UpstreamError {
  const fault = faultOf(response);
  const { status } = response;
  if (has(fault, ['dailyLimitExceeded', 'dailyLimitExceededUnreg'])) {
    return new Throttled('The daily quota of the Google Cloud project is used up.', nextQuotaDay(now));
  }
  if (status === 408) return new UpstreamUnavailable('Google gave up waiting for the request.');
  const advice = adviceFor(response, fault);
  if (advice !== null) return new UpstreamRefused(`${advice} Google says: ${fault.message}`);
  return new UpstreamContract(`Google answered ${status}: ${fault.message}`);
}

/** What a person has to do; null when nobody can. */
function adviceFor({ status, headers }: UpstreamResponse, fault: Fault): string | null {
  if (status === 400 && fault.message.includes('Invalid Customer Id')) return 'The customer of this integration is not known.';
  if (status === 404 && fault.message.includes('Domain not found')) return 'The domain of this integration is not known.';
  if (status !== 403) return null;
  if (has(fault, NOT_ENABLED)) return 'The Admin SDK API is not enabled in the Google Cloud project.';
  if (fault.message.includes('invalid domain.') || fault.message.includes('Domain cannot use apis')) {
    return 'The domain is not known, or API access is off in its Admin console.';
  }
  const challenge = headers['www-authenticate'] ?? '';
  // The newer word for any 403; alone, it has been seen for scopes.
  const bare = has(fault, ['PERMISSION_DENIED']) && !has(fault, ['forbidden']);
  if (has(fault, SCOPE_MISSING) || challenge.includes('insufficient_scope') || bare) {
    return 'The connection lacks the right to read users and groups: grant all scopes, then connect again.';
  }
  return 'The admin of this connection may not read users and groups: give a role with these rights.';
}

function has({ reasons }: Fault, wanted: readonly string[]): boolean {
  return wanted.some((reason) => reasons.has(reason));
}

/** Daily quotas start anew at midnight, Pacific time. */
function nextQuotaDay(now: Instant): Instant {
  return instant(DateTime.fromMillis(epochMs(now), { zone: 'America/Los_Angeles' }).plus({ days: 1 }).startOf('day').toMillis());
}
