import { expect } from 'chai';
import { summaryText } from '../../demo/summary.js';
import { paintFor } from '../../src/cli/text.js';

const ANSWERS: Readonly<Record<string, unknown>> = {
  'GET /integrations/int_1/members?limit=100': {
    data: [
      { displayName: 'Ann Example', status: 'synced', skipReason: null, memberId: 'mem_1' },
      { displayName: 'Emil Novak', status: 'none', skipReason: 'inactive', memberId: 'mem_2' },
    ],
  },
  'GET /member-groups?limit=100': { data: [{ id: 'mg_1', name: 'Front door' }] },
  'GET /members/mem_1': {
    ...{ status: 'active', startsAt: null, endsAt: null, pins: [{ id: 'pin_1' }] },
    associations: [
      { memberGroupId: 'mg_1', startsAt: '2026-11-26T01:00:00.000Z', endsAt: '2026-11-26T09:00:00.000Z' },
      { memberGroupId: 'mg_1', startsAt: '2026-11-25T01:00:00.000Z', endsAt: null },
    ],
  },
  'POST /members/mem_1/pins/pin_1/reveal': { pin: '480543' },
};

describe('the summary of the demo', () => {
  const api = {
    send: async <Answer>(method: string, path: string): Promise<Answer> => ANSWERS[`${method} ${path}`] as Answer,
  };
  const summary = { api, integrationId: 'int_1', exchanges: [], url: 'http://127.0.0.1:1', apiToken: 'lka_x', scimToken: 'lks_x' };

  it('is plain text for a pipe: a line for each time, in order, and the reason for who may not enter', async () => {
    const text = await summaryText(summary, paintFor(false));
    expect(text).not.to.contain('\u001b');
    expect(text.split('\n').slice(3, 7)).to.deep.equal([
      'USER         MEMBER  MAY ENTER   WHEN (UTC)                           PIN',
      'Ann Example  active  Front door  2026-11-25 01:00 – …                 480543',
      '                     Front door  2026-11-26 01:00 – 2026-11-26 09:00',
      'Emil Novak   none                inactive',
    ]);
  });

  it('says where the server is and with which tokens', async () => {
    const text = await summaryText(summary, paintFor(false));
    for (const part of ['http://127.0.0.1:1/scim/v2', 'lks_x', 'lka_x', '/api/v1/integrations/int_1/members'])
      expect(text).to.contain(part);
  });
});
