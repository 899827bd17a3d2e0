import type { PulledKind } from '../adapters/adapter.js';
import { AdapterForm, formOf } from '../adapters/schemas.js';
import type { SyncKind } from '../domain/integration.js';
import type { JsonObject } from '../domain/scim.js';
import { InvalidInput } from '../errors.js';
import type { AnyAdapter } from './source.js';

const NOTHING = { type: 'object', additionalProperties: false, properties: {} };

/** A SCIM connection is not asked for anything: its identity provider comes to us. */
const SCIM_FORM = new AdapterForm({ config: NOTHING, secrets: NOTHING, settings: NOTHING });

/** Every kind of integration that this installation can connect, with what an admin gives for it. */
export class Kinds {
  readonly #adapters: ReadonlyMap<PulledKind, AnyAdapter>;
  readonly #form: (kind: PulledKind) => AdapterForm;

  constructor(adapters: ReadonlyMap<PulledKind, AnyAdapter>, form: (kind: PulledKind) => AdapterForm = formOf) {
    this.#adapters = adapters;
    this.#form = form;
  }

  has(kind: SyncKind): boolean {
    return kind === 'scim' || this.#adapters.has(kind);
  }

  /** Errors: `InvalidInput` for a kind that is not pulled, or that this installation does not have. */
  adapter(kind: SyncKind): AnyAdapter {
    const adapter = kind === 'scim' ? undefined : this.#adapters.get(kind);
    if (adapter === undefined) throw new InvalidInput('This integration is not one that is pulled.');
    return adapter;
  }

  form(kind: SyncKind): AdapterForm {
    if (kind === 'scim') return SCIM_FORM;
    // A kind that was taken out of the program: what is stored of it is shown as it is.
    return this.#adapters.has(kind) ? this.#form(kind) : SCIM_FORM;
  }

  /** The settings of the kind alone that are in force. */
  ownSettings(kind: SyncKind, settings: JsonObject): JsonObject {
    const form = this.form(kind);
    const own = Object.entries(settings).filter(([name]) => form.settingNames.has(name));
    return form.complete('settings', Object.fromEntries(own));
  }

  /** Does somebody have to consent at the source before anything can be read with these secrets? */
  needsConsent(kind: SyncKind, secrets: JsonObject): boolean {
    const { oauth } = this.adapter(kind);
    if (oauth === undefined) return false;
    return oauth.isFor?.(secrets) ?? Object.keys(secrets).every((name) => name === 'clientSecret');
  }
}
