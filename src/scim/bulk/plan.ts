import { newScimId } from '../../db/ids.js';
import { CircularNesting } from '../../directory/apply-members.js';
import { Conflict } from '../../errors.js';
import { InvalidSyntax } from '../errors.js';
import { components } from './components.js';
import { bulkIdIn, referencesIn } from './references.js';
import type { BulkEntry, BulkOperation } from './request.js';

/** An operation refers to one that is not there, to itself, or to one that was not carried out. @see RFC 7644 section 3.7.1 */
export class UnresolvedReference extends Conflict {}

/** An operation as it can be carried out: every reference in its data is an id. */
export interface BulkStep extends Pick<BulkOperation, 'method' | 'resourceType' | 'version' | 'data'> {
  readonly id: string;
  /** Indexes of the operations whose success it counts on. */
  readonly needs: readonly number[];
}

/** Operations that are carried out together: one, or several that refer to each other in a circle and stand or fall as one. */
export interface BulkUnit {
  /** Indexes, in the order in which they are carried out. */
  readonly indexes: readonly number[];
  /** Set when a circle cannot be: which of its operations closes it, and why not. */
  readonly refused: { readonly index: number; readonly error: Error } | null;
}

export interface BulkPlan {
  /** By index: what to do, or why not. */
  readonly steps: readonly (BulkStep | Error)[];
  /** In the order of the request, except that what is referred to comes before what refers to it. */
  readonly units: readonly BulkUnit[];
}

/**
 * Gives everything that is going to be created its id and puts the ids in the place of the references, before anything
 * is carried out. So a reference may point forward, and Users may be each other's managers.
 */
export function planBulk(entries: readonly BulkEntry[]): BulkPlan {
  const creations = new Map<string, number>();
  const shared = sharedBulkIds(entries);
  for (const [index, { method, bulkId }] of entries.entries()) {
    if (method === 'POST' && bulkId !== undefined && !shared.has(bulkId)) creations.set(bulkId, index);
  }
  const newIds = entries.map(() => newScimId());
  const steps = entries.map(({ bulkId, read }, index): BulkStep | Error => {
    if (bulkId !== undefined && shared.has(bulkId)) return new InvalidSyntax('The bulkId is that of another operation as well.');
    return read instanceof Error ? read : stepOf(read, index, creations, newIds);
  });
  const needsOf = (index: number): readonly number[] => {
    const step = steps[index];
    return step === undefined || step instanceof Error ? [] : step.needs;
  };
  const indexes = [...entries.keys()];
  return { steps, units: components(indexes, needsOf).map((members) => unitOf(members, steps, needsOf)) };
}

/** Whom a reference to one of them means would be a guess, and a wrong one opens a door: none of them is carried out (L57). */
function sharedBulkIds(entries: readonly BulkEntry[]): Set<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { bulkId } of entries) {
    if (bulkId === undefined) continue;
    if (seen.has(bulkId)) shared.add(bulkId);
    seen.add(bulkId);
  }
  return shared;
}

function stepOf(
  { method, resourceType, target, version, data }: BulkOperation,
  index: number,
  creations: ReadonlyMap<string, number>,
  newIds: readonly string[],
): BulkStep | Error {
  const needs = new Set<number>();
  const resolve = (bulkId: string): string | null => {
    const creation = creations.get(bulkId);
    if (creation === undefined || creation === index) return null;
    needs.add(creation);
    return newIds[creation] ?? null;
  };
  const targetBulkId = bulkIdIn(target);
  const id = targetBulkId === null ? (target ?? newIds[index] ?? '') : resolve(targetBulkId);
  if (id === null) return unresolved();
  for (const { bulkId, put } of method === 'DELETE' ? [] : referencesIn(method, data)) {
    const resolved = resolve(bulkId);
    if (resolved === null) return unresolved();
    put(resolved);
  }
  return { method, resourceType, version, data, id, needs: [...needs] };
}

function unresolved(): UnresolvedReference {
  return new UnresolvedReference('A bulkId that is referred to is that of no other POST of this request.');
}

/**
 * Only POSTs can be in a circle. What a User refers to need not be there yet; the members of a Group must, so Users come
 * first, and Groups that contain each other cannot be at all.
 */
function unitOf(members: readonly number[], steps: BulkPlan['steps'], needsOf: (index: number) => readonly number[]): BulkUnit {
  if (members.length === 1) return { indexes: members, refused: null };
  const ordered = [...members].sort((a, b) => a - b);
  const isGroup = (index: number): boolean => {
    const step = steps[index];
    return step !== undefined && !(step instanceof Error) && step.resourceType === 'Group';
  };
  const nesting = components(ordered.filter(isGroup), needsOf);
  const circle = nesting.find((groups) => groups.length > 1);
  const indexes = [...ordered.filter((index) => !isGroup(index)), ...nesting.flat()];
  const refused =
    circle === undefined ? null : { index: Math.max(...circle), error: new CircularNesting('A Group cannot contain itself.') };
  return { indexes, refused };
}
