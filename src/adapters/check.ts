import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { UpstreamContract } from './upstream-errors.js';

const SCHEMAS = new URL('../../schemas/', import.meta.url);

// Upstream sends fields that nobody has told us of; only what we read is described, and it has to be there.
const ajv = new Ajv2020({ allowUnionTypes: true });
addFormats.default(ajv);

/**
 * A check of what a source sends, from `schemas/upstream/…`. The result is the value itself, typed.
 *
 * @param path below `schemas`, such as `upstream/guesty/reservation.json`
 * @param what for the message: "a reservation"
 * @throws UpstreamContract that names the place, never the value
 */
export function checker<Record>(path: string, what: string): (value: unknown) => Record {
  const validate = ajv.compile<Record>(JSON.parse(readFileSync(new URL(path, SCHEMAS), 'utf8')) as object);
  return (value) => {
    if (validate(value)) return value;
    throw new UpstreamContract(`The other system sent ${what} that we do not understand: ${place(validate.errors?.[0])}.`);
  };
}

function place(error: ErrorObject | undefined): string {
  if (error === undefined) return 'it is not valid';
  const at = error.instancePath === '' ? 'it' : error.instancePath;
  if (error.keyword === 'required') return `${at} has no “${String(error.params['missingProperty'])}”`;
  return `${at} ${error.message ?? 'is not valid'}`;
}
