import { setImmediate as breathe } from 'node:timers/promises';
import type { Reader } from '../db/database.js';
import type { AccessPlan, UserFacts } from '../domain/access.js';
import type { Instant } from '../domain/time.js';
import { usersOfResource } from './concerned.js';
import type { CredentialStores, MappingOverride } from './facts.js';
import { previewUser } from './reconcile.js';

/** How many members a change would create, change and remove. */
export interface PreviewCounts {
  readonly created: number;
  readonly changed: number;
  readonly removed: number;
}

export type Effect = keyof PreviewCounts | 'unchanged';

/** What a plan does to its member as a whole. One whose access had ended and begins again counts as created: it opens doors that it did not. */
export function effectOf({ changes }: Pick<AccessPlan, 'changes'>): Effect {
  if (changes.length === 0) return 'unchanged';
  const kinds = new Set(changes.map(({ kind }) => kind));
  if (kinds.has('member.end')) return 'removed';
  return kinds.has('member.create') || kinds.has('member.resume') ? 'created' : 'changed';
}

export function countEffects(effects: Iterable<Effect>): PreviewCounts {
  const counts = { created: 0, changed: 0, removed: 0 };
  for (const effect of effects) {
    if (effect !== 'unchanged') counts[effect] += 1;
  }
  return counts;
}

/** The stored mappings, with those of one resource replaced. */
export function mappingInstead(resourceId: string, memberGroupIds: readonly string[]): MappingOverride {
  return (stored: UserFacts['mappings']) => [
    ...stored.filter((mapping) => mapping.resourceId !== resourceId),
    ...memberGroupIds.map((memberGroupId) => ({ resourceId, memberGroupId })),
  ];
}

/** What the mapping would lead to if it were set at `now`. Reads only, and lets other work in between its pages. */
export async function previewMapping(
  reader: Reader,
  now: Instant,
  stores: CredentialStores,
  integrationId: string,
  mapping: { readonly resourceId: string; readonly memberGroupIds: readonly string[] },
): Promise<PreviewCounts> {
  const override = mappingInstead(mapping.resourceId, mapping.memberGroupIds);
  const effects: Effect[] = [];
  for await (const userIds of usersOfResource(reader, integrationId, mapping.resourceId)) {
    const plans = await Promise.all(userIds.map((userId) => previewUser(reader, now, stores, userId, override)));
    for (const plan of plans) effects.push(plan === null ? 'unchanged' : effectOf(plan));
    await breathe();
  }
  return countEffects(effects);
}
