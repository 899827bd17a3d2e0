import { accessFacts } from '../../access/access-reader.js';
import { decide } from '../../access/decide.js';
import { getDoor } from '../../access/door-store.js';
import type { Reader } from '../../db/database.js';
import { InvalidInput, NotFound } from '../../errors.js';
import { bodyInstant } from './query.js';
import { ok, type Route, routeWithBody } from './route.js';

export const ACCESS_CHECK_ROUTES: readonly Route[] = [
  // It is POST for its body: nothing is written, and it tells what a viewer can read in the lists.
  routeWithBody('POST', '/access-checks', 'viewer', 'access-check', async ({ parts, body }) => {
    const { doorId, memberId, method, at } = body;
    const facts = await accessFacts(parts.db.read, { doorId, memberId });
    if (facts === null) throw await whatIsMissing(parts.db.read, doorId);
    return ok(decide(facts, method, bodyInstant(at, '/at') ?? parts.clock.now()));
  }),
];

async function whatIsMissing(reader: Reader, doorId: string): Promise<InvalidInput> {
  try {
    await getDoor(reader, doorId);
    return new InvalidInput('There is no such member.', '/memberId');
  } catch (error) {
    if (error instanceof NotFound) return new InvalidInput('There is no such door.', '/doorId');
    throw error;
  }
}
