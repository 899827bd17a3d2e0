import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { JsonObject } from '../domain/scim.js';
import type { PulledKind } from './adapter.js';

const SCHEMAS = new URL('../../schemas/adapters/', import.meta.url);

export const FORM_PARTS = ['config', 'secrets', 'settings'] as const;
export type FormPart = (typeof FORM_PARTS)[number];

/** JSON Schemas of what an admin gives for one kind of integration. `settings`: those of the kind alone. */
export type AdapterSchemas = Readonly<Record<FormPart, object>>;

/** The schemas of a kind from `schemas/adapters/<kind>/`. */
export function schemasOf(kind: PulledKind): AdapterSchemas {
  const read = (part: FormPart) => JSON.parse(readFileSync(new URL(`${kind}/${part}.json`, SCHEMAS), 'utf8')) as object;
  return { config: read('config'), secrets: read('secrets'), settings: read('settings') };
}

/** Checks what is given for one kind of integration, and fills in what is not. */
export class AdapterForm {
  /** Names of the settings of the kind alone. */
  readonly settingNames: ReadonlySet<string>;
  readonly #checks: Readonly<Record<FormPart, ValidateFunction>>;
  readonly #fills: Readonly<Record<FormPart, ValidateFunction>>;

  constructor(schemas: AdapterSchemas) {
    this.#checks = compiled(schemas, false);
    this.#fills = compiled(schemas, true);
    this.settingNames = new Set('properties' in schemas.settings ? Object.keys(schemas.settings.properties ?? {}) : []);
  }

  /** What is wrong with a value; empty: nothing. */
  errors(part: FormPart, value: JsonObject): readonly ErrorObject[] {
    const validate = this.#checks[part];
    return validate(value) ? [] : [...(validate.errors ?? [])];
  }

  /** The value with the schema's defaults for what it leaves out. */
  complete(part: FormPart, value: JsonObject): JsonObject {
    const copy = structuredClone(value);
    this.#fills[part](copy);
    return copy;
  }
}

const forms = new Map<PulledKind, AdapterForm>();

/** The form of a kind; compiled when it is first asked for, since that takes as long as hundreds of requests. */
export function formOf(kind: PulledKind): AdapterForm {
  const form = forms.get(kind) ?? new AdapterForm(schemasOf(kind));
  forms.set(kind, form);
  return form;
}

function compiled(schemas: AdapterSchemas, useDefaults: boolean): Record<FormPart, ValidateFunction> {
  // One for each kind: nothing that another kind's schemas call by the same name can be meant.
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, useDefaults });
  addFormats.default(ajv);
  ajv.addKeyword('x-secret');
  return { config: ajv.compile(schemas.config), secrets: ajv.compile(schemas.secrets), settings: ajv.compile(schemas.settings) };
}
