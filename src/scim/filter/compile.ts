import type { Fragment, JsonSql } from '../../db/json-sql.js';
import type { Attribute, ResolvedAttribute } from '../schema/attribute.js';
import type { FilterLeaf, Inequality, PositiveComparison, PositiveLeaf, ResolvedFilter } from './resolved.js';

/** `indexed`: an index finds the rows that fulfil it, so they need not be looked at one by one. */
export interface Condition extends Fragment {
  readonly indexed?: boolean;
}

/** A condition that a target gives; `mayBeNull` if a column of it can be NULL, so that `not (…)` stays right. */
export interface SpecialFragment extends Condition {
  readonly mayBeNull?: boolean;
}

/** Values of a multi-valued attribute that are rows of a table, like the members of a Group. */
export interface ElementRows {
  /** What follows FROM, with an alias of its own: `group_members AS gm JOIN users AS mu ON mu.id = gm.user_id`. */
  readonly from: string;
  /** Ties the rows to the resource: `gm.group_id = g.id`. No bindings. */
  readonly where: string;
  /** The column with the comparison form of a sub-attribute, null if it is never there. */
  column(sub: Attribute): Column | null;
}

/** A plain column in comparison form: folded unless caseExact, dates as instants, booleans as the engine has them. */
export interface Column {
  readonly sql: string;
  readonly mayBeNull: boolean;
  /** `eq` is a look-up of one row, or of a few. */
  readonly indexed?: boolean;
}

/**
 * What a filter runs against: rows under `alias`, each with a JSON column `match` (see `CheckedUser.match`).
 * What `match` does not hold, or what an index answers faster, comes from the two hooks.
 */
export interface FilterTarget {
  readonly alias: string;
  readonly json: JsonSql;
  /**
   * Takes over one leaf outside of brackets, null: read it from `rows` or `match`. `leaf.on` is what is compared
   * (`emails eq "x"` arrives with the sub-attribute `value`), `leaf.value` the comparison form. On a single-valued
   * attribute `ne` arrives as `eq` and is negated here, so that an absent value differs; a multi-valued `ne` does not
   * arrive. `compareColumn` answers every operator from one column.
   */
  special(on: ResolvedAttribute, leaf: PositiveLeaf): SpecialFragment | null;
  /** A multi-valued attribute that is kept as rows; null: its values are in `match`. */
  rows(on: ResolvedAttribute): ElementRows | null;
}

const ORDER_SQL = { gt: '>', ge: '>=', lt: '<', le: '<=' } as const;
/** Value paths do not nest, so one name is enough. */
const ELEMENT = 'element';
const TRUE: Fragment = { sql: 'TRUE', bindings: [] };
const FALSE: Fragment = { sql: 'FALSE', bindings: [] };

/**
 * A condition for WHERE. It may be and-ed with others, never negated as a whole: outside of a `not` a column that is
 * NULL is left to be NULL, which an index likes better and WHERE takes for false.
 *
 * Every text of the caller is a binding. The size of the SQL grows with the filter alone: nothing is multiplied out.
 *
 * @see RFC 7644 section 3.4.2.2
 */
export function compileFilter(filter: ResolvedFilter, target: FilterTarget): Condition {
  return compileIn(filter, { target, element: null, negated: false });
}

/** Answers a leaf from one column, whatever its operator; for a target's `special`. */
export function compareColumn(json: JsonSql, column: Column, leaf: PositiveLeaf): SpecialFragment {
  if (leaf.kind === 'present') return { sql: `${column.sql} IS NOT NULL`, bindings: [] };
  const operand: Operand = { text: column.sql, number: column.sql, is: (value) => `${column.sql} = ${value ? 'TRUE' : 'FALSE'}` };
  const isLookUp = column.indexed === true && leaf.operator === 'eq';
  return { ...compare(json, operand, leaf), mayBeNull: column.mayBeNull, ...indexedIf(isLookUp) };
}

type ElementReader = (leaf: PositiveLeaf) => SpecialFragment;

interface Context {
  readonly target: FilterTarget;
  /** Inside brackets: how a sub-attribute of the value at hand is read. */
  readonly element: ElementReader | null;
  /** Below a `not`, where NULL and false are no longer the same. */
  readonly negated: boolean;
}

/** One value as SQL expressions, one for each type that it may have. */
interface Operand {
  readonly text: string;
  readonly number: string;
  is(value: boolean): string;
}

function compileIn(filter: ResolvedFilter, context: Context): Condition {
  switch (filter.kind) {
    case 'constant':
      return filter.value ? TRUE : FALSE;
    case 'and': {
      const parts = filter.filters.map((part) => compileIn(part, context));
      return { ...joined(' AND ', parts), ...indexedIf(parts.some(({ indexed }) => indexed === true)) };
    }
    case 'or':
      return joined(
        ' OR ',
        filter.filters.map((part) => compileIn(part, context)),
      );
    case 'not':
      return not(compileIn(filter.filter, { ...context, negated: true }));
    case 'valuePath':
      return anyValue(filter.on, filter.filter, context.target);
    default:
      return context.element === null ? resourceLeaf(filter, context) : elementLeaf(filter, context.element, context.negated);
  }
}

function resourceLeaf(leaf: FilterLeaf, context: Context): Condition {
  const { target } = context;
  const { multiValued } = leaf.on.attribute;
  if (isNe(leaf) && multiValued) return joined(' OR ', [anyValue(leaf.on, leaf, target), not(anyValue(leaf.on, null, target))]);
  if (isNe(leaf)) return not(resourceLeaf({ ...leaf, operator: 'eq' }, { ...context, negated: true }));
  const special = target.special(leaf.on, leaf);
  if (special !== null) return settled({ ...special, sql: `(${special.sql})` }, context.negated);
  if (!multiValued) return settled(jsonLeaf(target.json, matchColumn(target), leaf, documentKeys(leaf.on)), true);
  return anyValue(leaf.on, leaf.kind === 'present' && leaf.on.sub === null ? null : leaf, target);
}

/** One of the values fulfils the filter; null: there is a value. */
function anyValue(on: ResolvedAttribute, filter: ResolvedFilter | null, target: FilterTarget): Fragment {
  const { json } = target;
  const rows = target.rows(on);
  if (rows !== null) {
    const condition = filter === null ? TRUE : compileIn(filter, { target, element: (leaf) => rowLeaf(json, rows, leaf), negated: false });
    return { sql: `EXISTS (SELECT 1 FROM ${rows.from} WHERE ${rows.where} AND ${condition.sql})`, bindings: condition.bindings };
  }
  const keys = documentKeys({ ...on, sub: null });
  if (filter === null) return { sql: json.exists(matchColumn(target), keys, 'array'), bindings: [] };
  const source = json.elementSource(ELEMENT);
  const element: ElementReader = (leaf) => jsonLeaf(json, source, leaf, leaf.on.sub === null ? [] : [leaf.on.sub.name]);
  const condition = compileIn(filter, { target, element, negated: false });
  return { sql: json.anyElement(matchColumn(target), keys, ELEMENT, condition.sql), bindings: condition.bindings };
}

function elementLeaf(leaf: FilterLeaf, read: ElementReader, negated: boolean): Fragment {
  if (isNe(leaf)) return not(settled(read({ ...leaf, operator: 'eq' }), true));
  return settled(read(leaf), negated);
}

function isNe(leaf: FilterLeaf): leaf is Inequality {
  return leaf.kind === 'compare' && leaf.operator === 'ne';
}

function rowLeaf(json: JsonSql, rows: ElementRows, leaf: PositiveLeaf): SpecialFragment {
  const column = leaf.on.sub === null ? null : rows.column(leaf.on.sub);
  return column === null ? FALSE : compareColumn(json, column, leaf);
}

function jsonLeaf(json: JsonSql, source: string, leaf: PositiveLeaf, keys: readonly string[]): SpecialFragment {
  if (leaf.kind === 'present') {
    const isComplex = (leaf.on.sub ?? leaf.on.attribute).type === 'complex';
    return { sql: json.exists(source, keys, isComplex ? 'object' : 'value'), bindings: [] };
  }
  const operand: Operand = {
    text: json.text(source, keys),
    number: json.number(source, keys),
    is: (value) => json.isBoolean(source, keys, value),
  };
  return { ...compare(json, operand, leaf), mayBeNull: true };
}

function compare(json: JsonSql, operand: Operand, { operator, value }: PositiveComparison): Fragment {
  if (typeof value === 'boolean') return { sql: operand.is(value), bindings: [] };
  const expression = typeof value === 'number' ? operand.number : operand.text;
  switch (operator) {
    case 'eq':
      return { sql: `${expression} = ?`, bindings: [value] };
    case 'co':
      return json.contains(expression, String(value));
    case 'sw':
      return json.startsWith(expression, String(value));
    case 'ew':
      return json.endsWith(expression, String(value));
    default: {
      const ordered = typeof value === 'number' ? expression : json.codePoints(expression);
      return { sql: `${ordered} ${ORDER_SQL[operator]} ?`, bindings: [value] };
    }
  }
}

/** Three-valued logic ends here: under a `not`, what is NULL is false. */
function settled({ sql, bindings, mayBeNull, indexed }: SpecialFragment, needed: boolean): Condition {
  if (needed && mayBeNull === true) return { sql: `coalesce(${sql}, FALSE)`, bindings };
  return { sql, bindings, ...indexedIf(indexed === true) };
}

function indexedIf(isLookUp: boolean): Pick<Condition, 'indexed'> {
  return isLookUp ? { indexed: true } : {};
}

function not({ sql, bindings }: Fragment): Fragment {
  return { sql: `NOT (${sql})`, bindings };
}

function joined(separator: string, parts: readonly Fragment[]): Fragment {
  return { sql: `(${parts.map((part) => part.sql).join(separator)})`, bindings: parts.flatMap((part) => part.bindings) };
}

function matchColumn({ alias }: FilterTarget): string {
  return `${alias}."match"`;
}

function documentKeys({ urn, attribute, sub }: ResolvedAttribute): string[] {
  return [...(urn === null ? [] : [urn]), attribute.name, ...(sub === null ? [] : [sub.name])];
}
