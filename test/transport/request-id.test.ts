import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect } from 'chai';
import { correlation, giveRequestId, requestIdOf } from '../../src/transport/request-id.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

function exchange(headers: Readonly<Record<string, string>> = {}): [IncomingMessage, ServerResponse] {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  const response = new ServerResponse(request);
  giveRequestId(request, response, () => undefined);
  return [request, response];
}

describe('request ids', () => {
  it('are our own, new for every request, whatever the client says', () => {
    const [, first] = exchange({ 'x-request-id': 'mine' });
    const [, second] = exchange({ 'x-request-id': 'mine' });
    expect(requestIdOf(first)).to.match(/^req_[0-9a-z]{26}$/);
    expect(requestIdOf(first)).not.to.equal(requestIdOf(second));
    expect(first.getHeader('X-Request-Id')).to.equal(requestIdOf(first));
  });

  it('go to the log with the trace and the id of the caller', () => {
    const [request, response] = exchange({ traceparent: `00-${TRACE}-00f067aa0ba902b7-01`, 'x-request-id': 'a1b2:3.4_5-6' });
    expect(correlation(request, response)).to.deep.equal({
      requestId: requestIdOf(response),
      traceId: TRACE,
      clientRequestId: 'a1b2:3.4_5-6',
    });
  });

  it('go alone when what came along is not fit for a log', () => {
    for (const headers of [
      {},
      { traceparent: `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01` },
      { traceparent: 'x'.repeat(5_000) },
      { 'x-request-id': 'a b' },
      { 'x-request-id': 'x'.repeat(65) },
      { 'x-request-id': '{"level":"error"}' },
    ]) {
      const [request, response] = exchange(headers);
      expect(correlation(request, response)).to.deep.equal({ requestId: requestIdOf(response) });
    }
  });
});
