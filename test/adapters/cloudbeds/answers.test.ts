import { expect } from 'chai';
import { isThrottled, refusalOf, saysReservationGone } from '../../../src/adapters/cloudbeds/answers.js';
import type { UpstreamResponse } from '../../../src/adapters/http.js';

const answer = (status: number, body: unknown): UpstreamResponse => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: {}, text, json: () => JSON.parse(text) as unknown };
};
const no = (message: string, status = 200) => answer(status, { success: false, message });

describe('Cloudbeds: what an answer means', () => {
  for (const [response, refusal] of [
    [answer(200, { success: true, data: [] }), 'none'],
    [answer(200, { success: true, data: 'access token' }), 'none'],
    [no('User who approved this connection is not active anymore'), 'final'],
    [no('User who approved this connection is not active anymore', 401), 'final'],
    [no('Access token has expired'), 'renewable'],
    [no('Invalid API key'), 'renewable'],
    [no('You have no permission to do that'), 'renewable'],
    [no('Reservation not found'), 'none'],
    [answer(401, { error: 'server_error', error_description: 'The authorization code is invalid or has expired.' }), 'renewable'],
    [answer(403, { code: 'ACCESS_DENIED', description: 'Access denied', timestamp: 1, id: null }), 'renewable'],
    [answer(401, ''), 'renewable'],
    [answer(403, '<html>'), 'renewable'],
    [answer(400, { message: 'Validation failed', errors: [], code: 'INVALID_REQUEST' }), 'none'],
    [answer(200, JSON.stringify({ success: false, message: 'Access denied', data: 'x'.repeat(5_000) })), 'none'],
  ] as const) {
    it(`C2 ${response.status} ${response.text.slice(0, 60)} is ${refusal === 'none' ? 'no refusal' : `a refusal, ${refusal}`}`, () => {
      expect(refusalOf(response)).to.equal(refusal);
    });
  }

  for (const [response, gone] of [
    [no('Reservation not found'), true],
    [no('Reservation does not exist', 404), true],
    [no("This reservation doesn't exist", 400), true],
    [no('Invalid reservationID'), true],
    [no('Not found', 404), false],
    [no('Reservation service is not available'), false],
    [no('Reservation not found', 500), false],
    [answer(404, { message: 'Reservation not found' }), false],
    [answer(404, 'Reservation not found'), false],
    [answer(200, { success: true, message: 'Reservation not found' }), false],
  ] as const) {
    it(`${response.status} ${response.text} ${gone ? 'says that the reservation is gone' : 'takes nothing away'}`, () => {
      expect(saysReservationGone(response)).to.equal(gone);
    });
  }

  it('C11 knows “too fast” under 200', () => {
    expect([isThrottled(no('Too many requests')), isThrottled(no('Rate limit exceeded')), isThrottled(no('Too late'))]).to.deep.equal([
      true,
      true,
      false,
    ]);
  });
});
