import type { Json, ResourceDocument } from '../../domain/scim.js';
import { isJsonObject } from '../model/match-form.js';
import { PIN } from '../model/rules.js';
import { changedValues } from './change-values.js';
import { ElementForms } from './element-forms.js';
import type { PatchOperation } from './operation.js';
import type { PatchSwitches } from './parse-patch.js';
import { assign, withPart } from './with-part.js';

/**
 * Applies the operations in their order and returns what they leave; the document that is given stays as it is.
 * Needs `checkUser` or `checkGroup` afterwards, which judges the whole and writes `schemas`.
 *
 * The result, and only it, may carry the write-only `pin` of the access extension, with null for "take it away":
 * the check takes it out again.
 *
 * @throws NoTarget when a value path picks nothing and no value can be made from it (D-P1), InvalidValue
 * @see RFC 7644 sections 3.5.2.1 to 3.5.2.3
 */
export function applyPatch(document: ResourceDocument, operations: readonly PatchOperation[], switches: Pick<PatchSwitches, 'valuePath'>): ResourceDocument {
  const result: Record<string, Json> = { ...document };
  const forms = new ElementForms();
  for (const operation of operations) {
    const { urn } = operation.target;
    if (urn === null) {
      change(result, operation, forms, switches);
      continue;
    }
    const before = result[urn];
    const part: Record<string, Json> = isJsonObject(before) ? { ...before } : {};
    change(part, operation, forms, switches);
    assign(result, urn, Object.keys(part).length === 0 ? null : part);
  }
  return result;
}

/** `object` is ours to change; what it holds is not. */
function change(object: Record<string, Json>, operation: PatchOperation, forms: ElementForms, switches: Pick<PatchSwitches, 'valuePath'>): void {
  const { attribute, sub } = operation.target;
  const before = object[attribute.name] ?? null;
  if (attribute === PIN) object[attribute.name] = operation.value;
  else if (attribute.multiValued) assign(object, attribute.name, changedValues(before, operation, forms, switches));
  else if (sub === null) assign(object, attribute.name, operation.value);
  else assign(object, attribute.name, withPart(isJsonObject(before) ? before : {}, sub.name, operation.value));
}
