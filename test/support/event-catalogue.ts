import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Reader } from '../../src/db/database.js';

const FOLDER = 'schemas/events';
/** Their history is read by it, so that none of them may forget it. */
const OF_MEMBERS: readonly string[] = ['member', 'association', 'pin', 'magic_link', 'card'];

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);
const validators = new Map<string, ValidateFunction>();

function validatorOf(objectType: string): ValidateFunction | undefined {
  if (validators.size === 0) {
    const schemas = readdirSync(FOLDER).map((file) => JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as { readonly $id: string });
    for (const schema of schemas) ajv.addSchema(schema);
    for (const { $id } of schemas) {
      const validate = ajv.getSchema($id);
      const name = /(\w+)\.json$/.exec($id)?.[1] ?? '';
      if (validate !== undefined && name !== 'shared') validators.set(name, validate);
    }
  }
  return validators.get(objectType);
}

export interface LoggedEvent {
  readonly verb: string;
  readonly object_type: string;
  readonly member_id: string | null;
  /** JSON text. */
  readonly details: string | null;
}

/** What is wrong with an event by the catalogue in `schemas/events`; null: nothing. */
export function objectionTo({ verb, object_type, member_id, details }: LoggedEvent): string | null {
  const what = `${verb} ${object_type} ${details ?? ''}`;
  const validate = validatorOf(object_type);
  if (validate === undefined) return `${what}: ${FOLDER} has no file for this type`;
  if (!validate({ verb, details: details === null ? null : JSON.parse(details) })) return `${what}: ${ajv.errorsText(validate.errors)}`;
  return OF_MEMBERS.includes(object_type) && member_id === null ? `${what}: says nothing of its member` : null;
}

/** Fails when the log holds an event that the catalogue does not name, or whose details are not as it says. */
export async function expectCatalogued(reader: Reader): Promise<void> {
  const rows = await reader.query<LoggedEvent>('select distinct verb, object_type, member_id, details from events limit 5000', []);
  const objections = [...new Set(rows.map(objectionTo))].filter((objection) => objection !== null);
  if (objections.length > 0) throw new Error(`events that are not in the catalogue:\n${objections.slice(0, 5).join('\n')}`);
}
