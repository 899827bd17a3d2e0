import { expect } from 'chai';
import type { Connection } from './running-server.js';
import { expectCleanPrototype } from './scim-bodies.js';
import { expectNoLeak, expectScimError } from './scim-client.js';

/** One request of the catalogue with the answer that it must get. `{user}` and `{group}` in path and body stand for ids that exist. */
export interface Hostile {
  readonly label: string;
  readonly method: string;
  readonly path: string;
  /** A text or bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  /** Absent: an error without one, or no error. */
  readonly scimType?: string;
}

export interface Target {
  readonly connection: Connection;
  readonly user: string;
  readonly group: string;
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
        const answer = await at.connection.scim(row.method, fill(row.path, at), bodyOf(row.body, at), row.headers);
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

function bodyOf(body: unknown, at: Target): unknown {
  if (body === undefined || body instanceof Uint8Array) return body;
  return fill(typeof body === 'string' ? body : JSON.stringify(body), at);
}

function fill(text: string, { user, group }: Target): string {
  return text.replaceAll('{user}', user).replaceAll('{group}', group);
}
