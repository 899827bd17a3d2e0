import { BULK_REQUEST_URN } from '../../src/domain/scim.js';
import type { Directory } from '../support/directory.js';
import { type Goal, goal, measure } from '../support/measure.js';
import { sampleUser } from '../support/seed.js';
import type { BenchServer } from '../support/server.js';

const OPERATIONS = 1_000;
const ROUNDS = 3;
const FROM = 20_000_000;

/** Creates the Users with these numbers in one request and returns their ids. */
export async function createInBulk(server: BenchServer, numbers: readonly number[]): Promise<string[]> {
  const request = numbers.map((n) => ({ method: 'POST', path: '/Users', bulkId: `b${n}`, data: sampleUser(n) }));
  const answer = JSON.parse(await server.send('POST', '/Bulk', { schemas: [BULK_REQUEST_URN], Operations: request })) as {
    Operations: { status: string; location: string }[];
  };
  if (answer.Operations.some(({ status }) => status !== '201')) throw new Error('not all were created, the cost means nothing');
  return answer.Operations.map(({ location }) => location.slice(location.lastIndexOf('/') + 1));
}

/** A User made in a Bulk request against one made alone. */
export async function bulkGoals({ server }: Directory): Promise<Goal[]> {
  const { pid } = server;
  const figures = await measure(
    [
      { name: 'POST', pid, run: (n) => server.send('POST', '/Users', sampleUser(FROM + n), 201) },
      // One request for a whole round, so that its cost is counted per operation.
      { name: 'POST in a Bulk', pid, run: async (n) => (n % OPERATIONS === 0 ? createInBulk(server, numbersFrom(n)) : null) },
    ],
    ROUNDS,
    OPERATIONS,
  );
  return [goal(`a POST in a Bulk of ${OPERATIONS} to one alone`, figures[0], figures[1], 0.25)];
}

function numbersFrom(n: number): number[] {
  return Array.from({ length: OPERATIONS }, (_, index) => FROM + n + index);
}
