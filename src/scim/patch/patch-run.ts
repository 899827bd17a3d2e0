import type { ScimSwitches } from '../../domain/integration.js';
import type { JsonObject } from '../../domain/scim.js';
import { TooMany } from '../errors.js';
import type { ResolvedFilter } from '../filter/resolved.js';
import { isJsonObject, matchValue } from '../model/match-form.js';
import type { Attribute } from '../schema/attribute.js';

/** Looks at single values that one PATCH may cost, about 100 ms; a thousand operations on lists of ten take a twentieth. */
const STEPS_MAX = 200_000;

/** What one application of a PATCH carries along. */
export class PatchRun {
  readonly valuePath: ScimSwitches['valuePath'];
  /** Values are never changed in place, so that a form stays true and a thousand operations fold a list once. */
  readonly #forms = new WeakMap<JsonObject, JsonObject>();
  #steps = 0;

  constructor(valuePath: ScimSwitches['valuePath']) {
    this.valuePath = valuePath;
  }

  /** The comparison form of one value of a multi-valued attribute. */
  form(attribute: Attribute, element: JsonObject): JsonObject {
    const known = this.#forms.get(element);
    if (known !== undefined) return known;
    const form = matchValue(attribute, element);
    if (!isJsonObject(form)) throw new TypeError('the comparison form of an object is an object');
    this.#forms.set(element, form);
    return form;
  }

  /**
   * Counts the work on a list before it is done: long lists, long filters and many operations multiply.
   *
   * @throws TooMany
   */
  spend(values: number, filter: ResolvedFilter | null): void {
    this.#steps += values * (filter === null ? 1 : leaves(filter));
    if (this.#steps > STEPS_MAX) throw new TooMany('These operations on lists are too much for one PATCH; send them in several.');
  }
}

function leaves(filter: ResolvedFilter): number {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.reduce((sum, part) => sum + leaves(part), 1);
    case 'not':
    case 'valuePath':
      return leaves(filter.filter);
    default:
      return 1;
  }
}
