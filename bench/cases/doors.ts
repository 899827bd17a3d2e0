import { join } from 'node:path';
import { Agent, fetch as request } from 'undici';
import { createController } from '../../src/access/controller-store.js';
import { createDoor } from '../../src/access/door-store.js';
import { createMemberGroup } from '../../src/access/member-group-store.js';
import { setPermissions } from '../../src/access/permission-store.js';
import { createSite } from '../../src/access/site-store.js';
import { compose, type Parts } from '../../src/compose.js';
import { readConfig } from '../../src/config.js';
import { newId } from '../../src/db/ids.js';
import { type ChangeContext, SYSTEM } from '../../src/domain/events.js';
import { createApiToken } from '../../src/integrations/api-token-store.js';
import { spread } from '../support/directory.js';
import { type Case, type Goal, goal, measure, PER_ROUND, ROUNDS } from '../support/measure.js';
import { startBenchServer } from '../support/server.js';

const PER_TRANSACTION = 500;
/** More callers than the limits of the API let one of them ask. */
const CALLERS = 60;
/** As many at once as performance is measured with elsewhere: people stand before several doors, and decisions share a sync. */
const AT_ONCE = 8;

interface House {
  readonly siteId: string;
  readonly doorIds: readonly string[];
  readonly memberIds: readonly string[];
  readonly pins: readonly string[];
  readonly controllers: readonly string[];
  readonly apiTokens: readonly string[];
}

/**
 * A door that opens by a PIN: found, decided and written down, against a look at one member by its id, which reads its
 * credentials as well, and against the barest read there is: one row by its id, of a table of one.
 */
export async function doorGoals(folder: string, members: number): Promise<Goal[]> {
  console.log(`filling ${members.toLocaleString('en')} members with PINs …`);
  const dataDir = join(folder, 'doors');
  const parts = await compose(readConfig({ LATCHKEY_DATA_DIR: dataDir, LATCHKEY_LOG_LEVEL: 'error' }, null));
  const house = await build(parts, members);
  await parts.close();
  const server = await startBenchServer(dataDir, '');
  const agent = new Agent({ connections: AT_ONCE });
  const send = async (path: string, token: string | undefined, body?: object): Promise<string> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await request(`${server.url}${path}`, { headers, dispatcher: agent, ...init });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`);
    return text;
  };
  try {
    const read: Case = {
      name: `GET one member of ${members}`,
      pid: server.pid,
      run: (n) => send(`/api/v1/members/${house.memberIds[spread(n, members)]}`, house.apiTokens[n % CALLERS]),
    };
    const bare: Case = {
      name: 'GET one site',
      pid: server.pid,
      run: (n) => send(`/api/v1/sites/${house.siteId}`, house.apiTokens[n % CALLERS]),
    };
    const open: Case = {
      name: `granted, of ${members}`,
      pid: server.pid,
      run: async (n) => {
        const credential = { type: 'pin', value: house.pins[spread(n, members)] };
        const answer = await send('/door/v1/verify', house.controllers[n % CALLERS], { doorId: house.doorIds[n % AT_ONCE], credential });
        if (!answer.includes('"granted":true')) throw new Error('not granted, the cost means nothing');
      },
    };
    const [ofSite, ofMember, granted] = await measure([bare, read, open].map(atOnce), ROUNDS, PER_ROUND / AT_ONCE);
    return [
      goal(`${AT_ONCE} granted decisions to reads of a member: ${members} members`, ofMember, granted, 2),
      // One row by its id, and nothing stored: the event of a decision, on disk before the door opens, may cost as much and no more.
      goal(`${AT_ONCE} granted decisions to the barest reads: ${members} members`, ofSite, granted, 2),
    ];
  } finally {
    await agent.close();
    await server.stop();
  }
}

/** So many of them in flight, each with a number of its own. */
function atOnce({ run, ...of }: Case): Case {
  return { ...of, run: (n) => Promise.all(Array.from({ length: AT_ONCE }, (_, k) => run(n * AT_ONCE + k))) };
}

async function build(parts: Parts, members: number): Promise<House> {
  const { db } = parts;
  const context: ChangeContext = { actor: SYSTEM, now: parts.clock.now() };
  const { groupId, ...house } = await db.transaction(async (tx) => {
    const siteId = await createSite(tx, context, { name: 'Hotel', timeZone: 'Europe/Madrid' });
    const doorIds: string[] = [];
    for (let n = 0; n < AT_ONCE; n += 1) doorIds.push(await createDoor(tx, context, { name: `Gate ${n}`, siteId }));
    const group = await createMemberGroup(tx, context, 'Guests');
    await setPermissions(tx, context, { id: group, name: 'Guests' }, [{ siteId, doorId: null, methods: null, scheduleId: null }]);
    const controllers: string[] = [];
    const apiTokens: string[] = [];
    for (let n = 0; n < CALLERS; n += 1) {
      controllers.push((await createController(tx, context, { name: `Lobby ${n}`, doorIds })).token.expose());
      apiTokens.push((await createApiToken(tx, context, { name: `bench ${n}`, role: 'viewer', expiresAt: null })).token.expose());
    }
    return { siteId, doorIds, groupId: group, controllers, apiTokens };
  });
  const memberIds: string[] = [];
  const pins: string[] = [];
  for (let from = 0; from < members; from += PER_TRANSACTION) {
    const part = Array.from({ length: Math.min(PER_TRANSACTION, members - from) }, (_, n) => ({ id: newId('mem'), n: from + n }));
    await db.transaction((tx) => addMembers(tx, parts, { now: context.now, groupId, part, pins }));
    memberIds.push(...part.map(({ id }) => id));
  }
  return { ...house, memberIds, pins };
}

interface Added {
  readonly now: string;
  readonly groupId: string;
  readonly part: readonly { readonly id: string; readonly n: number }[];
  readonly pins: string[];
}

/** Past the events of each, which nobody reads here. */
async function addMembers(tx: Parameters<Parameters<Parts['db']['transaction']>[0]>[0], parts: Parts, added: Added): Promise<void> {
  const { now, groupId, part, pins } = added;
  const marks = (columns: number) => part.map(() => `(${Array.from({ length: columns }, () => '?').join(', ')})`).join(', ');
  await tx.execute(
    `insert into members (id, name, name_key, created_at, updated_at) values ${marks(5)}`,
    part.flatMap(({ id, n }) => [id, `Guest ${n}`, `guest ${n}`, now, now]),
  );
  await tx.execute(
    `insert into associations (id, member_id, member_group_id, managed_by, created_at) values ${marks(5)}`,
    part.flatMap(({ id }) => [newId('asc'), id, groupId, 'manual', now]),
  );
  const rows = part.flatMap(({ id, n }) => {
    const pin = String(100_000_000 + n);
    const pinId = newId('pin');
    pins.push(pin);
    return [pinId, id, 'manual', now, parts.stores.pins.pinHash(pin), parts.keys.seal(pin, 'pins', pinId), pin.length, 0];
  });
  await tx.execute(`insert into pins (id, member_id, managed_by, created_at, hash, sealed, length, from_source) values ${marks(8)}`, rows);
}
