import { createMemberGroup } from '../../src/access/member-group-store.js';
import { compose, type Parts } from '../../src/compose.js';
import type { Config } from '../../src/config.js';
import { applyOperation } from '../../src/directory/apply-operation.js';
import type { DirectoryContext } from '../../src/directory/context.js';
import { SYSTEM } from '../../src/domain/events.js';
import type { Integration } from '../../src/domain/integration.js';
import type { JsonObject } from '../../src/domain/scim.js';
import { GROUP_URN, USER_URN } from '../../src/domain/scim.js';
import { createIntegration, getIntegration } from '../../src/integrations/integration-store.js';
import { setMapping } from '../../src/integrations/mapping-store.js';
import { createScimToken } from '../../src/integrations/scim-token-store.js';
import { checkGroup } from '../../src/scim/model/check-group.js';
import { checkUser } from '../../src/scim/model/check-user.js';

/** What the measurements need to know of a filled directory. */
export interface Seeded {
  readonly token: string;
  readonly userIds: readonly string[];
  /** Ids of Groups by their names. */
  readonly groups: ReadonlyMap<string, string>;
}

/** A Group of the first `size` Users; mapped, it gives them access. */
export interface GroupSpec {
  readonly size: number;
  readonly mapped: boolean;
}

export function groupName({ size, mapped }: GroupSpec): string {
  return `${mapped ? 'mapped ' : ''}Group of ${size}`;
}

const PER_TRANSACTION = 500;

/** The User of performance measurements, about 360 bytes. */
export function sampleUser(n: number): object {
  return {
    schemas: [USER_URN],
    userName: `user${n}@example.com`,
    externalId: `ext-${n}`,
    active: true,
    name: { givenName: `Given${n}`, familyName: `Family${n}`, formatted: `Given${n} Family${n}` },
    displayName: `Given${n} Family${n}`,
    emails: [{ value: `user${n}@example.com`, type: 'work', primary: true }],
    phoneNumbers: [{ value: `+1555${n}`, type: 'work' }],
  };
}

/** As fast as the machine can: what is measured is not the limit. */
const UNLIMITED: JsonObject = { rateLimit: { perSecond: 100_000, burst: 100_000 } };

/** Fills an empty database through the one door and reconciles everybody. */
export async function seed(config: Config, users: number, specs: readonly GroupSpec[], settings: JsonObject = {}): Promise<Seeded> {
  const parts = await compose(config);
  try {
    const { integration, token } = await connect(parts, settings);
    const userIds: string[] = [];
    while (userIds.length < users)
      userIds.push(...(await createUsers(parts, integration, userIds.length, Math.min(PER_TRANSACTION, users - userIds.length))));
    const groups = new Map<string, string>();
    for (const spec of specs) groups.set(groupName(spec), await createGroup(parts, integration, spec, userIds));
    await parts.worker.drain();
    return { token, userIds, groups };
  } finally {
    await parts.close();
  }
}

async function connect(parts: Parts, settings: JsonObject): Promise<{ integration: Integration; token: string }> {
  return parts.db.transaction(async (tx) => {
    const context = { actor: SYSTEM, now: parts.clock.now() };
    const id = await createIntegration(tx, context, { kind: 'scim', name: 'bench', settings: { ...UNLIMITED, ...settings } });
    const { token } = await createScimToken(tx, context, id, { readOnly: false, expiresAt: null });
    return { integration: await getIntegration(tx, id), token: token.expose() };
  });
}

function contextOf(parts: Parts, integration: Integration): DirectoryContext {
  return { actor: SYSTEM, now: parts.clock.now(), integration, pins: parts.scim.pins };
}

async function createUsers(parts: Parts, integration: Integration, from: number, count: number): Promise<string[]> {
  return parts.db.transaction(async (tx) => {
    const ids: string[] = [];
    for (let n = from; n < from + count; n += 1) {
      const user = checkUser(sampleUser(n), { missingSchemas: 'refuse', activeWhenAbsent: true });
      ids.push((await applyOperation(tx, contextOf(parts, integration), { kind: 'user.create', user })).id);
    }
    return ids;
  });
}

async function createGroup(parts: Parts, integration: Integration, spec: GroupSpec, userIds: readonly string[]): Promise<string> {
  return parts.db.transaction(async (tx) => {
    const context = contextOf(parts, integration);
    const displayName = groupName(spec);
    const group = checkGroup({ schemas: [GROUP_URN], displayName }, { missingSchemas: 'refuse' });
    const { id } = await applyOperation(tx, context, { kind: 'group.create', group, members: userIds.slice(0, spec.size) });
    if (spec.mapped) {
      const memberGroup = await createMemberGroup(tx, context, displayName);
      await setMapping(tx, context, integration.id, { id, name: displayName }, [memberGroup]);
    }
    return id;
  });
}
