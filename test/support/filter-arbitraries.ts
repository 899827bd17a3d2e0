import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/domain/scim.js';
import type { AttributePath, ComparisonOperator, Filter, Literal } from '../../src/scim/filter/ast.js';
import type { Attribute, ResourceSchema } from '../../src/scim/schema/attribute.js';

/** Texts that some engine, pattern or fold may treat in its own way; many differ by their case alone, so that they meet. */
const TEXTS = [
  'alice',
  'Alice',
  'ALICE',
  'ali',
  'ce',
  'Straße',
  'STRASSE',
  'ß',
  'ẞ',
  'ss',
  'İ',
  'i̇',
  'ı',
  'Σ',
  'ς',
  'ΟΔΟΣ',
  'οδος',
  'Ａlice',
  'É',
  'e\u0301',
  'ﬁ',
  'fi',
  '',
  ' ',
  '%',
  '_',
  'a_b',
  'axb',
  '100%',
  '\\',
  'a\\b',
  '"',
  'a"b',
  "'",
  "' OR 1=1 --",
  '"; DROP TABLE users',
  '*)(uid=*))',
  '{"$gt":""}',
  '?',
  '$1',
  '[]',
  '{}',
  'null',
  'true',
  '1',
  '\n',
  '😀',
  'x😀',
  '\uFFFD',
  '\u{10FFFF}',
  '~',
  'z',
];
const DATES = [
  '2026-01-01T00:00:00Z',
  '2026-01-01T01:00:00+01:00',
  '2025-12-31T23:59:59.9999999Z',
  '2026-01-01T00:00:00.001Z',
  '2025-12-31T19:00:00-05:00',
  '2026-06-15T12:30:00.5Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
];
const INTEGERS = [-1, 0, 1, 2, 10, 4_000_000_000];
const DECIMALS = [-0.5, 0, 0.1, 1, 2.5, 1e21];

const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }) },
);

const TEXT_OPERATORS: readonly ComparisonOperator[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'];
const ORDER_OPERATORS: readonly ComparisonOperator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];
const EQUALITY: readonly ComparisonOperator[] = ['eq', 'ne'];

function simpleValue({ type }: Attribute): fc.Arbitrary<string | number | boolean> {
  if (type === 'boolean') return fc.boolean();
  if (type === 'dateTime') return fc.constantFrom(...DATES);
  if (type === 'integer') return fc.constantFrom(...INTEGERS);
  if (type === 'decimal') return fc.constantFrom(...DECIMALS);
  return text;
}

function literalOf(attribute: Attribute): fc.Arbitrary<string | number | boolean> {
  if (attribute.type !== 'boolean') return simpleValue(attribute);
  return fc.constantFrom<(string | boolean)[]>(true, false, 'True', 'FALSE');
}

function operatorsOf({ type }: Attribute): readonly ComparisonOperator[] {
  if (type === 'boolean') return EQUALITY;
  if (type === 'binary') return ['eq', 'ne', 'co', 'sw', 'ew'];
  return type === 'dateTime' || type === 'integer' || type === 'decimal' ? ORDER_OPERATORS : TEXT_OPERATORS;
}

/** A comparison of any type-correct kind on the attribute, or `pr`. */
function leafOn(attribute: Attribute, path: fc.Arbitrary<AttributePath>): fc.Arbitrary<Filter> {
  const present = path.map((one): Filter => ({ kind: 'present', path: one }));
  const compare = (operators: readonly ComparisonOperator[], value: fc.Arbitrary<Literal>): fc.Arbitrary<Filter> =>
    fc
      .tuple(path, fc.constantFrom(...operators), value)
      .map(([one, operator, literal]): Filter => ({ kind: 'compare', path: one, operator, value: literal, bare: null, at: 0 }));
  const withNull = compare(EQUALITY, fc.constant(null));
  const compared = attribute.type !== 'complex' ? attribute : attribute.multiValued ? attribute.subAttributes.get('value') : undefined;
  if (compared === undefined) return fc.oneof(present, withNull);
  return fc.oneof(
    { weight: 1, arbitrary: present },
    { weight: 1, arbitrary: withNull },
    { weight: 8, arbitrary: compare(operatorsOf(compared), literalOf(compared)) },
  );
}

/** A name in its own spelling or another case, which is the same name. */
function spelled(name: string): fc.Arbitrary<string> {
  return fc.constantFrom(name, name, name.toLowerCase(), name.toUpperCase());
}

function isSearchable({ returned, multiValued }: Attribute, isSub: boolean): boolean {
  return returned !== 'never' && !(isSub && multiValued);
}

function tree(leaf: fc.Arbitrary<Filter>, branch: fc.Arbitrary<Filter>[], maxDepth: number): fc.Arbitrary<Filter> {
  return fc.letrec<{ filter: Filter }>((tie) => {
    const list = fc.array(tie('filter'), { minLength: 2, maxLength: 3 });
    return {
      filter: fc.oneof(
        { maxDepth, withCrossShrink: true },
        { weight: 4, arbitrary: leaf },
        ...branch.map((arbitrary) => ({ weight: 1, arbitrary })),
        { weight: 2, arbitrary: fc.tuple(fc.constantFrom('and', 'or'), list).map(([kind, filters]): Filter => ({ kind, filters })) },
        { weight: 2, arbitrary: tie('filter').map((filter): Filter => ({ kind: 'not', filter })) },
      ),
    };
  }).filter;
}

function pathTo(urns: readonly (string | null)[], attribute: string, sub: fc.Arbitrary<string | null>): fc.Arbitrary<AttributePath> {
  return fc
    .tuple(fc.constantFrom(...urns), spelled(attribute), sub)
    .map(([urn, name, subName]) => ({ urn, attribute: name, sub: subName, filter: null, at: 0 }));
}

/** Every kind of filter that begins with one attribute. */
function filtersOn(
  attribute: Attribute,
  urns: readonly (string | null)[],
): { leaves: fc.Arbitrary<Filter>[]; brackets: fc.Arbitrary<Filter>[] } {
  const nothing = fc.constant(null);
  const path = pathTo(urns, attribute.name, nothing);
  const leaves = [leafOn(attribute, path)];
  if (attribute.type !== 'complex') return { leaves, brackets: [] };
  const subs = [...attribute.subAttributes.values()].filter((sub) => isSearchable(sub, true));
  const inner = tree(fc.oneof(...subs.map((sub) => leafOn(sub, pathTo([null], sub.name, nothing)))), [], 2);
  const brackets = fc.tuple(path, inner).map(([one, filter]): Filter => ({ kind: 'valuePath', path: one, filter }));
  const dotted = subs.map((sub) => leafOn(sub, pathTo(urns, attribute.name, spelled(sub.name))));
  const filtered = subs.map((sub) =>
    leafOn(
      sub,
      fc.tuple(pathTo(urns, attribute.name, spelled(sub.name)), inner).map(([one, filter]) => ({ ...one, filter })),
    ),
  );
  return { leaves: [...leaves, ...dotted], brackets: [brackets, ...filtered] };
}

/** Well-typed filters over a schema: every operator, URN-qualified names, value paths, nesting. */
export function filterArbitrary(schema: ResourceSchema): fc.Arbitrary<Filter> {
  const core = [...schema.attributes.values()].map((attribute) => ({
    attribute,
    urns: [null, null, schema.urn, schema.urn.toUpperCase()],
  }));
  const extended = [...schema.extensions.values()].flatMap(({ urn, attributes }) =>
    [...attributes.values()].map((attribute) => ({ attribute, urns: [urn, urn.toLowerCase()] })),
  );
  const parts = [...core, ...extended]
    .filter(({ attribute }) => isSearchable(attribute, false))
    .map(({ attribute, urns }) => filtersOn(attribute, urns));
  const leaf = fc.oneof(...parts.flatMap(({ leaves }) => leaves));
  return tree(leaf, [fc.oneof(...parts.flatMap(({ brackets }) => brackets))], 4);
}

type Maybe = Json | undefined;

function absentOr(value: fc.Arbitrary<Json>, unassigned: readonly Maybe[]): fc.Arbitrary<Maybe> {
  return fc.oneof({ weight: 3, arbitrary: value }, { weight: 1, arbitrary: fc.constantFrom(...unassigned) });
}

function objectOf(attributes: readonly Attribute[], isSub: boolean): fc.Arbitrary<JsonObject> {
  const members = attributes
    .filter((one) => isSearchable(one, isSub))
    .map((one) => attributeValue(one).map((value): [string, Maybe] => [one.name, value]));
  return fc.tuple(...members).map((entries) => {
    const kept = entries.filter((entry): entry is [string, Json] => entry[1] !== undefined);
    return Object.fromEntries(kept);
  });
}

function attributeValue(attribute: Attribute): fc.Arbitrary<Maybe> {
  if (attribute.type !== 'complex') {
    const one = simpleValue(attribute);
    return attribute.multiValued
      ? absentOr(fc.array(one, { minLength: 1, maxLength: 3 }), [undefined, null, []])
      : absentOr(one, [undefined, null]);
  }
  const one = objectOf([...attribute.subAttributes.values()], true).filter((value) => Object.values(value).some((sub) => sub !== null));
  return attribute.multiValued
    ? absentOr(fc.array(one, { minLength: 1, maxLength: 3 }), [undefined, null, []])
    : absentOr(one, [undefined, null, {}]);
}

/** Resources of a schema in canonical spelling, without secrets; unassigned attributes are absent, null or empty. */
export function resourceArbitrary(schema: ResourceSchema): fc.Arbitrary<JsonObject> {
  const extensions = [...schema.extensions.values()].map(({ urn, attributes }) =>
    fc
      .option(objectOf([...attributes.values()], false), { nil: undefined })
      .map((value): JsonObject => (value === undefined ? {} : { [urn]: value })),
  );
  return fc
    .tuple(objectOf([...schema.attributes.values()], false), ...extensions)
    .map((parts) => Object.assign({}, ...parts) as JsonObject);
}
