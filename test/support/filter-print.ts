import type { AttributePath, Filter } from '../../src/scim/filter/ast.js';

/** A filter as text that parses to the same AST. */
export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.map(printOperand).join(` ${filter.kind} `);
    case 'not':
      return `not (${printFilter(filter.filter)})`;
    case 'present':
      return `${printPath(filter.path)} pr`;
    case 'valuePath':
      return `${printPath(filter.path)}[${printFilter(filter.filter)}]`;
    case 'compare':
      return `${printPath(filter.path)} ${filter.operator} ${JSON.stringify(filter.value)}`;
  }
}

function printOperand(filter: Filter): string {
  return filter.kind === 'and' || filter.kind === 'or' ? `(${printFilter(filter)})` : printFilter(filter);
}

function printPath({ urn, attribute, sub, filter }: AttributePath): string {
  const name = urn === null ? attribute : `${urn}:${attribute}`;
  return `${name}${filter === null ? '' : `[${printFilter(filter)}]`}${sub === null ? '' : `.${sub}`}`;
}

/** The same filter without positions and without how its values were written, to compare two of them. */
export function withoutPositions(filter: Filter): Filter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { ...filter, filters: filter.filters.map(withoutPositions) };
    case 'not':
      return { ...filter, filter: withoutPositions(filter.filter) };
    case 'valuePath':
      return { ...filter, path: placeless(filter.path), filter: withoutPositions(filter.filter) };
    case 'present':
      return { ...filter, path: placeless(filter.path) };
    case 'compare':
      return { ...filter, path: placeless(filter.path), bare: null, at: 0 };
  }
}

function placeless(path: AttributePath): AttributePath {
  return { ...path, filter: path.filter === null ? null : withoutPositions(path.filter), at: 0 };
}
