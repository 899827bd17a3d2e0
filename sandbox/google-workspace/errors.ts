import type { Response } from 'express';
import type { Fault } from '../kernel/faults.js';

/** One row of the error table: what goes out, byte for byte. */
export interface GoogleErrorRow {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const JSON_TYPE = { 'content-type': 'application/json; charset=UTF-8' };

/** The older envelope, with the newer status where Google sends both. */
export function envelope(status: number, reason: string, message: string, more: Readonly<Record<string, unknown>> = {}): GoogleErrorRow {
  const domain = /limit|quota/i.test(reason) ? 'usageLimits' : 'global';
  return {
    status,
    headers: JSON_TYPE,
    body: JSON.stringify({ error: { code: status, message, errors: [{ message, domain, reason }], ...more } }),
  };
}

function plain(status: number, body: string, type = 'text/plain'): GoogleErrorRow {
  return { status, body, headers: { 'content-type': type } };
}

const NOT_AUTHORIZED = 'Not Authorized to access this resource/api';
const SCOPE_DETAIL = {
  status: 'PERMISSION_DENIED',
  details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }],
};

/** Everything that Google is known to answer when it does not do what it was asked. */
export const GOOGLE_ERRORS = {
  invalid: envelope(400, 'invalid', 'Invalid Input: query'),
  badRequest: envelope(400, 'badRequest', 'Bad Request'),
  invalidCustomer: envelope(400, 'invalid', 'Invalid Customer Id'),
  badPageToken: envelope(400, 'invalid', 'Invalid Input: CAESxyz'),
  authError: envelope(401, 'authError', 'Invalid Credentials', { status: 'UNAUTHENTICATED' }),
  forbidden: envelope(403, 'forbidden', NOT_AUTHORIZED),
  insufficientPermissions: {
    ...envelope(403, 'insufficientPermissions', 'Insufficient Permission'),
    headers: { ...JSON_TYPE, 'www-authenticate': 'Bearer realm="https://accounts.google.com/", error="insufficient_scope"' },
  },
  scopeInsufficient: envelope(403, 'insufficientPermissions', 'Request had insufficient authentication scopes.', SCOPE_DETAIL),
  accessNotConfigured: envelope(403, 'accessNotConfigured', 'Admin SDK API has not been used in project 1 before or it is disabled.'),
  serviceDisabled: {
    ...plain(403, '', JSON_TYPE['content-type']),
    body: JSON.stringify({
      error: {
        code: 403,
        message: 'Admin SDK API has not been used in project 1 before or it is disabled.',
        status: 'PERMISSION_DENIED',
        details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'SERVICE_DISABLED' }],
      },
    }),
  },
  userRateLimitExceeded: envelope(403, 'userRateLimitExceeded', 'User Rate Limit Exceeded'),
  quotaExceeded: envelope(403, 'quotaExceeded', 'Quota exceeded.'),
  dailyLimitExceeded: envelope(403, 'dailyLimitExceeded', 'Daily Limit Exceeded'),
  plainQuota: plain(403, 'Request rate higher than configured.'),
  invalidDomain: plain(403, 'invalid domain.'),
  domainCannotUseApis: envelope(403, 'domainCannotUseApis', 'Domain cannot use apis.'),
  userNotFound: envelope(404, 'notFound', 'Resource Not Found: userKey'),
  groupNotFound: envelope(404, 'notFound', 'Resource Not Found: groupKey'),
  memberNotFound: envelope(404, 'notFound', 'Resource Not Found: memberKey'),
  domainNotFound: envelope(404, 'notFound', 'Domain not found.'),
  orgUnitNotFound: envelope(404, 'notFound', 'Org unit not found'),
  channelNotFound: envelope(404, 'notFound', 'Channel not found'),
  duplicate: envelope(409, 'duplicate', 'Entity already exists.'),
  conditionNotMet: envelope(412, 'conditionNotMet', 'Cyclic memberships not allowed'),
  rateLimitExceeded: envelope(429, 'rateLimitExceeded', 'Quota exceeded for quota metric ‘Queries’.', { status: 'RESOURCE_EXHAUSTED' }),
  backendError: envelope(503, 'backendError', 'Backend Error', { status: 'UNAVAILABLE' }),
  badGateway: plain(502, '<!DOCTYPE html><html><title>Error 502 (Server Error)!!1</title></html>', 'text/html'),
  quotaText: plain(503, 'quota exceeded for the current request'),
} as const satisfies Readonly<Record<string, GoogleErrorRow>>;

export type GoogleErrorName = keyof typeof GOOGLE_ERRORS;

export function send(response: Response, { status, headers, body }: GoogleErrorRow): void {
  response.status(status);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.send(body);
}

/** A row as a fault, for `server.faults.add`. */
export function googleFault(name: GoogleErrorName, when: Pick<Fault, 'on' | 'after' | 'times'> = {}): Fault {
  return { kind: 'status', ...GOOGLE_ERRORS[name], ...when };
}
