import { expect } from 'chai';
import { type Hostile, type Places, placed } from './hostile/request.js';
import type { Connection } from './running-server.js';
import { expectCleanPrototype } from './scim-bodies.js';
import { expectNoLeak, expectScimError } from './scim-client.js';

export interface Target extends Places {
  readonly connection: Connection;
}

/** A table of requests, each a test; after the batch nothing of the process is bent, and it still answers. */
export function hostileTable(title: string, rows: readonly Hostile[], target: () => Promise<Target>): void {
  describe(title, () => {
    let at: Target;
    before(async () => {
      at = await target();
    });
    for (const row of rows) {
      it(`${row.label} → ${row.status}${row.scimType === undefined ? '' : ` ${row.scimType}`}`, async () => {
        const { path, body } = placed(row, at);
        const answer = await at.connection.scim(row.method, path, body, row.headers);
        if (row.status >= 400) return expectScimError(answer, row.status, row.scimType ?? null);
        expect(answer.status, answer.text).to.equal(row.status);
        expectNoLeak(answer.text);
      });
    }
    after(async () => {
      expectCleanPrototype();
      await expectStillThere(at.connection);
    });
  });
}

/** What was there before is there, and the process answers. */
export async function expectStillThere(connection: Connection): Promise<void> {
  expect((await fetch(`${connection.server.url}/livez`)).status).to.equal(200);
  expect((await connection.get('/Users?count=1')).status).to.equal(200);
  const failed = connection.server.logged.filter((line) => line.level === 'error');
  expect(
    failed.map((line) => [line.message, line.fields]),
    'a request that nobody foresaw',
  ).to.deep.equal([]);
}
