import type { JsonObject } from '../../domain/scim.js';
import { isJsonObject, matchValue } from '../model/match-form.js';
import type { Attribute } from '../schema/attribute.js';

/**
 * Comparison forms of the values of multi-valued attributes. Kept for the time of one PATCH, so that a thousand
 * operations on a list fold each value of it once; values are never changed in place, so a form stays true.
 */
export class ElementForms {
  readonly #forms = new WeakMap<JsonObject, JsonObject>();

  of(attribute: Attribute, element: JsonObject): JsonObject {
    const known = this.#forms.get(element);
    if (known !== undefined) return known;
    const form = matchValue(attribute, element);
    if (!isJsonObject(form)) throw new TypeError('the comparison form of an object is an object');
    this.#forms.set(element, form);
    return form;
  }
}
