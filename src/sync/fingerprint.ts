import { createHash } from 'node:crypto';
import type { SourceGroup, SourceUser } from '../adapters/adapter.js';

/**
 * What a source says of a User, as one short text: the same text, nothing to do. The PIN goes in by its keyed hash, since
 * an ordinary hash of a few digits gives them away; Groups by their SCIM ids, so that one that was not there before counts.
 */
export function fingerprintOfUser(
  user: SourceUser,
  pinHash: (pin: string) => string,
  groupId: (externalId: string) => string | undefined,
): string {
  const { externalId, sourceKey, attributes, skipReason, window, periods, groups, pin, card } = user;
  return digest([
    ...[externalId, sourceKey, attributes, skipReason, window.startsAt, window.endsAt, card],
    pin === null ? null : pinHash(pin),
    periods.map((period) => [groupId(period.groupExternalId) ?? null, period.window.startsAt, period.window.endsAt]),
    groups === null ? null : groups.map((id) => groupId(id) ?? null),
  ]);
}

/** Without its members, which are compared one by one. */
export function fingerprintOfGroup({ externalId, displayName, kind }: SourceGroup): string {
  return digest([externalId, displayName, kind]);
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
