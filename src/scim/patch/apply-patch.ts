import type { Json, ResourceDocument } from '../../domain/scim.js';
import { isJsonObject } from '../model/match-form.js';
import { PIN } from '../model/rules.js';
import { changedValues } from './change-values.js';
import type { PatchOperation } from './operation.js';
import type { PatchSwitches } from './parse-patch.js';
import { PatchRun } from './patch-run.js';
import { assign, withPart } from './with-part.js';

/**
 * Applies the operations in their order and returns what they leave; the document that is given stays as it is.
 * Needs `checkUser` or `checkGroup` afterwards, which judges the whole and writes `schemas`.
 *
 * The result, and only it, may carry the write-only `pin` of the access extension, with null for "take it away":
 * the check takes it out again.
 *
 * @throws NoTarget when a value path picks nothing and no value can be made from it (D-P1), InvalidValue, TooMany
 * @see RFC 7644 sections 3.5.2.1 to 3.5.2.3
 */
export function applyPatch(
  document: ResourceDocument,
  operations: readonly PatchOperation[],
  switches: Pick<PatchSwitches, 'valuePath'>,
): ResourceDocument {
  const result: Record<string, Json> = { ...document };
  const run = new PatchRun(switches.valuePath);
  for (const operation of operations) {
    const { urn } = operation.target;
    if (urn === null) {
      change(result, operation, run);
      continue;
    }
    const before = result[urn];
    const part: Record<string, Json> = isJsonObject(before) ? { ...before } : {};
    change(part, operation, run);
    assign(result, urn, Object.keys(part).length === 0 ? null : part);
  }
  return result;
}

/** `object` is ours to change; what it holds is not. */
function change(object: Record<string, Json>, operation: PatchOperation, run: PatchRun): void {
  const { attribute, sub } = operation.target;
  const before = object[attribute.name] ?? null;
  if (attribute === PIN) object[attribute.name] = operation.value;
  else if (attribute.multiValued) assign(object, attribute.name, changedValues(before, operation, run));
  else if (sub === null) assign(object, attribute.name, operation.value);
  else assign(object, attribute.name, withPart(isJsonObject(before) ? before : {}, sub.name, operation.value));
}
