import { expect } from 'chai';
import { failure, faultOf, isBadPageToken, isForbidden, isGone, isThrottled } from '../../../src/adapters/google-workspace/answers.js';
import type { UpstreamResponse } from '../../../src/adapters/http.js';
import { Throttled, UpstreamContract, UpstreamRefused, UpstreamUnavailable } from '../../../src/adapters/upstream-errors.js';
import { GOOGLE_ERRORS, type GoogleErrorName, type GoogleErrorRow } from '../../../sandbox/google-workspace/errors.js';

const NOW = '2026-11-25T12:00:00.000Z';

function response({ status, headers, body }: Pick<GoogleErrorRow, 'status' | 'body'> & Partial<GoogleErrorRow>): UpstreamResponse {
  const json = (): unknown => {
    try {
      return JSON.parse(body) as unknown;
    } catch (error) {
      throw new UpstreamContract('no JSON', { cause: error });
    }
  };
  return { status, headers: headers ?? {}, text: body, json };
}
const answer = (name: GoogleErrorName) => response(GOOGLE_ERRORS[name]);

describe('google workspace answers (section 6)', () => {
  for (const name of ['userRateLimitExceeded', 'quotaExceeded', 'plainQuota', 'rateLimitExceeded'] as const) {
    it(`${name} means "too fast"`, () => {
      expect(isThrottled(answer(name))).to.equal(true);
    });
  }

  for (const name of [
    'forbidden',
    'insufficientPermissions',
    'accessNotConfigured',
    'dailyLimitExceeded',
    'invalid',
    'userNotFound',
  ] as const) {
    it(`${name} does not pass by waiting a little`, () => {
      expect(isThrottled(answer(name))).to.equal(false);
    });
  }

  it('server errors are left to the transport, and a success with such words in it is a success', () => {
    expect(isThrottled(answer('backendError'))).to.equal(false);
    expect(isThrottled(answer('quotaText'))).to.equal(false);
    expect(isThrottled(response({ status: 200, body: GOOGLE_ERRORS.quotaExceeded.body }))).to.equal(false);
  });

  for (const [name, kind, words] of [
    ['invalid', UpstreamContract, 'Invalid Input'],
    ['badRequest', UpstreamContract, 'Bad Request'],
    ['invalidCustomer', UpstreamRefused, 'customer of this integration'],
    ['forbidden', UpstreamRefused, 'may not read users and groups'],
    ['insufficientPermissions', UpstreamRefused, 'grant all scopes'],
    ['scopeInsufficient', UpstreamRefused, 'grant all scopes'],
    ['accessNotConfigured', UpstreamRefused, 'not enabled'],
    ['serviceDisabled', UpstreamRefused, 'not enabled'],
    ['invalidDomain', UpstreamRefused, 'domain is not known'],
    ['domainCannotUseApis', UpstreamRefused, 'domain is not known'],
    ['domainNotFound', UpstreamRefused, 'domain of this integration'],
    ['userNotFound', UpstreamContract, '404'],
    ['duplicate', UpstreamContract, '409'],
    ['conditionNotMet', UpstreamContract, '412'],
  ] as const) {
    it(`${name} is ${kind.name}, in words for an admin`, () => {
      const error = failure(answer(name), NOW);
      expect(error).to.be.instanceOf(kind);
      expect(error.publicMessage).to.include(words);
    });
  }

  it('a scope that is missing is told by the challenge or the bare status too', () => {
    const headers = { 'www-authenticate': 'Bearer error="insufficient_scope"' };
    expect(failure(response({ status: 403, body: '', headers }), NOW).publicMessage).to.include('grant all scopes');
    const body = JSON.stringify({ error: { code: 403, message: 'No', status: 'PERMISSION_DENIED' } });
    expect(failure(response({ status: 403, body }), NOW).publicMessage).to.include('grant all scopes');
  });

  it('the newer envelope of a 403 does not hide that a role is missing', () => {
    const body = JSON.stringify({ error: { code: 403, message: 'No', status: 'PERMISSION_DENIED', errors: [{ reason: 'forbidden' }] } });
    expect(failure(response({ status: 403, body }), NOW).publicMessage).to.include('may not read users and groups');
  });

  for (const [now, retryAt] of [
    ['2026-11-25T12:00:00.000Z', '2026-11-26T08:00:00.000Z'],
    ['2026-11-26T07:59:59.000Z', '2026-11-26T08:00:00.000Z'],
    ['2026-07-01T12:00:00.000Z', '2026-07-02T07:00:00.000Z'],
  ] as const) {
    it(`the daily quota is left alone from ${now} until midnight in California`, () => {
      const error = failure(answer('dailyLimitExceeded'), now);
      expect(error).to.be.instanceOf(Throttled);
      expect((error as Throttled).retryAt).to.equal(retryAt);
    });
  }

  it('a request timeout is tried again later', () => {
    expect(failure(response({ status: 408, body: '' }), NOW)).to.be.instanceOf(UpstreamUnavailable);
  });

  for (const body of [
    '',
    'text',
    '<html>',
    '"a string"',
    '[]',
    'null',
    '{"error":"x"}',
    '{"error":{"errors":{}}}',
    '{"error":{"errors":[null]}}',
  ]) {
    it(`18: the body ${JSON.stringify(body)} crashes nothing`, () => {
      const odd = response({ status: 403, body });
      expect([...faultOf(odd).reasons]).to.deep.equal([]);
      expect(isThrottled(odd)).to.equal(false);
      expect(failure(odd, NOW)).to.be.instanceOf(UpstreamRefused);
    });
  }

  it('somebody is gone only when Google itself says so, for what was asked', () => {
    expect(isGone(answer('userNotFound'), 'userKey')).to.equal(true);
    for (const name of ['domainNotFound', 'groupNotFound', 'forbidden'] as const) expect(isGone(answer(name), 'userKey')).to.equal(false);
    for (const body of ['', '<html>Not Found</html>', '{"error":"not found"}']) {
      expect(isGone(response({ status: 404, body }), 'userKey')).to.equal(false);
    }
    expect(isGone(response({ status: 410, body: GOOGLE_ERRORS.userNotFound.body }), 'userKey')).to.equal(false);
  });

  it('tells an expired page token from a customer that is not known', () => {
    expect(isBadPageToken(answer('badPageToken'))).to.equal(true);
    expect(isBadPageToken(answer('invalidCustomer'))).to.equal(false);
    expect(isBadPageToken(answer('badRequest'))).to.equal(false);
    expect(isBadPageToken(answer('forbidden'))).to.equal(false);
  });

  it('tells a group of somebody else from a missing scope', () => {
    expect(isForbidden(answer('forbidden'))).to.equal(true);
    expect(isForbidden(answer('insufficientPermissions'))).to.equal(false);
    expect(isForbidden(answer('quotaExceeded'))).to.equal(false);
  });
});
