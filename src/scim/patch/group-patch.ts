import type { Json, MembersStep } from '../../domain/scim.js';
import { InvalidPath } from '../errors.js';
import type { ResolvedFilter } from '../filter/resolved.js';
import { MEMBERS } from '../model/rules.js';
import type { PatchOperation } from './operation.js';

export interface GroupPatch {
  /** What happens to the members, in order. Steps of one kind that follow each other are one. */
  readonly steps: readonly MembersStep[];
  /** Everything else, for `applyPatch` on the Group's document. */
  readonly attributes: readonly PatchOperation[];
}

/**
 * Divides a PATCH of a Group. The members' part costs what the PATCH is long, never what the Group is large: no
 * member is looked at, so a value path must say by itself whom it means.
 *
 * @throws InvalidPath for a value path on members that asks for more than their `value`
 * @see RFC 7644 section 3.5.2
 */
export function groupPatch(operations: readonly PatchOperation[]): GroupPatch {
  const steps: { op: MembersStep['op']; ids: string[] }[] = [];
  const attributes: PatchOperation[] = [];
  for (const operation of operations) {
    if (operation.target.attribute !== MEMBERS) {
      attributes.push(operation);
      continue;
    }
    const step = stepOf(operation);
    const last = steps.at(-1);
    if (step.op !== 'replace' && step.ids.length === 0) continue;
    if (last !== undefined && last.op === step.op && step.op !== 'replace') last.ids.push(...step.ids);
    else steps.push({ op: step.op, ids: [...step.ids] });
  }
  return { steps, attributes };
}

function stepOf({ op, target, value }: PatchOperation): MembersStep {
  if (target.filter !== null) return { op: 'remove', ids: [...new Set(idsOf(target.filter))] };
  // `remove` without values takes them all (D-A3).
  if (op === 'remove' && value === null) return { op: 'replace', ids: [] };
  return { op, ids: texts(value) };
}

/** `value eq "x"`, or several joined by `or`. */
function idsOf(filter: ResolvedFilter): string[] {
  if (filter.kind === 'or') return filter.filters.flatMap(idsOf);
  if (filter.kind === 'compare' && filter.operator === 'eq' && filter.on.sub?.name === 'value' && typeof filter.literal === 'string') {
    return [filter.literal];
  }
  throw new InvalidPath('A path that picks members must compare their value with eq.');
}

function texts(value: Json): string[] {
  return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : [];
}
