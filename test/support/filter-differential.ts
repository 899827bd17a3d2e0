import { expect } from 'chai';
import fc from 'fast-check';
import type { Fragment, JsonSql } from '../../src/db/json-sql.js';
import { fold } from '../../src/domain/fold.js';
import type { Json, JsonObject } from '../../src/domain/scim.js';
import { instant } from '../../src/domain/time.js';
import type { Column, FilterTarget } from '../../src/scim/filter/compile.js';
import { compareColumn, compileFilter } from '../../src/scim/filter/compile.js';
import { parseFilter } from '../../src/scim/filter/parse.js';
import { resolveFilter } from '../../src/scim/filter/resolve.js';
import { evaluate } from './evaluate.js';
import { filterArbitrary, resourceArbitrary } from './filter-arbitraries.js';
import { printFilter } from './filter-print.js';
import { matchForm } from './match-form.js';
import { SAMPLE_SCHEMA } from './sample-schema.js';

/**
 * One resource as the tables of the test keep it: `sample_users(id, user_name_key, external_id, active, created_at,
 * match)`, every column but id and match nullable, and `sample_groups(user_id, value, ref, display_key)`, all but the first nullable.
 */
export interface SampleRow {
  readonly id: number;
  readonly userNameKey: string | null;
  readonly externalId: string | null;
  readonly active: boolean | null;
  readonly createdAt: string | null;
  readonly match: JsonObject;
  readonly groups: readonly { readonly value: string | null; readonly ref: string | null; readonly displayKey: string | null }[];
}

/** Stores exactly these rows and answers the ids of `SELECT u.id FROM sample_users AS u WHERE <condition>`. */
export type RunQuery = (rows: readonly SampleRow[], condition: Fragment) => Promise<readonly number[]>;

/** Some attributes in columns, `groups` in rows, the rest in `match`: every way that a filter can take. */
export function sampleTarget(json: JsonSql): FilterTarget {
  const columns = new Map<string, Column>([
    ['userName', { sql: 'u.user_name_key', mayBeNull: true }],
    ['externalId', { sql: 'u.external_id', mayBeNull: true }],
    ['active', { sql: 'u.active', mayBeNull: true }],
    ['meta.created', { sql: 'u.created_at', mayBeNull: true }],
  ]);
  const groupColumns = new Map<string, Column>([
    ['value', { sql: 'sg.value', mayBeNull: true }],
    ['$ref', { sql: 'sg.ref', mayBeNull: true }],
    ['display', { sql: 'sg.display_key', mayBeNull: true }],
  ]);
  return {
    alias: 'u',
    json,
    special({ urn, attribute, sub }, leaf) {
      const column = urn === null ? columns.get(sub === null ? attribute.name : `${attribute.name}.${sub.name}`) : undefined;
      return column === undefined ? null : compareColumn(json, column, leaf);
    },
    rows({ urn, attribute }) {
      if (urn !== null || attribute.name !== 'groups') return null;
      return { from: 'sample_groups AS sg', where: 'sg.user_id = u.id', column: (sub) => groupColumns.get(sub.name) ?? null };
    },
  };
}

/** A resource as its row. */
export function rowOf(resource: JsonObject, id: number): SampleRow {
  const { groups, ...document } = resource;
  const match = matchForm(document, SAMPLE_SCHEMA);
  const created = member(resource['meta'], 'created');
  return {
    id,
    userNameKey: folded(resource['userName']),
    externalId: textOf(resource['externalId']),
    active: typeof resource['active'] === 'boolean' ? resource['active'] : null,
    createdAt: typeof created === 'string' ? instant(Date.parse(created)) : null,
    match,
    groups: listOf(groups).map((group) => ({
      value: textOf(member(group, 'value')),
      ref: textOf(member(group, '$ref')),
      displayKey: folded(member(group, 'display')),
    })),
  };
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function member(value: Json | undefined, key: string): Json | undefined {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function folded(value: Json | undefined): string | null {
  return typeof value === 'string' ? fold(value) : null;
}

/**
 * Random filters over random resources: printed, parsed, resolved, compiled and run, they find what the oracle finds.
 * Answers how many resources were looked at and how many were found.
 */
export async function filterDifferential(
  json: JsonSql,
  runQuery: RunQuery,
  options: { readonly runs: number; readonly seed?: number },
): Promise<{ looked: number; found: number }> {
  const target = sampleTarget(json);
  const resources = fc.array(resourceArbitrary(SAMPLE_SCHEMA), { minLength: 1, maxLength: 5 });
  let [looked, found] = [0, 0];
  const property = fc.asyncProperty(resources, filterArbitrary(SAMPLE_SCHEMA), async (documents, filter) => {
    const expected = documents.flatMap((document, id) => (evaluate(filter, SAMPLE_SCHEMA, document) ? [id] : []));
    const text = printFilter(filter);
    const condition = compileFilter(resolveFilter(parseFilter(text), SAMPLE_SCHEMA), target);

    const ids = await runQuery(documents.map(rowOf), condition);

    expect(
      [...ids].sort((a, b) => a - b),
      `${text}\n${condition.sql}`,
    ).to.deep.equal(expected);
    looked += documents.length;
    found += ids.length;
  });
  await fc.assert(property, { numRuns: options.runs, ...(options.seed === undefined ? {} : { seed: options.seed }) });
  return { looked, found };
}
